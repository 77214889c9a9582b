"""Measure a model on scenes: greedy, one pass."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hsal import metrics
from hsal.data.source import SceneSource
from hsal.model import HSAL, MetaStep, Resume, View, send
from hsal.tracing import to_tensor


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
    seconds: float
    """Wall time."""


def scene_views(
    model: HSAL, source: SceneSource, seed: int, scenes: int, batch: int = 250
) -> Iterator[tuple[View, Tensor]]:
    """Render and perceive: views with the label counts (B,N) of their scenes."""
    device = next(model.parameters()).device
    for images, counts in source.batches(seed, scenes, batch):
        with torch.inference_mode():
            view = model.perceive(to_tensor(images, device))
        yield view, torch.from_numpy(counts).to(device)


def evaluate(model: HSAL, views: Iterable[tuple[View, Tensor]]) -> Evaluation:
    """Roll out greedily over all views and measure; the model should be in eval mode."""
    start = time.perf_counter()
    predicted, true, sums, episodes = [], [], np.zeros(8), 0
    with torch.inference_mode():
        for view, counts in views:
            named, parts = _measure(model, view)
            predicted.append(named.cpu().numpy())
            true.append(counts.cpu().numpy())
            sums += parts
            episodes += len(counts)
    predicted_counts, true_counts = np.concatenate(predicted), np.concatenate(true)
    meta_steps, share, paper, peak, mass, inhibited, moving, stopped = sums.tolist()
    return Evaluation(
        scenes=episodes,
        exact_match=metrics.exact_match(predicted_counts, true_counts),
        macro_f1=metrics.macro_f1(predicted_counts, true_counts),
        f1_per_class=tuple(metrics.f1_per_class(predicted_counts, true_counts).tolist()),
        attn_saliency=share / meta_steps,
        attn_saliency_paper=paper / meta_steps,
        mask_peak=peak / meta_steps,
        mask_mass=mass / meta_steps,
        inhibited=inhibited / meta_steps,
        moving=moving / meta_steps,
        mean_steps=meta_steps / episodes,
        stopped=stopped / episodes,
        seconds=time.perf_counter() - start,
    )


def _measure(model: HSAL, view: View) -> tuple[Tensor, list[float]]:
    """Named counts (B,N) of one batch, and sums over its running meta-steps in the order of `evaluate`."""
    stop = model.config.stop
    rows = torch.arange(len(view.scale), device=view.scale.device)  # the scenes still running
    named = torch.zeros(len(rows), stop + 1, device=rows.device, dtype=torch.long)
    sums = torch.zeros(8, device=rows.device)
    rollout = model.rollout(view)
    step = next(rollout, None)
    while step is not None:
        sums[:7] += _step_measures(step, view.scale[rows]).sum(dim=1)
        named[rows, step.label] += 1
        running = step.label != stop
        rows = rows[running]
        step = send(rollout, Resume(keep=running)) if len(rows) else None
    sums[7] = named[:, stop].sum()
    return named[:, :stop], sums.tolist()


def _step_measures(step: MetaStep, scale: Tensor) -> Tensor:
    """(7,B): one, attn_saliency as share and on the paper's scale, mask peak, mask mass, inhibited share, moving."""
    seen = step.saliency.flatten(1).gather(1, step.cells).mean(dim=1)  # (B,)
    outside = torch.ones_like(step.saliency).flatten(1).scatter(1, step.cells, 0.0).view_as(step.saliency)
    before = (step.saliency * outside).sum(dim=(1, 2))
    after = (step.next_saliency * outside).sum(dim=(1, 2))
    inhibited = 1 - after / before.clamp(min=1e-9)
    return torch.stack([
        torch.ones_like(seen), seen, seen * scale, step.mask.amax(dim=(1, 2)), step.mask.sum(dim=(1, 2)),
        torch.where(before > 1e-9, inhibited, 0.0), (step.cells != step.cells[:, :1]).any(dim=1).to(seen.dtype),
    ])
