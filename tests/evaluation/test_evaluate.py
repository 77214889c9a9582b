"""Evaluation metrics of a scripted model."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
import torch
from torch import Tensor

from hsal.config import ModelConfig, SceneConfig
from hsal.data.base import Box
from hsal.data.digits.mnist import Digits
from hsal.data.digits.scenes import SceneRenderer
from hsal.evaluation.evaluate import CountFigures, evaluate, intervals, perceive_scenes, predict_scenes
from hsal.evaluation.inference import ATTENTION, ScenePredictions, predict
from hsal.evaluation.localization import Places, places_of
from hsal.model.attention import Gaussians
from hsal.model.hsal import MetaStep, Rollout
from hsal.model.overrides import Override, Overrides
from hsal.model.perception import Perception
from hsal.tracing.recording import to_tensor
from hsal.training.loop import fresh_model

STOP = 3  # object classes 0..2
IGNORED = [1000.0, 1000.0]  # values of an ended row, which would change every mean


def step(labels: list[int], saliency: list[object], cells: list[int], mask: list[object], after: list[object]) -> (
    MetaStep
):
    """A step on maps of one row and two cells, one glimpse; one entry per image."""
    none = torch.empty(0)
    maps = [torch.tensor(values)[:, None] for values in (saliency, mask, after)]  # (B,1,2)
    return MetaStep(
        saliency=maps[0], gaussians=Gaussians(*[none] * 4), mask=maps[1], priority=maps[0] * maps[1],
        broad_weights=none, location_logits=none, cells=torch.tensor(cells)[:, None], class_logits=none,
        label=torch.tensor(labels), values=none, next_saliency=maps[2],
    )


class Scripted:
    """A model with given meta-steps, for the rows listed in a perception's volume."""

    def __init__(self, steps: list[MetaStep]) -> None:
        self.steps, self.config = steps, ModelConfig(classes=STOP, meta_steps=len(steps))

    def rollout(self, view: Perception, overrides: Overrides) -> Rollout:
        assert overrides(0) == Override()
        rows = view.volume.long()
        for given in self.steps:
            answer = yield MetaStep(*(
                part[rows] if isinstance(part, Tensor) and part.numel() else part for part in given
            ))
            rows = rows[answer.running]


# Two images: {0}, predicted 0, stop; and {1,2}, predicted 1, 1, 2 without stop.
STEPS = [
    step([0, 1], [[1.0, 0.5], [0.4, 1.0]], [0, 1], [[0.9, 0.3], [0.2, 0.6]], [[0.0, 0.2], [0.3, 0.0]]),
    step([STOP, 1], [[0.0, 0.2], [0.3, 0.0]], [1, 0], [[0.5, 0.1], [0.4, 0.8]], [[0.0, 0.0], [0.0, 0.0]]),
    step([2, 2], [IGNORED, [0.0, 0.0]], [0, 0], [IGNORED, [0.2, 0.4]], [IGNORED, [0.0, 0.0]]),
]
COUNTS = torch.tensor([[1, 0, 0], [0, 1, 1]])
SCALE = torch.tensor([10.0, 20.0])


def views(*batches: list[int]) -> list[tuple[Perception, Tensor]]:
    return [(Perception(torch.tensor(rows), torch.empty(0), SCALE[rows]), COUNTS[rows]) for rows in batches]


def predictions_of(steps: list[MetaStep], *batches: list[int], places: Places | None = None) -> ScenePredictions:
    return ScenePredictions.joined([
        predict(Scripted(steps), view, counts, places and places.select(torch.tensor(rows)))
        for rows, (view, counts) in zip(batches, views(*batches), strict=True)
    ])


def test_every_metric_by_hand() -> None:
    measured = evaluate(predictions_of(STEPS, [0, 1]))
    assert measured.scenes == 2
    assert measured.exact_match == 0.5  # {0} is correct; {1,1,2} is not {1,2}
    # class 1: TP 1, FP 1 -> 2/3; the 2 predicted for the first image after stop is not counted
    assert measured.f1_per_class == pytest.approx((1, 2 / 3, 1))
    assert measured.macro_f1 == pytest.approx((1 + 2 / 3 + 1) / 3)
    assert measured.per_count == (CountFigures(1, 1, 1.0), CountFigures(2, 1, 0.0))
    # running meta-steps: 2 and 3
    assert measured.mean_steps == 2.5
    assert measured.stopped == 0.5
    # at the glimpsed cells: 1.0, 0.2 and 1.0, 0.3, 0.0
    assert measured.attn_saliency == pytest.approx((1.0 + 0.2 + 1.0 + 0.3 + 0.0) / 5)
    assert measured.attn_saliency_paper == pytest.approx((10 * (1.0 + 0.2) + 20 * (1.0 + 0.3 + 0.0)) / 5)
    assert measured.mask_peak == pytest.approx((0.9 + 0.5 + 0.6 + 0.8 + 0.4) / 5)
    assert measured.mask_mass == pytest.approx((1.2 + 0.6 + 0.8 + 1.2 + 0.6) / 5)
    # outside the glimpsed cell: 0.5 -> 0.2, 0 -> 0; 0.4 -> 0.3, 0 -> 0, 0 -> 0; a value of 0 is not inhibited
    assert measured.inhibited == pytest.approx((0.6 + 0 + 0.25 + 0 + 0) / 5)
    assert measured.moving == 0  # with one glimpse
    assert measured.localization is None


def test_predictions_hold_the_answers_in_order() -> None:
    predictions = predictions_of(STEPS, [0, 1])
    assert predictions.answers.tolist() == [[0, STOP, -1], [1, 1, 2]]
    assert predictions.predicted.tolist() == [[1, 0, 0], [0, 2, 1]]
    assert predictions.steps.tolist() == [2, 3]
    assert predictions.open_steps.tolist() == [1, 3]  # the second image's 2 is predicted last
    assert predictions.stopped.tolist() == [True, False]


def test_the_papers_scale_stays_that_of_the_scene_after_others_end() -> None:
    seen = STEPS[2]._replace(saliency=torch.tensor([[IGNORED], [[0.5, 0.0]]]))
    measured = evaluate(predictions_of([*STEPS[:2], seen], [0, 1]))
    assert measured.attn_saliency_paper == pytest.approx((10 * (1.0 + 0.2) + 20 * (1.0 + 0.3 + 0.5)) / 5)


# On an image of 1x4 px each cell has two. The 0 and the 1 lie in the left cell, the 2 in the right one.
PLACES = places_of(
    [[Box(0, 0, 0, 1, 2)], [Box(1, 0, 0, 1, 2), Box(2, 0, 2, 1, 4)]], map_size=(1, 2), size_px=(1, 4)
)


def test_localization_by_hand() -> None:
    located = evaluate(predictions_of(STEPS, [0, 1], places=PLACES)).localization
    assert located is not None
    # glimpses, all steps: left, right (stop) beside the 0; the second image's boxes are everywhere
    assert located.glimpses_in_digit == located.glimpses_touching_digit == 4 / 5
    assert located.mask_in_digits == pytest.approx((0.9 / 1.2 + 0.5 / 0.6 + 1 + 1 + 1) / 5)
    # four steps with labels left. 0: glimpsed. 1: glimpse on the right, but it is left. 1 again: none. 2: wrong side
    assert located.glimpses_in_named == 1 / 4
    assert located.mask_in_named == pytest.approx((0.9 / 1.2 + 0.2 / 0.8 + 0 + 0.4 / 0.6) / 4)
    # priority is mask * saliency; the second image's 2nd and 3rd step have only the 2, on the right, to predict
    first = 0.9 * 1.0 / (0.9 * 1.0 + 0.3 * 0.5)
    assert located.priority_on_unnamed == pytest.approx((first + 1 + 0 + 0) / 4)


@pytest.mark.parametrize("batches", [([0], [1]), ([1], [0]), ([1, 0],)])
def test_batches_and_their_order_do_not_matter(batches: tuple[list[int], ...]) -> None:
    whole, cut = (asdict(evaluate(predictions_of(STEPS, *each, places=PLACES))) for each in (([0, 1],), batches))
    for name in ("f1_per_class", "localization"):
        assert cut.pop(name) == pytest.approx(whole.pop(name))
    assert cut.pop("per_count") == whole.pop("per_count")
    assert cut == pytest.approx(whole)


def test_the_rollout_ends_when_all_scenes_have_stopped() -> None:
    steps = [STEPS[0], STEPS[1]._replace(label=torch.tensor([STOP, STOP]))]
    third = STEPS[2]._replace(label=torch.full((2,), 99))  # would fail if it were used
    measured = evaluate(predictions_of([*steps, third], [0, 1]))
    assert measured.mean_steps == 2
    assert measured.stopped == 1


def test_intervals_contain_the_metric_and_narrow_with_more_scenes() -> None:
    few, many = predictions_of(STEPS, *[[0, 1]] * 10, places=None), predictions_of(STEPS, *[[0, 1]] * 1000)
    for predictions, wide in ((few, 0.22), (many, 0.022)):
        low, high = intervals(predictions)["exact_match"]
        assert low < 0.5 < high
        # a share of one half of n scenes: 1.96 * 0.5 / sqrt(n) to each side, n = 20 or 2,000
        assert high - 0.5 == pytest.approx(wide, rel=0.15)
    assert intervals(few) == intervals(few)
    assert set(intervals(few)) == {"exact_match", "macro_f1", "attn_saliency"}


def test_every_localization_share_has_an_interval_around_it() -> None:
    predictions = predictions_of(STEPS, *[[0, 1]] * 30, places=PLACES)
    measured, ends = evaluate(predictions), intervals(predictions)
    values = {**asdict(measured.localization), "macro_f1": measured.macro_f1, "attn_saliency": measured.attn_saliency}
    for name, value in values.items():
        low, high = ends[name]
        assert low <= value + 1e-9
        assert value - 1e-9 <= high
        assert high - low < 0.5, name
        assert (high - low < 1e-9) == (name == "macro_f1")  # class 1 scores 2/3 in whatever resample


def renderer() -> SceneRenderer:
    images = np.random.default_rng(0).integers(0, 256, (10, 28, 28), dtype=np.uint8)
    scene = SceneConfig(size_px=32, digit_min_px=8, digit_max_px=16)
    return SceneRenderer(Digits(images, np.arange(10, dtype=np.uint8), "noise"), scene)


def test_scene_views_are_what_the_model_perceives_of_the_rendered_scenes() -> None:
    model = fresh_model(ModelConfig(width=2, cell_px=16, hidden=8, size_px=32), seed=0)
    parts = list(perceive_scenes(model, renderer(), seed=4, scenes=3, batch=2))
    rendered, counts = renderer().batch(4, 0, 3)
    with torch.inference_mode():
        whole = model.perceive(to_tensor(rendered))
    assert [len(labels) for _, labels in parts] == [2, 1]
    assert torch.equal(torch.cat([labels for _, labels in parts]), torch.from_numpy(counts))
    torch.testing.assert_close(torch.cat([view.volume for view, _ in parts]), whole.volume)
    torch.testing.assert_close(torch.cat([view.saliency for view, _ in parts]), whole.saliency)
    torch.testing.assert_close(torch.cat([view.scale for view, _ in parts]), whole.scale)


def test_predictions_on_scenes_equal_those_on_their_perceptions() -> None:
    model = fresh_model(ModelConfig(width=2, cell_px=16, hidden=8, size_px=32), seed=0)
    groups, parts = zip(*predict_scenes(model, renderer(), seed=4, scenes=3, batch=2), strict=True)
    assert [scene.labels for group in groups for scene in group] == [renderer().render(4, i).labels for i in range(3)]
    given = evaluate(ScenePredictions.joined(parts))
    perceived = perceive_scenes(model, renderer(), 4, 3)
    bare = evaluate(ScenePredictions.joined([predict(model, *batch) for batch in perceived]))
    assert given.localization is not None
    for name in ("exact_match", *ATTENTION):
        assert getattr(given, name) == pytest.approx(getattr(bare, name))


def test_without_inhibition_nothing_is_inhibited() -> None:
    model = fresh_model(ModelConfig(width=2, cell_px=16, hidden=8, size_px=32), seed=0)
    with_it, without = (
        evaluate(ScenePredictions.joined([part for _, part in predict_scenes(model, renderer(), 4, 3, inhibition=on)]))
        for on in (True, False)
    )
    assert with_it.inhibited > 0
    assert without.inhibited == 0
