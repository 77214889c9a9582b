"""The strip: its contents, reproducible bytes, and names that must not break it."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, Rectangle
from matplotlib.path import Path as Outline
from PIL import Image

from hsal.colors import CORRECT, COVERT, INCORRECT, INHIBITION, OVERT, PRIORITY, SALIENCY_MAP
from hsal.errors import HsalError
from hsal.export import strip
from hsal.export.strip import DARK, LIGHT, StripError, draw_strip, save_strip, strip_bytes
from hsal.tracing.interventions.schema import Edit, Interventions
from hsal.tracing.schema import Trace
from tests.fixtures.traces import make_trace

ROWS = 5
ROOT = Path(__file__).parents[2]


def pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def texts(figure: Figure) -> list[str]:
    """Every text of the figure, in order of drawing."""
    everywhere = [text for axes in figure.axes for text in axes.texts] + figure.texts
    return [text.get_text() for text in everywhere]


def cell(figure: Figure, row: int, column: int) -> Axes:
    return figure.axes[column * ROWS + row]


@pytest.fixture(scope="module")
def trace() -> Trace:
    """Three steps: a correct 3, an incorrect 7, and an incorrect stop."""
    return make_trace()


@pytest.fixture(scope="module")
def figure(trace: Trace) -> Figure:
    return draw_strip(trace)


def many_steps(count: int) -> Trace:
    return make_trace(labels=(3,) * count, rewards=(-1.0,) * count)


@pytest.mark.parametrize("steps", [1, 3, 6])
def test_has_axes_for_each_row_and_step_and_for_image_and_bars(steps: int) -> None:
    figure = draw_strip(many_steps(steps))
    assert len(figure.axes) == ROWS * steps + 1 + 3
    size_px = figure.get_size_inches() * figure.dpi
    assert size_px == pytest.approx(np.round(size_px), abs=1e-6)  # half a pixel would remain unpainted
    assert [f"meta-step {step}" in [text.get_text() for text in figure.texts] for step in (1, steps, steps + 1)] == [
        True, True, False,
    ]


def test_axes_lie_in_columns_and_rows_without_overlap(figure: Figure) -> None:
    boxes = [axes.get_position() for axes in figure.axes]
    for number, box in enumerate(boxes[: ROWS * 3]):
        assert box.x0 == pytest.approx(boxes[number - number % ROWS].x0)
        assert box.y0 == pytest.approx(boxes[number % ROWS].y0)
    for i, one in enumerate(boxes):
        assert 0 < one.x0 < one.x1 < 1
        assert 0 < one.y0 < one.y1 < 1
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])


def test_omits_and_reports_steps_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strip, "MOST_STEPS", 2)
    shown = texts(draw_strip(many_steps(4)))
    assert "meta-step 2" in shown
    assert "meta-step 3" not in shown
    assert "the first 2 of 4 steps" in " ".join(shown)


def test_texts_name_rows_labels_probabilities_truth_and_source(trace: Trace, figure: Figure) -> None:
    shown = texts(figure)
    for wanted in ("Saliency", "Mask", "Priority", "Glimpses", "Label", "3", "7", "stop", "3, 5", "3, 7", "0.80"):
        assert wanted in shown
    caption = " ".join(shown)
    assert "scene: hand-made" in caption
    assert "weights: hand-made" in caption
    assert f"attn_saliency: {trace.attn_saliency:.2f} of the map's maximum" in caption
    assert "ended without stop" not in caption
    assert "ended without stop" in " ".join(texts(draw_strip(make_trace(labels=(3,), rewards=(1.0,)))))


def test_notes_interventions_on_a_separate_line(trace: Trace, figure: Figure) -> None:
    made = draw_strip(replace(trace, interventions=Interventions((Edit(0, label=3),))))
    assert set(texts(made)) - set(texts(figure)) == {"Changed by hand: meta-step 1: label set to 3"}


def test_tick_and_cross_appear_only_if_the_truth_is_known(figure: Figure) -> None:
    signs = [text for axes in figure.axes for text in axes.texts if text.get_text() in "✓✗"]
    drawn = [(text.get_text(), text.get_color()) for text in signs]
    assert drawn == [("✓", CORRECT), ("✗", INCORRECT), ("✗", INCORRECT)]
    shown = texts(draw_strip(make_trace(truth=None)))
    assert not {"✓", "✗", "true"} & set(shown)
    assert "0.80" in shown


def test_saliency_has_its_own_color_map_and_one_range_in_all_steps(trace: Trace, figure: Figure) -> None:
    for column in range(3):
        image = cell(figure, 0, column).images[0]
        assert image.get_cmap().name == SALIENCY_MAP
        assert image.get_clim() == (0, 1)
        assert np.array_equal(image.get_array(), trace.steps[column].saliency)


def test_priority_is_green_and_has_one_range_in_all_steps(trace: Trace, figure: Figure) -> None:
    highest = max(float(step.priority.max()) for step in trace.steps)
    for column in range(3):
        image = cell(figure, 2, column).images[0]
        assert image.get_clim() == (0, highest)
        assert image.get_cmap()(0.5)[:3] == pytest.approx(to_rgb(PRIORITY), abs=0.01)


def _squares(path: Outline) -> list[np.ndarray]:
    """The corners of each square of a compound path."""
    return np.split(path.vertices, np.flatnonzero(path.codes == Outline.MOVETO)[1:])


def test_inhibited_cells_are_hatched_from_the_next_step_on(trace: Trace, figure: Figure) -> None:
    hatched = [
        {(int(square[0, 1]), int(square[0, 0]))
         for patch in cell(figure, 0, column).patches for square in _squares(patch.get_path())}
        for column in range(3)
    ]
    first, second = ({glimpse.cell for glimpse in step.glimpses} for step in trace.steps[:2])
    assert hatched == [set(), first, first | second]  # the glimpses of stop inhibit nothing
    patch = cell(figure, 0, 1).patches[0]
    assert patch.get_hatch()
    assert to_hex(patch.get_edgecolor()) == INHIBITION


def test_cells_without_inhibition_are_not_hatched(trace: Trace) -> None:
    """As when a visitor switches inhibition off."""
    same = trace.steps[0].saliency
    steps = tuple(replace(step, saliency=same, next_saliency=same) for step in trace.steps)
    assert not cell(draw_strip(replace(trace, steps=steps)), 0, 2).patches


def test_circles_are_one_sigma_about_each_gaussian(trace: Trace) -> None:
    gaussians = np.array([[0.6, 0.5, 1, 2], [0.4, 0.125, 4, 7.0]], np.float32)
    steps = (replace(trace.steps[0], gaussians=gaussians), *trace.steps[1:])
    axes = cell(draw_strip(replace(trace, steps=steps)), 1, 0)
    circles = [patch for patch in axes.patches if isinstance(patch, Ellipse)]
    # Cell 1 has its center at 0.5. sigma = 1 / sqrt(2 beta): 1 for 0.5, 2 for 0.125.
    assert [(circle.center, circle.width / 2) for circle in circles] == [((1.5, 0.5), 1), ((6.5, 3.5), 2)]
    # The lighter one, of two thirds the weight, is fainter: 0.25 + 0.65 * 2 / 3.
    assert [circle.get_alpha() for circle in circles] == pytest.approx([0.9, 0.6833], abs=1e-4)


def test_the_spotlight_is_blue_where_the_mask_is_and_dark_elsewhere(trace: Trace) -> None:
    mask = np.zeros((7, 7), np.float32)
    mask[5:, 5:] = 1
    blank = replace(trace, image=np.zeros((100, 100), np.uint8))
    steps = (replace(trace.steps[0], mask=mask), *trace.steps[1:])
    image = cell(draw_strip(replace(blank, steps=steps)), 1, 0).images[0].get_array()
    assert image[95, 95].tolist() == pytest.approx(to_rgb(COVERT))
    assert image[10, 10].tolist() == pytest.approx((0, 0, 0))


def test_glimpses_are_numbered_outlines_with_a_path(trace: Trace) -> None:
    looks = tuple(replace(trace.steps[0].glimpses[0], cell=at) for at in ((0, 6), (2, 3), (0, 6)))
    steps = tuple(replace(step, glimpses=looks) for step in trace.steps)
    axes = cell(draw_strip(replace(trace, steps=steps)), 3, 0)
    outlines = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert [(patch.get_y(), patch.get_x(), to_hex(patch.get_edgecolor())) for patch in outlines] == [
        (0, 6, OVERT.lower()), (2, 3, OVERT.lower()),
    ]
    assert [text.get_text() for text in axes.texts] == ["1,3", "2"]
    path = axes.lines[0]
    assert np.array_equal(path.get_xydata(), [(6.5, 0.5), (3.5, 2.5), (6.5, 0.5)])


@pytest.mark.parametrize(("dark", "theme"), [(False, LIGHT), (True, DARK)])
def test_png_decodes_and_is_not_blank(trace: Trace, dark: bool, theme: tuple[str, str, str]) -> None:
    drawn = pixels(strip_bytes(trace, "png", dark))
    background = tuple(round(255 * part) for part in to_rgb(theme[0]))
    for edge in (drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]):
        assert (edge == background).all()  # nothing clipped, no unpainted line
    assert 0.1 < np.mean((drawn != background).any(axis=2)) < 0.9
    for color in (COVERT, PRIORITY, OVERT):
        assert (drawn == np.round(255 * np.array(to_rgb(color)))).all(axis=2).any()


def test_svg_is_well_formed_and_contains_its_texts(trace: Trace) -> None:
    svg = strip_bytes(trace, "svg").decode()
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    for wanted in ("meta-step 1", "meta-step 3", "Saliency", "stop", "✓", "✗"):
        assert f"<!-- {wanted} -->" in svg
    assert "<dc:date>" not in svg
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_every_reference_in_the_svg_has_a_target(trace: Trace) -> None:
    root = ElementTree.fromstring(strip_bytes(trace, "svg"))
    ids = {element.get("id") for element in root.iter()}
    links = [element.get("{http://www.w3.org/1999/xlink}href", "") for element in root.iter()]
    clips = [element.get("clip-path", "")[5:-1] for element in root.iter()]
    wanted = {link[1:] for link in (*links, *clips) if link.startswith("#")}
    assert len(wanted) > 20
    assert wanted <= ids


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_trace_gives_the_same_bytes(trace: Trace, kind: str) -> None:
    once = strip_bytes(trace, kind)
    assert strip_bytes(Trace.from_json(trace.to_json()), kind) == once
    assert strip_bytes(trace, kind, dark=True) != once


def test_another_process_draws_the_same_svg(trace: Trace, tmp_path: Path) -> None:
    (tmp_path / "trace.json").write_text(trace.to_json())
    draw = (
        "import sys; from pathlib import Path; from hsal.tracing.schema import Trace\n"
        "from hsal.export.strip import save_strip\n"
        "folder = Path(sys.argv[1])\n"
        "save_strip(Trace.from_json((folder / 'trace.json').read_text()), folder / 'strip.svg')\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", draw, str(tmp_path)], cwd=ROOT, check=True)
    assert (tmp_path / "strip.svg").read_bytes() == strip_bytes(trace, "svg")


def test_drawing_is_thread_safe(trace: Trace) -> None:
    alone = strip_bytes(trace, "svg")
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: strip_bytes(trace, "svg"), range(4))) == {alone}


def test_global_settings_are_neither_changed_nor_needed(trace: Trace) -> None:
    watched = [key for key in matplotlib.rcParams if key != "backend"]  # reading that one sets it
    before = [matplotlib.rcParams[key] for key in watched]
    svg = strip_bytes(trace, "svg")
    assert [matplotlib.rcParams[key] for key in watched] == before
    with matplotlib.rc_context({"svg.hashsalt": "another", "font.family": "monospace", "font.size": 30}):
        assert strip_bytes(trace, "svg") == svg


@pytest.mark.parametrize(
    "name",
    [
        "$", "a $x^2$ b", "$\\frac{", "<b>&amp;</b>", "--> <!--", "日本語", "\x00\x1b[31m", "\ud800", "\ufffe",
        "a\nb", "", "x" * 500,
    ],
)
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_no_name_breaks_the_strip(name: str, kind: str) -> None:
    trace = make_trace(names=(*"012", name, *"456789", "stop"), name=name)
    trace = replace(trace, source=replace(trace.source, weights=name, saliency=name))
    data = strip_bytes(trace, kind)
    if kind == "svg":
        ElementTree.fromstring(data)
    else:
        assert pixels(data).std() > 20


def test_a_dollar_is_shown_as_a_dollar() -> None:
    figure = draw_strip(make_trace(names=(*"012", "$x^2$", *"456789", "stop"), name="$y$"))
    assert "$x^2$" in texts(figure)
    assert "$y$" in texts(figure)
    assert not any(text.get_parse_math() for axes in figure.axes for text in axes.texts)
    assert not any(text.get_parse_math() for text in figure.texts)


def test_names_cannot_reorder_or_break_a_line() -> None:
    shown = texts(draw_strip(make_trace(names=(*"012", "a\u202eb\nc", *"456789", "stop"))))
    assert "a b c" in shown


def test_a_long_name_stays_in_its_column() -> None:
    trace = make_trace(names=(*"012", "a class of many words", *"456789", "stop"))
    figure = draw_strip(trace)
    figure.draw_without_rendering()
    axes = figure.axes[4]
    place = axes.texts[0].get_window_extent()
    assert axes.get_window_extent().x0 <= place.x0 < place.x1 <= axes.get_window_extent().x1


@pytest.mark.parametrize("options", [
    {"rows": 14, "columns": 14}, {"rows": 1, "columns": 1, "glimpses": 1}, {"gaussians": 1, "glimpses": 1},
    {"rows": 3, "columns": 5, "image_px": (60, 100)}, {"glimpses": 5}, {"image_px": (8, 8)}, {"truth": ()},
    {"rows": 8, "columns": 8, "image_px": (64, 64), "color": True}, {"rows": 13, "columns": 13},
])
def test_draws_other_shapes(options: dict) -> None:
    drawn = pixels(strip_bytes(make_trace(**options), "png"))
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 50


def test_an_rgb_image_is_drawn_in_color() -> None:
    figure = draw_strip(make_trace(color=True))
    images = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    wall, square = (150, 70, 50), (240, 220, 60)
    shown = [image for image in images if image.shape == (100, 100, 3) and np.allclose(image[0, 0] * 255, wall)]
    assert len(shown) == 1  # the image itself; the others are dimmed
    assert np.allclose(shown[0][20, 79] * 255, square)
    red, green, blue = cell(figure, 3, 0).images[0].get_array()[95, 5] * 255  # far from every glimpse: dimmed only
    assert (round(float(red)), round(float(green)), round(float(blue))) == pytest.approx((112, 52, 38), abs=2)


def test_draws_a_blank_trace(trace: Trace) -> None:
    nothing = np.zeros((7, 7), np.float32)
    maps = ("saliency", "mask", "priority", "broad_weights", "next_saliency")
    step = replace(trace.steps[0], **dict.fromkeys(maps, nothing))
    assert strip_bytes(replace(trace, steps=(step,)), "png")


def test_save_strip_chooses_the_format_by_extension(trace: Trace, tmp_path: Path) -> None:
    save_strip(trace, tmp_path / "strip.PNG")
    save_strip(trace, tmp_path / "strip.svg", dark=True)
    save_strip(trace, tmp_path / "strip.pdf")
    assert (tmp_path / "strip.pdf").read_bytes()[:5] == b"%PDF-"
    assert (tmp_path / "strip.pdf").read_bytes() == strip_bytes(trace, "pdf")  # no date in it
    assert (tmp_path / "strip.PNG").read_bytes() == strip_bytes(trace, "png")
    assert (tmp_path / "strip.svg").read_bytes() == strip_bytes(trace, "svg", dark=True)


def test_reports_what_cannot_be_drawn_or_written(trace: Trace, tmp_path: Path) -> None:
    assert issubclass(StripError, HsalError)
    with pytest.raises(StripError, match="as png, svg or pdf, not as 'gif'"):
        save_strip(trace, tmp_path / "strip.gif")
    with pytest.raises(StripError, match="as png, svg or pdf"):
        strip_bytes(trace, "eps")
    with pytest.raises(StripError, match=r"cannot be written to .*absent.*No such file"):
        save_strip(trace, tmp_path / "absent" / "strip.png")


def test_drawing_takes_less_than_a_second() -> None:
    """Counted in this process's own time, so that a busy machine does not fail it; a first drawing loads the fonts."""
    trace = many_steps(6)
    strip_bytes(trace, "svg")
    start = time.process_time()
    strip_bytes(trace, "svg")
    assert time.process_time() - start < 3  # about 0.4 s on a quiet machine
