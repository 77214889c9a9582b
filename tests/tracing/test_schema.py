"""The trace record: validation, derived values, and lossless JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from hsal.tracing.schema import Trace, TraceError
from tests.fixtures.traces import make_trace

Change = Callable[[dict[str, Any]], object]


def assert_same(one: object, other: object, where: str = "trace") -> None:
    """Equal down to the bits of every array."""
    assert type(one) is type(other), where
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, where
        assert one.shape == other.shape, where
        assert one.tobytes() == other.tobytes(), where
    elif is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name), f"{where}.{field.name}")
    elif isinstance(one, tuple):
        assert len(one) == len(other), where
        for number, (item, twin) in enumerate(zip(one, other, strict=True)):
            assert_same(item, twin, f"{where}[{number}]")
    else:
        assert one == other, where


@pytest.mark.parametrize("options", [{}, {"truth": None}, {"rows": 3, "columns": 5, "glimpses": 1, "labels": (4,),
                                                           "rewards": (1.0,)},
                                     {"color": True, "image_px": (40, 64), "rows": 5, "columns": 8}])
def test_json_preserves_every_bit(options: dict[str, Any]) -> None:
    trace = make_trace(**options)
    assert_same(trace, Trace.from_json(trace.to_json()))


def test_awkward_floats_keep_their_bits() -> None:
    trace = make_trace(labels=(10,), rewards=(-1.0,))
    awkward = np.array([0.1, 1 / 3, 1e-45, 1.17549435e-38, -0.0, 1 - 2**-24, np.pi * 1e-20], dtype=np.float32)
    step = trace.steps[0]
    saliency = np.resize(awkward, step.saliency.shape)
    trace = replace(trace, steps=(replace(step, saliency=saliency, value=0.1 + 0.2),))
    assert_same(trace, Trace.from_json(trace.to_json()))


def test_writes_a_file_name_that_is_not_utf_8() -> None:
    trace = make_trace(name="caf\udce9.png")
    assert json.loads(trace.to_json())["source"]["name"] == "caf\udce9.png"
    assert_same(trace, Trace.from_json(trace.to_json()))


def test_json_is_one_line_of_standard_json() -> None:
    text = make_trace().to_json()
    assert "\n" not in text

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    values = json.loads(text, parse_constant=refuse)
    assert values["schema"] == 3
    assert values["steps"][0]["mask"]["dtype"] == "float32"
    assert values["steps"][0]["mask"]["shape"] == [7, 7]
    assert len(values["steps"][0]["mask"]["data"]) == 49
    assert values["image"]["dtype"] == "uint8"


def test_a_gray_trace_has_one_value_per_pixel_and_an_rgb_trace_three() -> None:
    gray, colored = (make_trace(color=color).to_dict() for color in (False, True))
    assert (gray["schema"], gray["image"]["shape"], len(gray["image"]["data"])) == (3, [100, 100], 10_000)
    assert (colored["schema"], colored["image"]["shape"]) == (3, [100, 100, 3])
    assert colored["image"]["data"][:3] == [150, 70, 50]  # red, green, blue of the first pixel


def test_never_writes_a_value_that_is_not_a_number() -> None:
    trace = make_trace()
    with pytest.raises(TraceError, match="saliency_scale must be a finite number"):
        replace(trace, saliency_scale=float("nan"))


def edit(path: str, value: object) -> Change:
    """Set one value; `path` has keys and numbers between dots."""
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]

    def change(values: dict[str, Any]) -> None:
        for key in way:
            values = values[key]
        values[last] = value

    return change


FIRST = "steps.0.glimpses.0"
IMAGE = "image must be (H,W) or (H,W,3) uint8"
BAD: dict[str, tuple[Change, str]] = {
    "another schema": (edit("schema", 4), "schema: 4"),
    "no schema": (lambda values: values.pop("schema"), "schema: None"),
    "a key is missing": (lambda values: values.pop("saliency_scale"), "saliency_scale"),
    "the truth is missing": (lambda values: values.pop("truth"), "truth"),
    "a step lacks a map": (lambda values: values["steps"][1].pop("mask"), "mask"),
    "an unknown key": (edit("color", "red"), "color"),
    "a step's unknown key": (edit("steps.0.mood", "good"), "mood"),
    "a source's unknown key": (edit("source.url", "x"), "url"),
    "no steps": (edit("steps", []), "at least one step"),
    "a broken chain": (edit("steps.0.next_saliency.data.0", 0.5), "step 0: outgoing saliency is not step 1's"),
    "location odds": (edit(f"{FIRST}.probabilities.data.0", 0.9), "step 0: location probabilities do not sum to 1"),
    "class odds": (edit("steps.2.class_probabilities.data.0", 0.9), "step 2: class probabilities do not sum to 1"),
    "too few classes": (edit("class_names", ["0", "stop"]), "expected 2 class probabilities"),
    "a row outside": (edit(f"{FIRST}.cell", [7, 0]), "step 0: cell (7, 0) lies outside"),
    "a column outside": (edit(f"{FIRST}.cell", [0, 7]), "step 0: cell (0, 7) lies outside"),
    "a cell below zero": (edit(f"{FIRST}.cell", [-1, 0]), "step 0: cell (-1, 0) lies outside"),
    "a cell of three": (edit(f"{FIRST}.cell", [1, 2, 3]), "could not be read"),
    "no such label": (edit("steps.1.label", 11), "step 1: there is no class 11"),
    "a label below zero": (edit("steps.1.label", -1), "step 1: there is no class -1"),
    "a map of another shape": (edit("steps.1.mask.shape", [1, 49]), "step 1: mask is (1, 49), expected (7, 7)"),
    "numbers short of the shape": (edit("steps.1.mask.data", [0.5]), "could not be read"),
    "a map that is not a number": (edit("steps.0.mask.data.3", float("nan")), "step 0: mask has a number"),
    "a Gaussian without end": (edit("steps.0.gaussians.data.0", float("inf")), "step 0: gaussians has a number"),
    "no glimpses": (lambda values: [step["glimpses"].clear() for step in values["steps"]], "there is no glimpse"),
    "a truth beyond the classes": (edit("truth", [3, 10]), "truth names a class"),
    "a truth below zero": (edit("truth", [-1, 3]), "truth names a class"),
    "a dtype of no use": (edit("steps.0.mask.dtype", "object"), "could not be read"),
    "Gaussians of three numbers": (edit("steps.0.gaussians.shape", [4, 3]), "gaussians must be (K,4)"),
    "a glimpse too few": (lambda values: values["steps"][1]["glimpses"].pop(), "step 1: 1 glimpses, expected 2"),
    "an image of two channels": (edit("image", {"dtype": "uint8", "shape": [1, 1, 2], "data": [1, 2]}), IMAGE),
    "an image of four channels": (edit("image", {"dtype": "uint8", "shape": [1, 1, 4], "data": [1] * 4}), IMAGE),
    "an image of one row": (edit("image", {"dtype": "uint8", "shape": [2], "data": [1, 2]}), IMAGE),
    "an image of nothing": (edit("image", {"dtype": "uint8", "shape": [0, 5], "data": []}), IMAGE),
    "an image of floats": (edit("image", {"dtype": "float32", "shape": [1, 1], "data": [1]}), IMAGE),
    "a pixel above 255": (edit("image.data.0", 256), "could not be read"),
    "steps that are a number": (edit("steps", 3), "could not be read"),
    "a box without its label": (lambda values: values["boxes"][0].pop("label"), "label"),
    "a box above the image": (edit("boxes.0.top_px", -1), "box 0 is empty or reaches out of the image"),
    "a box below the image": (edit("boxes.1.bottom_px", 101), "box 1 is empty or reaches out of the image"),
    "a box beside the image": (edit("boxes.0.right_px", 101), "box 0 is empty or reaches out of the image"),
    "a box of no height": (edit("boxes.0.bottom_px", 8), "box 0 is empty or reaches out of the image"),
    "a box of no width": (edit("boxes.0.left_px", 92), "box 0 is empty or reaches out of the image"),
    "a box of half pixels": (edit("boxes.0.left_px", 3.5), "boxes[0].left_px: expected int, got float"),
    "a box of no class": (edit("boxes.1.label", 10), "box 1: there is no class 10"),
}


@pytest.mark.parametrize("case", BAD)
def test_rejects_an_inconsistent_trace(case: str) -> None:
    change, message = BAD[case]
    values = make_trace().to_dict()
    change(values)
    with pytest.raises(TraceError) as caught:
        Trace.from_json(json.dumps(values))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "not JSON", "[1, 2]", "7", "null", '"text"', "{}"])
def test_rejects_text_that_is_no_trace(text: str) -> None:
    with pytest.raises(TraceError):
        Trace.from_json(text)


def test_reading_does_not_modify_the_dictionary() -> None:
    values = make_trace().to_dict()
    before = json.dumps(values)
    Trace.from_dict(values)
    assert json.dumps(values) == before


def test_frozen() -> None:
    trace = make_trace()
    for record in (trace, trace.source, trace.steps[0], trace.steps[0].glimpses[0], trace.boxes[0]):
        with pytest.raises(FrozenInstanceError):
            setattr(record, fields(record)[0].name, None)


def test_labels_and_moments_by_hand() -> None:
    trace = make_trace(labels=(3, 7, 10), rewards=(1.0, -1.0, -1.0), truth=(3, 5))
    assert trace.stop == 10
    assert trace.labels == (3, 7)  # stop is not an object
    assert trace.ended_by_stop
    assert trace.exact is False
    # 5 moments each and two glimpses; inhibition after the two labels, not after stop: 8 + 8 + 7
    assert trace.moments == 23


def test_running_out_of_steps() -> None:
    trace = make_trace(labels=(3, 7), rewards=(1.0, 1.0), truth=(3, 7), glimpses=1)
    assert trace.labels == (3, 7)
    assert not trace.ended_by_stop
    assert trace.moments == 14  # 5 + 1 glimpse + inhibition, twice


@pytest.mark.parametrize(
    ("labels", "truth", "exact"),
    [
        ((7, 3, 10), (3, 7), True),  # in any order
        ((3, 3, 10), (3, 3), True),
        ((3, 10), (3, 3), False),  # one copy short
        ((3, 3, 10), (3,), False),  # one too many
        ((10,), (), True),  # correctly nothing
        ((3, 10), None, None),  # not known
    ],
)
def test_exact(labels: tuple[int, ...], truth: tuple[int, ...] | None, exact: bool | None) -> None:
    assert make_trace(labels=labels, rewards=(1.0,) * len(labels), truth=truth).exact is exact


def test_attn_saliency_is_the_mean_over_all_glimpses_of_the_saliency_before_the_step() -> None:
    trace = make_trace(labels=(3, 10), rewards=(1.0, 1.0))
    first, second = (step.saliency.copy() for step in trace.steps)
    cells = [[glimpse.cell for glimpse in step.glimpses] for step in trace.steps]
    for saliency, places, values in ((first, cells[0], (1.0, 0.5)), (second, cells[1], (0.25, 0.05))):
        for place, value in zip(places, values, strict=True):
            saliency[place] = value
    steps = (
        replace(trace.steps[0], saliency=first, next_saliency=second),
        replace(trace.steps[1], saliency=second),
    )
    # (1 + 0.5 + 0.25 + 0.05) / 4
    assert replace(trace, steps=steps).attn_saliency == pytest.approx(0.45)
