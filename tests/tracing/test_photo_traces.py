"""Traces of photos: the photo as a lossless file, labels of single glimpses, and withheld labels."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import numpy as np
import pytest

from hsal.tracing.json_schema import schema
from hsal.tracing.recovery import recover_trace
from hsal.tracing.schema import Trace
from hsal.tracing.validation import TraceError
from tests.fixtures.traces import make_trace

PHOTO = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)


def photo_trace() -> Trace:
    """A trace of a photo whose glimpses are labeled."""
    trace = make_trace()
    steps = tuple(
        replace(step, glimpses=tuple(replace(glimpse, labels=((1, 0.5), (0, 0.25))) for glimpse in step.glimpses))
        for step in trace.steps
    )
    return replace(trace, image=PHOTO, boxes=(), steps=steps, viewing="free", withheld="A reason.")


def test_a_photo_survives_json_pixel_by_pixel() -> None:
    values = json.loads(photo_trace().to_json())
    assert sorted(values["image"]) == ["dtype", "shape", "webp"]
    jsonschema.validate(values, schema())
    again = Trace.from_dict(values)
    np.testing.assert_array_equal(again.image, PHOTO)
    assert (again.viewing, again.withheld) == ("free", "A reason.")
    assert again.steps[0].glimpses[0].labels == ((1, 0.5), (0, 0.25))
    assert again.to_json() == photo_trace().to_json()


@pytest.mark.parametrize("damage", [
    {"webp": "not base64!"}, {"webp": "AAAA"}, {"shape": [300, 401, 3]}, {"shape": [300, 400]}, {"shape": [0, 0, 3]},
])
def test_a_damaged_photo_is_refused_with_one_sentence(damage: dict[str, Any]) -> None:
    values = photo_trace().to_dict()
    values["image"] |= damage
    with pytest.raises(TraceError, match="could not be read"):
        Trace.from_dict(values)
    with pytest.raises(TraceError, match="no meta-step could be restored"):
        recover_trace(json.dumps(values).encode())


@pytest.mark.parametrize("labels", [[[-1, 0.5]], [[10, 0.5]], [[0, 1.5]]])
def test_an_impossible_label_of_a_glimpse_is_refused(labels: list[Any]) -> None:
    values = photo_trace().to_dict()
    values["steps"][0]["glimpses"][0]["labels"] = labels
    with pytest.raises(TraceError, match="glimpse's label"):
        Trace.from_dict(values)
