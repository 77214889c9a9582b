"""Measures of a model whose steps are written down in advance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from hsal.attention import Gaussians
from hsal.config import ModelConfig, SceneConfig
from hsal.data.digits import Digits
from hsal.data.scenes import SceneRenderer
from hsal.evaluate import Evaluation, evaluate, scene_views
from hsal.model import MetaStep, View
from hsal.tracing import to_tensor
from hsal.train import fresh_model

STOP = 3  # object classes 0..2
IGNORED = [1000.0, 1000.0]  # on a row that has ended: it would spoil every mean


def step(labels: list[int], saliency: list[object], cells: list[int], mask: list[object], after: list[object]) -> (
    MetaStep
):
    """A step on maps of one row and two cells, one glimpse; one entry an image."""
    none = torch.empty(0)
    maps = [torch.tensor(values)[:, None] for values in (saliency, mask, after)]  # (B,1,2)
    return MetaStep(
        saliency=maps[0], gaussians=Gaussians(*[none] * 4), mask=maps[1], priority=none, broad_weights=none,
        location_logits=none, cells=torch.tensor(cells)[:, None], class_logits=none, label=torch.tensor(labels),
        values=none, next_saliency=maps[2],
    )


class Recited:
    """A model that recites its steps, in the rows that a view's volume names."""

    def __init__(self, steps: list[MetaStep]) -> None:
        self.steps, self.config = steps, ModelConfig(classes=STOP)

    def rollout(self, view: View) -> Iterator[MetaStep]:
        rows = view.volume.long()
        for given in self.steps:
            yield given._replace(**{
                name: getattr(given, name)[rows] for name in ("saliency", "mask", "cells", "label", "next_saliency")
            })


# Two images: {0}, named 0, stop; and {1,2}, named 1, 1, 2 and never stop.
STEPS = [
    step([0, 1], [[1.0, 0.5], [0.4, 1.0]], [0, 1], [[0.9, 0.3], [0.2, 0.6]], [[0.0, 0.2], [0.3, 0.0]]),
    step([STOP, 1], [[0.0, 0.2], [0.3, 0.0]], [1, 0], [[0.5, 0.1], [0.4, 0.8]], [[0.0, 0.0], [0.0, 0.0]]),
    step([2, 2], [IGNORED, [0.0, 0.0]], [0, 0], [IGNORED, [0.2, 0.4]], [IGNORED, [0.0, 0.0]]),
]
COUNTS = torch.tensor([[1, 0, 0], [0, 1, 1]])
SCALE = torch.tensor([10.0, 20.0])


def views(*batches: list[int]) -> list[tuple[View, Tensor]]:
    return [(View(torch.tensor(rows), torch.empty(0), SCALE[rows]), COUNTS[rows]) for rows in batches]


def test_every_measure_by_hand() -> None:
    measured = evaluate(Recited(STEPS), views([0, 1]))
    assert measured.scenes == 2
    assert measured.exact_match == 0.5  # {0} is right; {1,1,2} is not {1,2}
    # class 1: TP 1, FP 1 -> 2/3; the 2 that the first image says after stop is not counted
    assert measured.f1_per_class == pytest.approx((1, 2 / 3, 1))
    assert measured.macro_f1 == pytest.approx((1 + 2 / 3 + 1) / 3)
    # running meta-steps: 2 and 3
    assert measured.mean_steps == 2.5
    assert measured.stopped == 0.5
    # at the cells looked at: 1.0, 0.2 and 1.0, 0.3, 0.0
    assert measured.attn_saliency == pytest.approx((1.0 + 0.2 + 1.0 + 0.3 + 0.0) / 5)
    assert measured.attn_saliency_paper == pytest.approx((10 * (1.0 + 0.2) + 20 * (1.0 + 0.3 + 0.0)) / 5)
    assert measured.mask_peak == pytest.approx((0.9 + 0.5 + 0.6 + 0.8 + 0.4) / 5)
    assert measured.mask_mass == pytest.approx((1.2 + 0.6 + 0.8 + 1.2 + 0.6) / 5)
    # outside the cell looked at: 0.5 -> 0.2, 0 -> 0; 0.4 -> 0.3, 0 -> 0, 0 -> 0; where nothing was, nothing is taken
    assert measured.inhibited == pytest.approx((0.6 + 0 + 0.25 + 0 + 0) / 5)
    assert measured.seconds >= 0


def scalars(measured: Evaluation) -> dict[str, object]:
    return {name: value for name, value in measured.__dict__.items() if name != "seconds"}


@pytest.mark.parametrize("batches", [([0], [1]), ([1], [0]), ([1, 0],)])
def test_batches_and_their_order_do_not_matter(batches: tuple[list[int], ...]) -> None:
    whole, cut = (scalars(evaluate(Recited(STEPS), views(*each))) for each in (([0, 1],), batches))
    assert cut.pop("f1_per_class") == pytest.approx(whole.pop("f1_per_class"))
    assert cut == pytest.approx(whole)


def test_the_rollout_is_left_when_all_have_stopped() -> None:
    steps = [STEPS[0], STEPS[1]._replace(label=torch.tensor([STOP, STOP]))]
    recited = Recited([*steps, STEPS[2]._replace(label=torch.full((2,), 99))])  # a third step would fail
    measured = evaluate(recited, views([0, 1]))
    assert measured.mean_steps == 2
    assert measured.stopped == 1


def test_scene_views_are_what_the_model_perceives_of_the_rendered_scenes() -> None:
    images = np.random.default_rng(0).integers(0, 256, (10, 28, 28), dtype=np.uint8)
    scene = SceneConfig(size_px=32, digit_min_px=8, digit_max_px=16)
    renderer = SceneRenderer(Digits(images, np.arange(10, dtype=np.uint8), "noise"), scene)
    model = fresh_model(ModelConfig(width=2, hidden=8, size_px=32), seed=0)
    parts = list(scene_views(model, renderer, seed=4, scenes=3, batch=2))
    rendered, counts = renderer.batch(4, 0, 3)
    with torch.inference_mode():
        whole = model.perceive(to_tensor(rendered))
    assert [len(labels) for _, labels in parts] == [2, 1]
    assert torch.equal(torch.cat([labels for _, labels in parts]), torch.from_numpy(counts))
    torch.testing.assert_close(torch.cat([view.volume for view, _ in parts]), whole.volume)
    torch.testing.assert_close(torch.cat([view.saliency for view, _ in parts]), whole.saliency)
    torch.testing.assert_close(torch.cat([view.scale for view, _ in parts]), whole.scale)
