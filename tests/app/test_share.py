"""What Step through lets a visitor take home, and opens again: the lines of Python, and a walk as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.address import pack_drawing
from app.downloads import KINDS
from app.whatif import branching
from hsal.errors import HsalError
from hsal.tracing.interventions.schema import Edit, Interventions
from hsal.tracing.schema import Trace
from hsal.zoo.samples import recorded
from tests.fixtures.step_through import shown, traced, visit
from tests.fixtures.traces import make_trace


def taking(page: AppTest, name: str) -> AppTest:
    """Choose what to take home."""
    return next(box for box in page.selectbox if box.label == "Download as").select(name).run()


def said(page: AppTest) -> str:
    return shown(" ".join(part.value for kind in ("warning", "error", "caption") for part in page.get(kind)))


@pytest.mark.parametrize("link", [
    {"input": "scene", "seed": "42", "digits": "2", "smallest": "30", "largest": "40", "clutter": "0"},
    {"input": "scene", "seed": "1", "index": "57", "digits": "0"},
    {"input": "scene", "seed": "3", "weights": "street-numbers"},
    {"input": "sample", "sample": "2", "weights": "mnist-set"},
    {"input": "draw", "drawing": pack_drawing(np.roll(recorded()["2"].image, 3, axis=0))},
])
def test_the_lines_of_python_make_the_walk_shown(link: dict[str, str]) -> None:
    page = taking(visit(**link), "Python")
    there: dict[str, object] = {}
    exec(page.code[0].value, there)
    assert json.loads(there["trace"].to_json()) == traced(page)


def uploaded(content: str | bytes, name: str = "walk.json") -> AppTest:
    page = visit(input="upload")
    data = content.encode() if isinstance(content, str) else content
    page.file_uploader[0].upload(name, data, "application/json").run()
    assert not page.exception
    return page


def test_a_walk_taken_home_is_opened_again() -> None:
    walk = recorded()["3"]
    page = uploaded(walk.to_json())
    assert traced(page) == json.loads(walk.to_json())
    assert not page.warning
    assert "This is a trace of mnist-multiset on scene-5-00002.png" in said(page)
    made = replace(walk, interventions=Interventions((Edit(0, label=walk.steps[0].label),)))
    assert "Changed by hand: meta-step 1: " in said(uploaded(made.to_json()))
    assert "Changed by hand" not in said(page)


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda v: (v.update(schema=1), v.pop("interventions")), "older version (1, now 2); all of it was restored"),
    (lambda v: v["steps"][2].update(label=99), "damaged from meta-step 3 on"),
    (lambda v: v["image"]["data"].__setitem__(0, 77), "the file was changed"),
])
def test_what_is_wrong_with_it_is_told_and_the_rest_is_shown(
    change: Callable[[dict], object], sentence: str
) -> None:
    values = recorded()["3"].to_dict()
    change(values)
    page = uploaded(json.dumps(values))
    assert sentence in said(page)
    assert Trace.from_dict(traced(page)).steps[0].label == recorded()["3"].steps[0].label


@pytest.mark.parametrize(("content", "sentence"), [
    ("{", "is not JSON, or was cut off"), ('{"schema": 7, "steps": []}', "by a newer version"),
    ('{"a": 1}', "but not a trace"), (make_trace(rows=129).to_json(), "129 cells on a side; at most 128"),
])
def test_what_cannot_be_opened_is_one_sentence(content: str, sentence: str) -> None:
    page = uploaded(content)
    assert len(page.error) == 1
    assert sentence in shown(page.error[0].value)
    assert not page.get("bidi_component")


def test_a_walk_of_weights_that_are_not_here_has_no_lines_and_the_rest_is_had() -> None:
    page = taking(uploaded(make_trace().to_json()), "Python")
    assert "The weights hand-made do not come with the project" in said(page)
    assert not page.get("download_button")
    for name in KINDS:
        if name != "Python":
            assert len(taking(page, name).get("download_button")) == 1


def done_at_random(paintings: int) -> Interventions:
    """As many cells painted, in a way that packs badly."""
    draw = np.random.default_rng(0)
    cells = [(int(draw.integers(7)), int(draw.integers(7)), float(draw.random())) for _ in range(paintings)]
    return Interventions((Edit(0, paint=tuple(cells)),))


@pytest.mark.parametrize(("paintings", "told"), [(10, False), (150, True)])
def test_what_is_too_much_for_a_link_goes_into_a_file_that_is_opened_again(paintings: int, told: bool) -> None:
    walk = replace(make_trace(), interventions=done_at_random(paintings))
    page = uploaded(walk.to_json())
    assert ("too long for a link" in shown(" ".join(one.value for one in page.info))) == told
    assert traced(page)["interventions"] == json.loads(walk.to_json())["interventions"]


@pytest.mark.parametrize("weights", ["mnist-multiset", "nobodys"])
def test_what_if_of_a_walk_that_its_weights_cannot_have_made_is_a_sentence(weights: str) -> None:
    foreign = make_trace(image_px=(60, 80))
    foreign = replace(foreign, source=replace(foreign.source, weights=weights))
    with pytest.raises(HsalError, match="nobodys" if weights == "nobodys" else "cannot have walked"):
        branching.branch(foreign, done_at_random(1))
    page = uploaded(foreign.to_json())
    next(one for one in page.get("button_group") if one.key == "mode").set_value("whatif").run()
    assert not page.exception
