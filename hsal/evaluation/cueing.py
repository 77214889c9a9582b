"""The model's validity effect: does covert attention on an object help to recognize it, and elsewhere hinder it?

Posner's task (Posner 1980, "Orienting of attention", Quarterly Journal of Experimental Psychology 32, 3-25) tells
people where to expect a target; the cue is sometimes invalid. Here the cue is the covert mask of the first meta-step,
in place of the meta-controller's:

    valid    one Gaussian centered on the target, the first digit of a scene
    neutral  a mask of 1 everywhere
    invalid  the same Gaussian shifted by half the image in both directions, wrapped around its edges

The response is the first label, where people give a reaction time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from hsal.data.base import Box, Scene, SceneSource
from hsal.evaluation.cueing_results import CONDITIONS, MEASURES, CueingFigures, Estimate
from hsal.evaluation.localization import places_of, union_cover
from hsal.evaluation.metrics import resampled_sums
from hsal.model.attention import Gaussians
from hsal.model.hsal import HSAL
from hsal.model.overrides import Override, always
from hsal.model.perception import Perception
from hsal.tracing.recording import to_tensor


def spotlights(center: Tensor, map_size: tuple[int, int], width_cells: float) -> dict[str, Gaussians]:
    """One Gaussian per row (K = 1) for each condition.

    Args:
        center: (B,2) row and column of the target, as shares 0..1 of the image.
        map_size: (h,w) cells.
        width_cells: standard deviation of the Gaussian.
    """
    focused = torch.full_like(center[:, :1], 1 / (2 * width_cells**2))  # beta (B,1)
    return {
        "valid": _gaussian(center, map_size, focused),
        "neutral": _gaussian(center, map_size, torch.zeros_like(focused)),  # exp(0) = 1 in every cell
        "invalid": _gaussian((center + 0.5) % 1, map_size, focused),
    }


def _gaussian(center: Tensor, map_size: tuple[int, int], beta: Tensor) -> Gaussians:
    # cell 1 has its center at 1, so the image's edge is at 0.5
    row, column = center[:, :1] * map_size[0] + 0.5, center[:, 1:] * map_size[1] + 0.5
    return Gaussians(torch.ones_like(beta), beta, row, column)


def cue(
    model: HSAL, perception: Perception, targets: Sequence[Box], size_px: tuple[int, int], width_cells: float
) -> np.ndarray:
    """The first meta-step under each condition.

    Args:
        model: in eval mode.
        perception: of B images.
        targets: one box per image, within it.
        size_px: (H,W) of the images.
        width_cells: standard deviation of the Gaussian.
    Returns:
        (B,3,3): conditions in the order of CONDITIONS, measures in the order of MEASURES.
    """
    device = perception.scale.device
    places = places_of([[box] for box in targets], model.map_size, size_px, device)
    on_target = union_cover(places, places.unnamed).flatten(1) > 1e-6  # (B,h*w) the cell overlaps the box
    centers = [[(b.top_px + b.bottom_px) / 2 / size_px[0], (b.left_px + b.right_px) / 2 / size_px[1]] for b in targets]
    gaussians = spotlights(torch.tensor(centers, device=device), model.map_size, width_cells)
    rows = []
    with torch.inference_mode():
        for name in CONDITIONS:
            step = next(model.rollout(perception, meta_steps=1, overrides=always(Override(gaussians=gaussians[name]))))
            correct = step.class_logits.softmax(dim=1).gather(1, places.label).squeeze(1)  # (B,)
            glimpsed = on_target.gather(1, step.cells).float().mean(dim=1)
            rows.append(torch.stack([correct, (step.label == model.config.stop).float(), glimpsed], dim=1))
    return torch.stack(rows, dim=1).cpu().numpy()


def cue_scenes(
    model: HSAL, source: SceneSource, seed: int, scenes: int, width_cells: float, batch: int = 250
) -> Iterator[np.ndarray]:
    """Render scenes and `cue` them, in batches; the target is the first digit of each scene."""
    device = next(model.parameters()).device
    for start in range(0, scenes, batch):
        group: list[Scene] = [source.render(seed, index) for index in range(start, min(start + batch, scenes))]
        images = np.stack([scene.image for scene in group])
        with torch.inference_mode():
            perception = model.perceive(to_tensor(images, device))
        yield cue(model, perception, [scene.boxes[0] for scene in group], images.shape[1:3], width_cells)


def summarize(digits: int, rows: np.ndarray, resamples: int = 1000, seed: int = 0) -> CueingFigures:
    """Means with 95% bootstrap intervals over scenes (Efron, 1979); valid minus invalid is paired by scene.

    Args:
        digits: number of digits in each scene.
        rows: (n,3,3) of `cue`.
    """
    effect = rows[:, CONDITIONS.index("valid"), 0] - rows[:, CONDITIONS.index("invalid"), 0]  # (n,)
    columns = np.column_stack([rows.reshape(len(rows), -1), effect]).astype(float)
    ends = np.quantile(resampled_sums(columns, resamples, seed) / len(rows), [0.025, 0.975], axis=0)
    estimates = [Estimate(*values) for values in np.stack([columns.mean(axis=0), *ends], axis=1).tolist()]
    names = [(condition, measure) for condition in CONDITIONS for measure in MEASURES]
    by_name = dict(zip(names, estimates[:-1], strict=True))
    conditions = {name: {measure: by_name[name, measure] for measure in MEASURES} for name in CONDITIONS}
    return CueingFigures(digits, len(rows), conditions, estimates[-1])
