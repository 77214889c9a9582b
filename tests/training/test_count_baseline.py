"""The CNN with a count head."""

from __future__ import annotations

import torch

from hsal.config import ModelConfig, TrainConfig
from hsal.model.hsal import HSAL
from hsal.training.count_baseline import MAX_COUNT, CountHead, fit, measure
from hsal.training.feature_cache import FeatureCache
from hsal.training.loop import fresh_model

MODEL = ModelConfig(width=4, cell_px=16, hidden=128, size_px=32)


def counts_in_the_volume(model: HSAL, scenes: int = 64) -> FeatureCache:
    """Volumes whose first ten channels hold the counts themselves."""
    generator = torch.Generator().manual_seed(0)
    counts = torch.randint(0, 3, (scenes, 10), generator=generator).float()
    volumes = torch.zeros(scenes, model.backbone.channels, *model.map_size)
    volumes[:, :10] = counts[:, :, None, None]
    return FeatureCache(volumes.half(), torch.ones(scenes, *model.map_size).half(), torch.ones(scenes), counts)


def test_it_learns_counts_that_the_volume_contains() -> None:
    model = fresh_model(MODEL, 0)
    features, head = counts_in_the_volume(model), CountHead(model)
    assert measure(head, features.batches(model))["exact_match"] < 0.1
    config = TrainConfig(steps=500, batch=64, learning_rate=3e-3, validate_every=500)
    *_, last = fit(head, model, config, features, features)
    assert last.validated
    assert last.metrics["validation_exact_match"] > 0.9
    assert last.metrics["validation_macro_f1"] > 0.9


def test_logits_are_over_counts_of_each_class() -> None:
    model = fresh_model(MODEL, 0)
    logits = CountHead(model)(torch.zeros(3, model.backbone.channels, *model.map_size))
    assert logits.shape == (3, 10, MAX_COUNT + 1)


def test_the_same_seed_gives_the_same_result() -> None:
    model = fresh_model(MODEL, 0)
    features, losses = counts_in_the_volume(model), []
    for _ in range(2):
        torch.manual_seed(5)
        updates = fit(CountHead(model), model, TrainConfig(steps=3, batch=8), features, features)
        losses.append([update.metrics["loss"] for update in updates])
    assert losses[0] == losses[1]
