"""The published JSON Schema: it equals the code's, and accepts shipped traces but no other data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hsal.tracing.interventions.schema import Edit, Interventions, Rule
from hsal.tracing.json_schema import FILE, schema, text
from hsal.zoo.samples import recorded
from tests.fixtures.traces import make_trace

INTERVENTIONS = Interventions(
    (Edit(0, ((0.5, 1.0, 2.0, 3.0),), ((1, 2, 0.5),), (None, (3, 4)), ((0, 0),), (1,), 3, (4, 5)),),
    (Rule(1, False, 3, True, 0.5, 7),), ((1, 2, 3, 4),), "uniform",
)


@pytest.fixture(scope="module")
def published() -> Draft202012Validator:
    read = json.loads(FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(read)
    return Draft202012Validator(read)


def test_the_published_schema_equals_the_codes() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "write it again: make assets"
    assert json.loads(text()) == schema()


def test_every_shipped_trace_is_valid(published: Draft202012Validator) -> None:
    assert len(recorded()) == 8
    for trace in recorded().values():
        published.validate(json.loads(trace.to_json()))


def test_traces_with_interventions_color_or_without_truth_are_valid(published: Draft202012Validator) -> None:
    trace = replace(make_trace(), interventions=INTERVENTIONS)
    values = json.loads(trace.to_json())
    assert values["interventions"].keys() == {"edits", "rules", "hidden", "saliency"}
    assert len(values["interventions"]["edits"][0]) == 8
    for good in (trace, make_trace(color=True), make_trace(truth=None)):
        published.validate(json.loads(good.to_json()))


@pytest.mark.parametrize("change", [
    lambda v: v.pop("steps"), lambda v: v.update(schema=9), lambda v: v.update(extra=1),
    lambda v: v["source"].update(seed="x"), lambda v: v["source"].pop("kind"), lambda v: v["image"].update(dtype="int"),
    lambda v: v["steps"][0].update(label=1.5), lambda v: v["steps"][0]["mask"]["data"].append("x"),
    lambda v: v["steps"][0]["glimpses"][0].update(cell=[1]), lambda v: v["steps"][0]["mask"].update(shape=[7]),
    lambda v: v["image"]["data"].append(256), lambda v: v["interventions"]["edits"][0].pop("step"),
    lambda v: v["interventions"]["edits"][0].update(look=[[1]]), lambda v: v["interventions"].update(undo=[]),
])
def test_other_data_is_invalid(published: Draft202012Validator, change: Callable[[dict[str, Any]], object]) -> None:
    values = replace(make_trace(), interventions=INTERVENTIONS).to_dict()
    change(values)
    assert not published.is_valid(values)
