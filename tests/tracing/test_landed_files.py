"""Files and links of earlier versions open with the same contents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from hsal.tracing.interventions.codec import pack, read_interventions, unpack
from hsal.tracing.interventions.schema import Edit, Interventions, Rule
from hsal.tracing.recovery import recover_trace
from hsal.tracing.schema import Trace

LANDED = Path(__file__).parents[1] / "fixtures" / "landed"
LINE = (LANDED / "trace-schema-2.json").read_text(encoding="utf-8")


@pytest.fixture
def values() -> dict[str, Any]:
    return json.loads(LINE)["trace"]


def as_schema_3(values: dict[str, Any]) -> dict[str, Any]:
    """The same trace with the fields that schema 3 has added."""
    steps = [
        {**step, "glimpses": [{**glimpse, "labels": []} for glimpse in step["glimpses"]]} for step in values["steps"]
    ]
    return {**values, "schema": 3, "viewing": "objects", "withheld": "", "steps": steps}


def test_a_trace_of_schema_2_is_read_and_written_with_equal_values(values: dict[str, Any]) -> None:
    trace = Trace.from_dict(values)
    expected = as_schema_3(values)
    assert json.loads(trace.to_json()) == expected  # the notation of very small numbers may differ
    assert len(trace.to_json()) <= len(json.dumps(expected, separators=(",", ":"))) * 1.01
    assert trace.to_dict() == expected
    again, remarks = recover_trace(LINE.encode())
    assert again.to_json() == trace.to_json()
    assert len(remarks) == 1
    assert "older version (2, now 3); all of it was restored" in remarks[0]


def test_a_trace_of_schema_1_has_no_interventions(values: dict[str, Any]) -> None:
    older = {name: value for name, value in values.items() if name != "interventions"} | {"schema": 1}
    assert Trace.from_dict(older).interventions == Interventions()
    _, remarks = recover_trace(json.dumps(older).encode())
    assert len(remarks) == 1
    assert "older version (1, now 3); all of it was restored" in remarks[0]


def test_the_interventions_file_holds_the_same_interventions() -> None:
    values = json.loads((LANDED / "interventions.json").read_text(encoding="utf-8"))
    interventions = read_interventions(values)
    assert interventions == Interventions(
        (Edit(0, look=((3, 4), None), paint=((2, 2, 0.5),)), Edit(1, gaussians=((1.0, 0.2, 4.0, 5.0),), veto=(8,))),
        (Rule(1, inhibition=False, temperature=0.5, seed=4),), ((0, 0, 10, 10),), "spectral_residual",
    )
    assert interventions.to_dict() == values


def test_the_interventions_in_a_link_are_unpacked() -> None:
    link = json.loads((LANDED / "links.json").read_text(encoding="utf-8"))["what_if"]["query"]
    interventions, problems = unpack(parse_qs(link)["do"][0])
    assert problems == []
    assert interventions == read_interventions(json.loads((LANDED / "interventions.json").read_text(encoding="utf-8")))
    assert unpack(pack(interventions)) == (interventions, [])
