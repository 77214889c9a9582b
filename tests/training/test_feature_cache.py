"""Training scenes: features computed once, in memory or in a file, and images perceived for every update."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from hsal.config import SceneConfig, TrainConfig
from hsal.data.digits.scenes import SceneRenderer
from hsal.evaluation.evaluate import perceive_scenes
from hsal.model.hsal import HSAL
from hsal.model.perception import Perception
from hsal.tracing.recording import to_tensor
from hsal.training.feature_cache import FeatureCache, RenderedScenes, SceneFeed
from hsal.training.loop import fresh_model, optimizer_for, train
from hsal.training.progress import TrainingError
from tests.fixtures.small_training import MODEL, SCENE, check, renderer, spots, weights

FINE_TUNE = TrainConfig(steps=2, batch=4, episode_steps=3, validate_every=2, fine_tune=True, backbone_rate=0.5)


def computed(model: HSAL, source: SceneRenderer, seed: int, scenes: int, file: Path | None = None) -> FeatureCache:
    *_, cache = FeatureCache.compute(model, source, seed, scenes, file)
    return cache


def test_the_cache_holds_what_the_model_perceives() -> None:
    model = fresh_model(MODEL, 0)
    *progress, cache = FeatureCache.compute(model, renderer(), seed=2, scenes=5)
    assert progress == [5]
    assert cache.volumes.dtype == torch.float16
    ((full, counts),) = perceive_scenes(model, renderer(), seed=2, scenes=5)
    view, labels = cache.perception(model, torch.tensor([3, 0]))
    assert torch.equal(labels, counts[[3, 0]].float())
    torch.testing.assert_close(view.volume, full.volume[[3, 0]], atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(view.saliency, full.saliency[[3, 0]], atol=3e-3, rtol=3e-3)
    assert view.saliency.amax(dim=(1, 2)).tolist() == [1, 1]
    assert torch.equal(view.scale, full.scale[[3, 0]])  # needed for attn_saliency on the paper's scale


def test_views_are_all_rows_in_order() -> None:
    model, cache = fresh_model(MODEL, 0), spots()
    ((view, counts),) = cache.batches(model)
    assert torch.equal(view.volume, cache.volumes.float())
    assert torch.equal(counts, cache.counts)


def test_volumes_on_disk_are_not_computed_again(tmp_path: Path) -> None:
    class NeverCalled(SceneRenderer):
        def batch(self, seed: int, start: int, count: int) -> tuple[np.ndarray, np.ndarray]:
            raise AssertionError("rendered again")

    model, file = fresh_model(MODEL, 0), tmp_path / "new" / "volumes.f16"
    in_memory = computed(model, renderer(), 2, 5)
    written = computed(model, renderer(), 2, 5, file)
    found = computed(model, NeverCalled(renderer().digits, SCENE), 2, 5, file)
    for cache in (written, found):
        assert torch.equal(cache.volumes, in_memory.volumes)
        assert torch.equal(cache.counts, in_memory.counts)
        assert torch.equal(cache.scale, in_memory.scale)
    assert [path.name for path in file.parent.iterdir()] == ["volumes.f16"]


def test_an_interrupted_computation_leaves_no_file(tmp_path: Path) -> None:
    class Fails(SceneRenderer):
        def batch(self, seed: int, start: int, count: int) -> tuple[np.ndarray, np.ndarray]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        computed(fresh_model(MODEL, 0), Fails(renderer().digits, SCENE), 2, 5, tmp_path / "volumes.f16")
    assert list(tmp_path.iterdir()) == []


def test_rows_are_drawn_among_those_with_few_labels() -> None:
    model = fresh_model(MODEL, 0)
    counts = torch.tensor([[1.0, 0], [1, 1], [2, 1], [0, 1]])
    cache = FeatureCache(torch.ones(4, 64, 2, 2).half(), torch.ones(4, 2, 2).half(), torch.ones(4), counts)

    def drawn(largest: int) -> set[tuple[float, ...]]:
        _, counts = cache.draw(model, 1, 100, largest, torch.Generator().manual_seed(0))
        assert len(counts) == 100
        return {tuple(row) for row in counts.tolist()}

    assert drawn(1) == {(1, 0), (0, 1)}
    assert drawn(2) == {(1, 0), (0, 1), (1, 1)}
    assert len(drawn(1000)) == 4
    with pytest.raises(TrainingError, match="has 0 labels or fewer: choose more scenes"):
        drawn(0)


class RecordingFeed:
    """A feed that records the requested maximum number of labels."""

    def __init__(self, feed: SceneFeed) -> None:
        self.feed, self.requested = feed, []

    def draw(
        self, model: HSAL, number: int, batch: int, largest: int, generator: torch.Generator, part: slice
    ) -> tuple[Perception, Tensor]:
        self.requested.append((number, largest))
        return self.feed.draw(model, number, batch, largest, generator, part)


@pytest.mark.parametrize(("curriculum", "wanted"), [(0, [1000] * 6), (4, [1, 2, 3, 4, 1000, 1000])])
def test_the_curriculum_adds_one_label_at_every_quarter(curriculum: int, wanted: list[int]) -> None:
    config = TrainConfig(steps=6, batch=2, episode_steps=2, validate_every=6, curriculum=curriculum)
    model, feed = fresh_model(MODEL, 0), RecordingFeed(spots())
    list(train(model, optimizer_for(model, config), config, feed, check(model)))
    assert feed.requested == list(enumerate(wanted, 1))


def test_rendered_scenes_continue_the_stream_with_gradients_of_the_backbone() -> None:
    model, scene = fresh_model(MODEL, 0), SceneConfig(**{**SCENE.__dict__, "digits_max": 4})
    view, counts = RenderedScenes(renderer(scene), seed=3).draw(model, 2, 4, 1000, torch.Generator())
    images, wanted = renderer(scene).batch(3, 4, 4)
    assert torch.equal(counts, torch.from_numpy(wanted).float())
    with torch.no_grad():
        full = model.perceive(to_tensor(images))
    torch.testing.assert_close(view.volume.detach(), full.volume)
    torch.testing.assert_close(view.saliency, full.saliency)
    assert view.volume.requires_grad
    assert not view.saliency.requires_grad  # not trained
    assert not view.scale.requires_grad


def test_fine_tuning_trains_the_backbone_too() -> None:
    model = fresh_model(MODEL, 0)
    before = weights(model.backbone)
    list(train(model, optimizer_for(model, FINE_TUNE), FINE_TUNE, RenderedScenes(renderer(), 0), check(model)))
    trained = dict(model.backbone.named_parameters())
    after = model.backbone.state_dict()
    for name, tensor in before.items():
        assert torch.equal(after[name], tensor) == (name not in trained), name  # running means do not change


def test_a_frozen_backbone_does_not_change() -> None:
    model, config = fresh_model(MODEL, 0), replace(FINE_TUNE, fine_tune=False)
    before = weights(model.backbone)
    list(train(model, optimizer_for(model, config), config, RenderedScenes(renderer(), 0), check(model)))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.backbone.state_dict().items())


def test_the_backbone_has_a_smaller_learning_rate() -> None:
    model = fresh_model(MODEL, 0)
    optimizer = optimizer_for(model, FINE_TUNE)
    rates: Iterator[list[float]] = (
        [group["lr"] for group in optimizer.param_groups]
        for _ in train(model, optimizer, FINE_TUNE, RenderedScenes(renderer(), 0), check(model))
    )
    for full, part in rates:
        assert part == pytest.approx(0.5 * full)
