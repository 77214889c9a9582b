"""The measures of a model on scenes, computed from its predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hsal.data.base import Scene, SceneSource
from hsal.evaluation import metrics
from hsal.evaluation.inference import ATTENTION, ScenePredictions, predict
from hsal.evaluation.localization import NAMES, OVER_ALL, Localization, places_of
from hsal.model.hsal import HSAL
from hsal.model.perception import Perception
from hsal.saliency.base import SaliencyModel
from hsal.saliency.override import perceive
from hsal.tracing.recording import to_tensor


@dataclass(frozen=True)
class CountFigures:
    """The scenes with one number of digits."""

    digits: int
    """True number of digits."""
    scenes: int
    """Number of such scenes."""
    exact_match: float
    """Share of them whose label multiset is predicted without error."""


@dataclass(frozen=True)
class Evaluation:
    """The measures of one model on one set of scenes."""

    scenes: int
    """Number of scenes."""
    exact_match: float
    """0-1: share of scenes whose label multiset is predicted without error."""
    macro_f1: float
    """Mean over classes of 2TP / (2TP + FP + FN), without stop."""
    f1_per_class: tuple[float, ...]
    """F1 of each class."""
    per_count: tuple[CountFigures, ...]
    """Exact match by the true number of digits."""
    attn_saliency: float
    """Saliency at the glimpsed cells as a share of the map's maximum, over all running meta-steps."""
    attn_saliency_paper: float
    """The same on the paper's scale: times the maximum of the map before it was divided by it."""
    mask_peak: float
    """Mean of the mask's maximum; below 0.4, covert attention has little effect."""
    mask_mass: float
    """Mean sum of the mask, in cells."""
    inhibited: float
    """Mean share of the saliency outside glimpsed cells that inhibition of return removes in a meta-step."""
    moving: float
    """Share of meta-steps whose glimpses do not all fall on one cell."""
    mean_steps: float
    """Mean number of meta-steps, the one with stop included."""
    stopped: float
    """Share of scenes that ended by stop rather than by running out of meta-steps."""
    localization: Localization | None
    """Attention against the digits' boxes; None where the boxes were not given."""


def evaluate(predictions: ScenePredictions) -> Evaluation:
    """All measures, from the predictions on at least one scene."""
    predicted, steps = predictions.predicted, predictions.steps.sum()
    located = None
    if predictions.located is not None:
        shares = predictions.located.sum(axis=0) / np.maximum(_located_steps(predictions).sum(axis=0), 1)
        located = Localization(*shares.tolist())
    return Evaluation(
        scenes=len(predicted),
        exact_match=metrics.exact_match(predicted, predictions.true),
        macro_f1=metrics.macro_f1(predicted, predictions.true),
        f1_per_class=tuple(metrics.f1_per_class(predicted, predictions.true).tolist()),
        per_count=_by_count(predicted, predictions.true),
        mean_steps=float(predictions.steps.mean()),
        stopped=float(predictions.stopped.mean()),
        localization=located,
        **dict(zip(ATTENTION, (predictions.attention.sum(axis=0, dtype=float) / steps).tolist(), strict=True)),
    )


def _located_steps(predictions: ScenePredictions) -> np.ndarray:
    """(n,7) the number of meta-steps that each field of Localization is a mean over."""
    return np.stack([predictions.steps if name in OVER_ALL else predictions.open_steps for name in NAMES], axis=1)


def _by_count(predicted: np.ndarray, true: np.ndarray) -> tuple[CountFigures, ...]:
    digits = true.sum(axis=1)  # (n,)
    rows = {int(count): digits == count for count in np.unique(digits)}
    return tuple(
        CountFigures(count, int(those.sum()), metrics.exact_match(predicted[those], true[those]))
        for count, those in rows.items()
    )


def intervals(predictions: ScenePredictions, resamples: int = 1000, seed: int = 0) -> dict[str, tuple[float, float]]:
    """95% bootstrap intervals over scenes (Efron, 1979) of the main measures, by name.

    Each measure is a ratio of two sums over scenes, or a mean of such ratios (macro-F1), so a resample needs only the
    sums of a few columns.
    """
    predicted, classes = predictions.predicted, predictions.true.shape[1]
    exact = (predicted == predictions.true).all(axis=1)
    numerators, denominators = [exact, predictions.attention[:, 0]], [np.ones(len(predicted)), predictions.steps]
    names = ["exact_match", "attn_saliency"]
    if predictions.located is not None:
        numerators += [*predictions.located.T]
        denominators += [*_located_steps(predictions).T]
        names += NAMES
    f1_parts = [*(2 * np.minimum(predicted, predictions.true)).T, *(predicted + predictions.true).T]
    sums = metrics.resampled_sums(np.stack([*numerators, *denominators, *f1_parts], axis=1), resamples, seed)
    numerator, denominator, hits, total = np.split(sums, np.cumsum([len(names), len(names), classes]), axis=1)
    ratios = numerator / np.maximum(denominator, 1)  # (resamples, names)
    f1 = np.where(total > 0, hits / np.maximum(total, 1), 1.0).mean(axis=1)
    ends = np.quantile(np.column_stack([ratios, f1]), [0.025, 0.975], axis=0).T
    return {name: (low, high) for name, (low, high) in zip([*names, "macro_f1"], ends.tolist(), strict=True)}


def perceive_scenes(
    model: HSAL, source: SceneSource, seed: int, scenes: int, batch: int = 250
) -> Iterator[tuple[Perception, Tensor]]:
    """Render scenes and run the backbone: perceptions with the label counts (B,N) of their scenes."""
    device = next(model.parameters()).device
    for images, counts in source.batches(seed, scenes, batch):
        with torch.inference_mode():
            view = model.perceive(to_tensor(images, device))
        yield view, torch.from_numpy(counts).to(device)


def predict_scenes(
    model: HSAL, source: SceneSource, seed: int, scenes: int, inhibition: bool = True, batch: int = 250,
    other: SaliencyModel | None = None,
) -> Iterator[tuple[list[Scene], ScenePredictions]]:
    """Render scenes and predict their labels, with localization: batches of scenes with their predictions.

    Args:
        model: in eval mode.
        seed: of the scenes 0..scenes-1.
        inhibition: whether inhibition of return is on.
        batch: scenes at a time.
        other: a saliency model in place of the model's own.
    Raises:
        SaliencyError: the saliency model needs more than an image.
    """
    device = next(model.parameters()).device
    for start in range(0, scenes, batch):
        group = [source.render(seed, index) for index in range(start, min(start + batch, scenes))]
        images = np.stack([scene.image for scene in group])
        counts = np.stack([np.bincount(scene.labels, minlength=model.config.classes) for scene in group])
        with torch.inference_mode():
            perception = perceive(model, to_tensor(images, device), other)
        places = places_of([scene.boxes for scene in group], model.map_size, images.shape[1:3], device)
        yield group, predict(model, perception, torch.from_numpy(counts).to(device), places, inhibition)
