"""The measures of a model on scenes, made from its walks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hsal.data.base import Scene, SceneSource
from hsal.evaluation import metrics
from hsal.evaluation.inference import ATTENTION, ScenePredictions, walk
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
    """Share of them whose label multiset is named without error."""


@dataclass(frozen=True)
class Evaluation:
    """The measures of one model on one set of scenes."""

    scenes: int
    """Number of scenes."""
    exact_match: float
    """0-1: share of scenes whose label multiset is named without error."""
    macro_f1: float
    """Mean over classes of 2TP / (2TP + FP + FN), without stop."""
    f1_per_class: tuple[float, ...]
    """F1 of each class."""
    per_count: tuple[CountFigures, ...]
    """The same scenes, by their true number of digits."""
    attn_saliency: float
    """Saliency at the glimpsed cells as a share of the map's maximum, over all running meta-steps."""
    attn_saliency_paper: float
    """The same on the paper's scale: times the undivided map's maximum."""
    mask_peak: float
    """Mean height of the mask's highest cell: below 0.4 covert attention is fading."""
    mask_mass: float
    """Mean sum of the mask, in cells."""
    inhibited: float
    """Mean share of the saliency outside glimpsed cells that inhibition of return takes away in a step."""
    moving: float
    """Share of meta-steps whose glimpses do not all fall on one cell."""
    mean_steps: float
    """Mean number of meta-steps, the one with stop included."""
    stopped: float
    """Share of scenes that ended by stop rather than by running out of steps."""
    localization: Localization | None
    """Whether attention lies on the digits; None where their boxes were not given."""


def evaluate(walks: ScenePredictions) -> Evaluation:
    """Every measure, from the walks over at least one scene."""
    named, steps = walks.named, walks.steps.sum()
    located = None
    if walks.located is not None:
        shares = walks.located.sum(axis=0) / np.maximum(_located_steps(walks).sum(axis=0), 1)
        located = Localization(*shares.tolist())
    return Evaluation(
        scenes=len(named),
        exact_match=metrics.exact_match(named, walks.true),
        macro_f1=metrics.macro_f1(named, walks.true),
        f1_per_class=tuple(metrics.f1_per_class(named, walks.true).tolist()),
        per_count=_by_count(named, walks.true),
        mean_steps=float(walks.steps.mean()),
        stopped=float(walks.stopped.mean()),
        localization=located,
        **dict(zip(ATTENTION, (walks.attention.sum(axis=0, dtype=float) / steps).tolist(), strict=True)),
    )


def _located_steps(walks: ScenePredictions) -> np.ndarray:
    """(n,7) the number of meta-steps that each of Localization's fields is a mean over."""
    return np.stack([walks.steps if name in OVER_ALL else walks.open_steps for name in NAMES], axis=1)


def _by_count(named: np.ndarray, true: np.ndarray) -> tuple[CountFigures, ...]:
    digits = true.sum(axis=1)  # (n,)
    rows = {int(count): digits == count for count in np.unique(digits)}
    return tuple(
        CountFigures(count, int(those.sum()), metrics.exact_match(named[those], true[those]))
        for count, those in rows.items()
    )


def intervals(walks: ScenePredictions, resamples: int = 1000, seed: int = 0) -> dict[str, tuple[float, float]]:
    """95 % bootstrap intervals over scenes of the main measures, by their names.

    Every such measure is a ratio of two sums over scenes (macro-F1 the mean of ten), so a
    resample needs the sums of a few columns alone.
    """
    named, classes = walks.named, walks.true.shape[1]
    right = (named == walks.true).all(axis=1)
    tops, bottoms = [right, walks.attention[:, 0]], [np.ones(len(named)), walks.steps]
    names = ["exact_match", "attn_saliency"]
    if walks.located is not None:
        tops, bottoms = [*tops, *walks.located.T], [*bottoms, *_located_steps(walks).T]
        names += NAMES
    f1_parts = [*(2 * np.minimum(named, walks.true)).T, *(named + walks.true).T]
    sums = metrics.resampled_sums(np.stack([*tops, *bottoms, *f1_parts], axis=1), resamples, seed)
    top, bottom, hits, total = np.split(sums, np.cumsum([len(names), len(names), classes]), axis=1)
    ratios = top / np.maximum(bottom, 1)  # (resamples, names)
    f1 = np.where(total > 0, hits / np.maximum(total, 1), 1.0).mean(axis=1)
    ends = np.quantile(np.column_stack([ratios, f1]), [0.025, 0.975], axis=0).T
    return {name: (low, high) for name, (low, high) in zip([*names, "macro_f1"], ends.tolist(), strict=True)}


def scene_views(
    model: HSAL, source: SceneSource, seed: int, scenes: int, batch: int = 250
) -> Iterator[tuple[Perception, Tensor]]:
    """Render and perceive: views with the label counts (B,N) of their scenes."""
    device = next(model.parameters()).device
    for images, counts in source.batches(seed, scenes, batch):
        with torch.inference_mode():
            view = model.perceive(to_tensor(images, device))
        yield view, torch.from_numpy(counts).to(device)


def predict_scenes(
    model: HSAL, source: SceneSource, seed: int, scenes: int, inhibition: bool = True, batch: int = 250,
    other: SaliencyModel | None = None,
) -> Iterator[tuple[list[Scene], ScenePredictions]]:
    """Render, perceive and walk, localization included: batches of scenes with the model's walks over them.

    Args:
        other: a saliency model in place of the model's own.
    Raises:
        SaliencyError: it needs what a scene alone does not tell.
    """
    device = next(model.parameters()).device
    for start in range(0, scenes, batch):
        group = [source.render(seed, index) for index in range(start, min(start + batch, scenes))]
        images = np.stack([scene.image for scene in group])
        counts = np.stack([np.bincount(scene.labels, minlength=model.config.classes) for scene in group])
        with torch.inference_mode():
            view = perceive(model, to_tensor(images, device), other)
        places = places_of([scene.boxes for scene in group], model.map_size, images.shape[1:3], device)
        yield group, walk(model, view, torch.from_numpy(counts).to(device), places, inhibition)
