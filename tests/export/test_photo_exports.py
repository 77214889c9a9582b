"""Exports of traces of photos: their proportions, fixations, unsure labels, and labels that are withheld."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from PIL import Image

from app.lesson.text import handout_texts
from hsal.config import ModelConfig
from hsal.export.film import DPI, FOOT, PHOTO_SIDE, SIDE, film_bytes
from hsal.export.handout import draw_handout
from hsal.export.snippet import snippet
from hsal.export.strip import draw_strip, strip_bytes
from hsal.export.strip_cells import inhibited_cells
from hsal.export.table import row_of
from hsal.tracing.label_text import short_labels
from hsal.tracing.schema import Trace
from hsal.zoo.weights import Weights
from tests.fixtures.photo_traces import make_photo_trace, photo_of

SIZES = {"3:2": (200, 300), "1:1": (240, 240), "1:3": (360, 120), "3:1": (100, 300), "tiny": (3, 4)}
ROWS = 5
REASON = "These weights know digits only, so what they would call a photo means nothing."


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for part in (*figure.axes, figure) for text in part.texts]


def proportions(figure: Figure, number: int) -> float:
    """Height over width of an axes of the figure."""
    box = figure.axes[number].get_position()
    return box.height * figure.get_figheight() / (box.width * figure.get_figwidth())


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("draw", [draw_strip, lambda trace: draw_handout(trace, handout_texts())],
                         ids=["strip", "handout"])
def test_maps_and_photo_keep_the_photos_proportions(size: tuple[int, int], draw: object) -> None:
    figure = draw(make_photo_trace(photo_of(*size), fixations=2))
    first = 1 if draw is not draw_strip else 0  # the handout's image comes before its maps
    for number in range(first, first + 4):
        assert proportions(figure, number) == pytest.approx(size[0] / size[1], rel=0.01)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_axes_of_a_strip_never_overlap(size: tuple[int, int]) -> None:
    boxes = [axes.get_position() for axes in draw_strip(make_photo_trace(photo_of(*size), fixations=3)).axes]
    for number, box in enumerate(boxes):
        assert 0 <= box.x0 < box.x1 <= 1
        assert 0 <= box.y0 < box.y1 <= 1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_unsure_labels_are_marked() -> None:
    trace = make_photo_trace(fixations=4)
    assert short_labels(trace) == ["laptop", "computer keyboard", "mouse?", "coffee mug"]
    shown = texts(draw_strip(trace))
    assert {"laptop", "computer\nkeyboard", "mouse?", "0.12 unsure"} <= set(shown)


def test_labels_of_objects_are_never_unsure(trace_of_digits: Trace) -> None:
    assert not any("?" in label for label in short_labels(trace_of_digits))


@pytest.fixture
def trace_of_digits() -> Trace:
    return replace(make_photo_trace(), viewing="objects")


@pytest.mark.parametrize("draw", [draw_strip, lambda trace: draw_handout(trace, handout_texts())])
def test_withheld_labels_are_not_drawn(draw: object) -> None:
    shown = " ".join(texts(draw(make_photo_trace(fixations=2, withheld=REASON))))
    assert "laptop" not in shown
    assert "keyboard" not in shown
    if draw is draw_strip:
        assert shown.replace("\n", " ").count("These weights know digits only") == 1


def test_each_fixation_of_the_path_has_a_round_ring_and_a_number() -> None:
    figure = draw_strip(make_photo_trace(photo_of(300, 400), fixations=3))
    axes = figure.axes[2 * ROWS + 3]  # glimpses of the third meta-step
    rings = [patch for patch in axes.patches if isinstance(patch, Ellipse)]
    assert [text.get_text() for text in axes.texts] == ["1", "2", "3"]
    assert len(rings) == 3
    rows, columns = 24, 32
    # one degree is 1/32 of the longer side: 12.5 px of 400, and a cell is 12.5 px; so the diameter is 2 cells
    assert (rings[0].width, rings[0].height) == pytest.approx((2, 2))
    assert axes.get_xlim() == (0, columns)
    assert axes.get_ylim() == (rows, 0)


def test_soft_inhibition_marks_cells_that_have_lost_half_and_not_regained_it() -> None:
    trace = make_photo_trace(fixations=2)
    first = trace.steps[0].saliency
    now = first.copy()
    now[3, 4], now[5, 6], now[7, 8] = 0.4 * first[3, 4], 0.6 * first[5, 6], 1.2 * first[7, 8]
    assert inhibited_cells(trace, 1, now) == {(3, 4)}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_frames_of_an_animation_contain_the_photo(size: tuple[int, int]) -> None:
    trace = make_photo_trace(photo_of(*size), fixations=1)
    with Image.open(io.BytesIO(film_bytes(trace, "gif"))) as film:
        assert film.n_frames == trace.moments == 7
        film.seek(4)  # the glimpse
        frame = np.asarray(film.convert("RGB")).astype(int)
    scale = PHOTO_SIDE * DPI / max(size)
    high, wide = (round(side * scale) for side in size)
    assert frame.shape == (round(high + FOOT * DPI), max(wide, round(SIDE * DPI)), 3)
    left = (frame.shape[1] - wide) // 2
    sky = frame[int(0.03 * high), left + int(0.97 * wide)]  # a corner far from the spotlight, drawn at 75%
    assert abs(sky - 0.75 * photo_of(*size)[0, -1]).max() < 16


@pytest.mark.parametrize("format", ["png", "svg", "pdf"])
def test_a_strip_of_a_photo_is_reproducible(format: str) -> None:
    trace = make_photo_trace(photo_of(60, 90), fixations=2)
    assert strip_bytes(trace, format) == strip_bytes(trace, format)


def test_the_row_of_a_photo_separates_words_and_marks_unsure_labels() -> None:
    row = row_of("a.jpg", make_photo_trace(fixations=4))
    assert row.labels == "laptop; computer keyboard; mouse?; coffee mug"
    assert (row.confidence, row.steps, row.stopped) == (None, 4, False)


def test_the_row_of_a_trace_without_labels_says_why() -> None:
    row = row_of("a.jpg", make_photo_trace(withheld=REASON))
    assert (row.labels, row.confidence, row.notes) == ("", None, REASON)


@pytest.fixture
def weights_of_photos(monkeypatch: pytest.MonkeyPatch) -> str:
    """The file of weights for photos, which the lines name and do not read."""
    config = ModelConfig(viewing="free", image_channels=3, glimpses=1, classes=1000, saliency="gaze_readout")
    monkeypatch.setattr("hsal.export.snippet.describe", lambda _: Weights("photos", "photos", config))
    return "photos.safetensors"


def test_lines_for_a_sample_photo_read_it_by_name(weights_of_photos: str) -> None:
    trace = make_photo_trace(fixations=3)
    trace = replace(trace, source=replace(trace.source, kind="sample", name="coffee"))
    lines = snippet(trace, weights_file=weights_of_photos)
    assert "photo = photo_pixels('coffee')" in lines
    assert "meta_steps=3" in lines
    compile(lines, "lines", "exec")


def test_lines_for_a_photo_in_a_file_keep_reason_and_notes(weights_of_photos: str) -> None:
    trace = replace(make_photo_trace(withheld=REASON), notes=("A note.",))
    lines = snippet(trace, weights_file=weights_of_photos)
    assert "file = read_image(Path('meadow.jpg'))" in lines
    assert f"withheld={REASON!r}" in lines
    assert "notes=('A note.',)" in lines
    compile(lines, "lines", "exec")
