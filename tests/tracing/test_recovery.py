"""Downloaded traces: read completely, partly with a note, or rejected in one sentence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hsal.tracing.interventions.schema import Edit, Interventions, Rule
from hsal.tracing.recovery import MAX_BYTES, looks_like_json, recover_trace
from hsal.tracing.schema import Trace, TraceError
from tests.fixtures.traces import make_trace

INTERVENTIONS = Interventions((Edit(0, look=((3, 4),), label=3),), (Rule(1, inhibition=False),))


def complete_trace(interventions: Interventions = INTERVENTIONS) -> Trace:
    made = make_trace()
    sha256 = hashlib.sha256(made.image.tobytes()).hexdigest()
    return replace(made, source=replace(made.source, image_sha256=sha256), interventions=interventions)


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    values = complete_trace().to_dict()
    change(values)
    return json.dumps(values).encode()


def test_reads_a_downloaded_trace_completely() -> None:
    text = complete_trace().to_json()
    for data in (text, "\ufeff" + text, json.dumps(json.loads(text), indent=2), text + "\n"):
        trace, notes = recover_trace(data.encode())
        assert trace.to_json() == text
        assert notes == []
        assert looks_like_json(data.encode())
    assert not looks_like_json(b"\x89PNG{")


def test_reads_the_first_line_of_hsal_trace() -> None:
    line = json.dumps({"image": "a.png", "labels": [3], "trace": complete_trace().to_dict()})
    assert recover_trace(f"{line}\n{line}\n".encode())[0].to_json() == complete_trace().to_json()


@pytest.mark.parametrize(("change", "sentence"), [
    (lambda v: (v.pop("interventions"), v.update(schema=1)), "older version (1, now 3); all of it was restored"),
    (lambda v: v.pop("schema"), "does not state its version"),
    (lambda v: v.update(schema=True), "does not state its version"),
    (lambda v: v.update(truth=[77]), "the true labels cannot be read"),
    (lambda v: v.update(truth=[3.5]), "the true labels cannot be read"),
    (lambda v: v.pop("truth"), "the true labels cannot be read"),
    (lambda v: v["boxes"][0].update(top_px=-4), "the boxes cannot be read"),
    (lambda v: v.update(notes=[["deep"]]), "the notes cannot be read"),
    (lambda v: v.update(color="red"), "fields that no trace has (color)"),
    (lambda v: v["image"]["data"].__setitem__(0, 9), "The image in \"trace.json\" is not the one"),
    (lambda v: v["steps"][1]["priority"]["data"].__setitem__(0, 9.0), "do not follow from each other"),
    (lambda v: v["interventions"]["edits"][0].update(label="x"), "The edit 1 of the interventions was left out"),
    (lambda v: v["interventions"]["edits"][0].update(label=99), "The interventions in \"trace.json\" do not fit"),
    (lambda v: v["interventions"]["edits"][0].update(look=[[50, 0]]), "The interventions in \"trace.json\" do not fit"),
])
def test_restores_the_valid_parts_and_reports_the_rest(change: Callable[[dict], object], sentence: str) -> None:
    trace, notes = recover_trace(changed(change))
    assert any(sentence in one for one in notes), notes
    assert len(notes) == 1
    assert len(trace.steps) == 3
    assert trace.labels == (3, 7)


def test_a_trace_is_shown_up_to_its_first_bad_step() -> None:
    trace, notes = recover_trace(changed(lambda values: values["steps"][1].update(label=99)))
    assert [step.label for step in trace.steps] == [3]
    assert trace.truth == (3, 5)
    assert "damaged from meta-step 2 on (step 1: there is no class 99)" in notes[0]
    assert "shown up to there" in notes[0]


@pytest.mark.parametrize(("data", "sentence"), [
    (b"{", "is not JSON, or was cut off"),
    (complete_trace().to_json().encode()[:5000], "is not JSON, or was cut off"),
    (b"{\xff}", "is not JSON"),
    (b'{"a": ' + b"[" * 100_000, "is not JSON"),
    (b'{"schema": 2}', "is JSON, but not a trace"),
    (b'{"steps": 3}', "no meta-step could be restored"),
    (b'{"schema": 4, "steps": []}', "made by a newer version"),
    (changed(lambda v: v["steps"][0].update(label=99)), "no meta-step could be restored (step 0: there is no"),
    (changed(lambda v: v["source"].update(name=["x"])), "could not be read: source.name: expected str, got array"),
    (changed(lambda v: v["source"].update(seed="x")), "could not be read: source.seed: expected int | null"),
    (changed(lambda v: v.update(class_names=[1] * 11)), "class_names[0]: expected str, got int"),
    (changed(lambda v: v["image"].update(shape=[10**9, 10**9])), "no meta-step could be restored"),
    (make_trace(rows=129).to_json().encode(), "129 cells on a side; at most 128"),
    (make_trace(glimpses=65, rows=9, columns=9).to_json().encode(), "65 glimpses in a meta-step; at most 64"),
    (make_trace(image_px=(8, 1025)).to_json().encode(), "1,025 pixels on a side"),
    (b"{" + b" " * MAX_BYTES, "larger than 10 MB"),
])
def test_reports_what_cannot_be_restored_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(TraceError) as caught:
        recover_trace(data)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
