"""Parts of Compare saliency without Streamlit: correlations, captions, tables, and the data of the tiles."""

from __future__ import annotations

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from app.compare.captions import what_changed
from app.compare.figures import agreement, difference, reduced, scatter
from app.compare.grid import duration, tile_data
from app.compare.jobs import JobResult
from app.compare.models import RenderedMap, encode_map
from app.compare.tables import best, metrics_table
from hsal.saliency.base import About
from hsal.tracing.schema import Trace
from tests.fixtures.traces import make_trace

ABOUT = {name: About(f"The {name}", "nobody", idea="its idea") for name in ("one", "other", "third")}


def levels(url: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))


def with_cells(trace: Trace, cells: dict[tuple[int, int], tuple[int, int]]) -> Trace:
    """The same trace with some glimpses ((step, glimpse) -> cell) moved."""
    steps = list(trace.steps)
    for (step, number), cell in cells.items():
        glimpses = list(steps[step].glimpses)
        reward = float(steps[step].priority[cell])
        glimpses[number] = replace(glimpses[number], cell=cell, reward=reward)
        steps[step] = replace(steps[step], glimpses=tuple(glimpses))
    return replace(trace, steps=tuple(steps))


def test_agreement_of_values_and_of_ranks() -> None:
    first = np.array([[0.0, 1.0, 2.0, 3.0]], np.float32)
    # about their means -1.5,-.5,.5,1.5 and -3.5,-2.5,.5,5.5: products 5.25+1.25+.25+8.25 = 15, squares 5 and 49
    assert agreement(first, first**2) == pytest.approx((15 / 245**0.5, 1.0))
    assert agreement(first, np.ones((1, 4), np.float32)) == (None, None)
    # ranks 1, 2.5, 2.5, 4 against 1..4: sums of products 2.25+.0+.0+2.25 = 4.5; sqrt(5 * 4.5) = 4.743
    assert agreement(first, np.array([[0, 5, 5, 6]], np.float32)).spearman == pytest.approx(4.5 / 22.5**0.5)


def test_reduced_maps_are_means_of_cells() -> None:
    values = np.arange(800, dtype=np.float32).reshape(20, 40)
    assert reduced(values, 10).shape == (5, 10)
    assert reduced(values, 10)[0, 0] == pytest.approx(values[:4, :4].mean())
    assert reduced(values).shape == (20, 40)


def test_the_color_scale_of_the_difference_is_symmetric_about_zero() -> None:
    first, second = np.array([[1.0, 0.2]], np.float32), np.array([[0.5, 0.9]], np.float32)
    heatmap = difference(first, second, ("a", "b"), False).data[0]
    assert heatmap.zmax == -heatmap.zmin == pytest.approx(0.7)
    assert np.allclose(heatmap.z, [[0.5, -0.7]])
    points = scatter(first, second, ("a", "b"), True).data[1]
    assert np.allclose(sorted(zip(points.x, points.y, strict=True)), [(0.2, 0.9), (1.0, 0.5)])


def test_a_tile_image_has_255_levels_of_the_highest_value() -> None:
    values = np.array([[0.0, 1.0], [2.0, 4.0]], np.float32)
    png, high = encode_map(values)
    assert high == 4
    assert levels(png).tolist() == [[0, 64], [128, 255]]
    png, high = encode_map(np.zeros((2, 2), np.float32))
    assert (high, levels(png).max()) == (0, 0)
    assert levels(encode_map(np.ones((600, 800), np.float32))[0]).shape == (300, 400)


def test_a_tile_is_waiting_failed_or_done() -> None:
    assert tile_data("one", ABOUT["one"], None)["state"] == "waiting"
    assert tile_data("one", ABOUT["one"], JobResult(error="It failed."))["sentence"] == "It failed."
    shown = tile_data("one", ABOUT["one"], JobResult(RenderedMap(np.ones((2, 2)), 12.4, (), "data:", 1.0, "")))
    assert (shown["state"], shown["time"], shown["high"]) == ("done", "12 ms", 1.0)
    assert [duration(time) for time in (0.2, 999.4, 1500)] == ["under 1 ms", "999 ms", "1.5 s"]


def test_the_best_score_is_compared_as_rounded() -> None:
    scores = {"one": {"auc": 0.70001, "kl": 2.0}, "other": {"auc": 0.70002, "kl": 1.0}, "third": {"auc": 0.2}}
    assert best("auc", scores, list(scores)) == {"one", "other"}  # 0.700 both
    assert best("kl", scores, list(scores)) == {"other"}  # lower is better; a model without a score does not compete
    assert best("auc", scores, ["one"]) == set()


def test_an_upper_bound_does_not_compete() -> None:
    models = {**ABOUT, "third": replace(ABOUT["third"], kind="upper bound")}
    shown = metrics_table(models, {"one": {"auc": 0.6}, "other": {"auc": 0.7}, "third": {"auc": 0.9}})
    assert "<strong>0.700</strong>" in shown
    assert "<td>0.900</td>" in shown


def test_zero_has_no_sign_and_saliency_at_glimpses_has_no_best_map() -> None:
    shown = metrics_table(ABOUT, {"one": {"nss": -0.0001, "attn_saliency": 1.0}, "other": {"attn_saliency": 0.5}})
    assert "<td>0.000</td>" in shown
    assert "<strong>" not in shown


def test_changes_of_labels_and_meta_steps() -> None:
    base = make_trace()
    assert what_changed(base, base) == "None: the same labels in the same order, at the same cells."
    other = make_trace(labels=(7, 10), rewards=None, truth=None)
    base_of_labels = make_trace(labels=(3, 10), rewards=None, truth=None)
    assert what_changed(base_of_labels, other) == "Predicts 7 instead of 3."
    shorter, longer = make_trace(labels=(10,), rewards=None, truth=None), base_of_labels
    assert "predicts nothing instead of 3; 1 meta-step fewer" in what_changed(longer, shorter).lower()
    swapped = (make_trace(labels=labels, rewards=None, truth=None) for labels in ((3, 7, 10), (7, 3, 10)))
    assert what_changed(*swapped) == "The same labels in another order: 7 3."


def test_changes_of_cells_count_each_cell_once() -> None:
    base = make_trace(labels=(3, 10), rewards=None, truth=None)
    every = {(step, glimpse): (0, 0) for step in range(2) for glimpse in range(len(base.steps[0].glimpses))}
    still = with_cells(base, every)
    moved = with_cells(base, {**every, (0, 0): (0, 1)})
    assert what_changed(still, moved) == "Glimpses 1 new cell of 2."
    assert what_changed(moved, still) == "Glimpses fewer cells, and no new ones."
    away = with_cells(base, {place: (1, 1) for place in every})
    assert what_changed(still, away) == "Glimpses none of the same cells (1 others)."
