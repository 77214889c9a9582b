"""The fields of links, and links that older versions wrote."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from app import address, links
from app.compare import address as compare
from app.lesson.address import LessonAddress, parse_lesson
from app.results.filters import Filters, parse_filters
from app.train.state import FIELDS
from hsal.tracing.interventions.codec import unpack
from tests.fixtures.browser import ROOT

LANDED = json.loads((ROOT / "tests" / "fixtures" / "landed" / "links.json").read_text())
WEIGHTS = {"mnist-multiset": "mnist-multiset", "mnist-set": "mnist-set"}
CHOICES = compare.Choices(
    samples=["1"], tasks=["mnist-multiset"], photos=[], models=["itti_koch", "gbvs", "center_prior"], networks=[],
    weights=["mnist-multiset"],
)
SOME: links.Fields = {
    "count": links.whole(1, 9, 3), "share": links.number(0.0, 1.0, 0.5), "kind": links.choice(["a", "b"], "a"),
    "all": links.several(["x", "y", "z"], former={"old": "y"}), "note": links.text(), "on": links.flag(),
}
DEFAULTS = {"count": 3, "share": 0.5, "kind": "a", "all": (), "note": "", "on": False}


def landed(name: str) -> dict[str, str]:
    """The parameters of a link that an older version wrote."""
    return dict(parse_qsl(LANDED[name]["query"]))


def test_an_empty_link_has_the_defaults() -> None:
    assert links.read_fields(SOME, {"other": "1"}) == (DEFAULTS, [])
    assert links.write_fields(SOME, DEFAULTS) == {}
    assert links.write_fields(SOME, DEFAULTS, always=("count", "note")) == {"count": "3"}


@pytest.mark.parametrize("changes", [
    {"count": 9}, {"share": 0.0}, {"kind": "b"}, {"all": ("z", "x")}, {"note": "a, b"}, {"on": True},
])
def test_values_are_read_back(changes: dict[str, Any]) -> None:
    values = DEFAULTS | changes
    assert links.read_fields(SOME, links.write_fields(SOME, values)) == (values, [])


@pytest.mark.parametrize(("name", "text"), [
    ("count", "0"), ("count", "10"), ("count", "-1"), ("count", "1.5"), ("count", "３"), ("count", "9" * 500),
    ("share", "1.1"), ("share", "nan"), ("share", "x"), ("kind", "c"), ("kind", "c" * 500),
])
def test_an_invalid_value_is_one_sentence_and_the_default(name: str, text: str) -> None:
    values, problems = links.read_fields(SOME, {name: text})
    assert values == DEFAULTS
    (problem,) = problems
    assert name in problem
    assert len(problem) < 200


def test_known_and_former_names_of_several_options_are_used() -> None:
    values, problems = links.read_fields(SOME, {"all": "z,old,nope,z"})
    assert values["all"] == ("z", "y")
    assert "nope" in problems[0]


@pytest.mark.parametrize("name", ["step_through", "what_if"])
def test_older_links_to_step_through(name: str) -> None:
    state, problems = address.parse(landed(name), ["1"], WEIGHTS)
    assert problems == []
    expected = LANDED[name].get("expect", {"mode": "whatif", "seed": 7, "digits": 2})
    assert {field: getattr(state, field) for field in expected} == expected
    if name == "what_if":
        interventions, lost = unpack(state.do)
        assert interventions.edits or interventions.rules
        assert lost == []


def test_older_links_to_the_lesson() -> None:
    expected = LessonAddress(chapter=3, seed=7, hidden=("question",), present=True)
    assert parse_lesson(landed("lesson"), 8) == (expected, [])
    assert parse_lesson({"hide": "pictures"}, 8) == (LessonAddress(hidden=("images",)), [])


def test_older_links_to_compare() -> None:
    state, problems = compare.parse(landed("compare"), CHOICES)
    assert problems == []
    assert (state.view, state.models, state.task, state.space, state.smooth, state.prior, state.scale) == (
        "attention", ("gbvs", "itti_koch"), "mnist-multiset", "lab", 0.02, "multiply", "log",
    )
    state, problems = compare.parse(landed("compare_grey"), CHOICES)
    assert (state.space, state.models, problems) == ("gray", ("center_prior",), [])


def test_older_links_to_train_and_results() -> None:
    assert links.read_fields(FIELDS, landed("train")) == (
        {"run": "finished", "with": ["stopped"], "watch": 4, "of": ""}, [],
    )
    assert parse_filters(landed("results"), ["first"]) == Filters("first", digits=(2, 3), answers=("wrong",))
