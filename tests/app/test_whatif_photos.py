"""What if on photos without a browser: which weights take which image, and what differs between two traces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.whatif import traces
from app.whatif.differences import labels_sentence, path_length, table
from app.whatif.traces import config_of, takes
from hsal.config import ModelConfig
from hsal.tracing.schema import Trace
from tests.fixtures.photo_traces import make_photo_trace, photo_of

DIGITS = ModelConfig()
PHOTOS = ModelConfig(viewing="free", image_channels=3, glimpses=1, size_px=448, cell_px=16, classes=1000, meta_steps=9)


def test_a_model_of_photos_takes_any_photo_and_one_of_digits_its_own_size() -> None:
    gray, square, photo = (np.zeros(shape, np.uint8) for shape in ((100, 100), (100, 100, 3), (300, 450, 3)))
    assert [takes(DIGITS, image) for image in (gray, square, photo)] == [True, False, False]
    assert [takes(PHOTOS, image) for image in (gray, square, photo)] == [False, True, True]


def test_a_branch_has_the_number_of_glimpses_that_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Known:
        config = PHOTOS

    monkeypatch.setattr(traces, "describe", lambda name: Known)
    assert config_of(make_photo_trace(fixations=4)).meta_steps == 4
    assert config_of(make_photo_trace(fixations=4, stops=True)).meta_steps == 9  # it stopped by itself


def test_a_path_is_measured_in_widths_of_the_photo() -> None:
    trace = make_photo_trace(photo_of(200, 400), fixations=2)  # a map of 20 x 40 cells
    cells = [(0, 0), (10, 20)]
    steps = tuple(
        replace(step, glimpses=(replace(step.glimpses[0], cell=cell),))
        for step, cell in zip(trace.steps, cells, strict=True)
    )
    rows, columns = trace.steps[0].saliency.shape
    expected = np.hypot(10 / rows * 0.5, 20 / columns)  # the photo is half as high as wide
    assert path_length(replace(trace, steps=steps)) == pytest.approx(expected)


def test_labels_of_photos_are_words() -> None:
    first, second = make_photo_trace(fixations=1), make_photo_trace(fixations=2)
    assert labels_sentence(first, second) == (
        "The first predicts laptop, the second laptop; computer keyboard: one computer keyboard more."
    )


def test_withheld_labels_are_not_compared() -> None:
    trace: Trace = make_photo_trace(withheld="A reason.")
    names = [row.name for row in table(trace, trace)]
    assert "Meta-steps" in names
    assert not [name for name in names if "abel" in name or name == "Correct"]
