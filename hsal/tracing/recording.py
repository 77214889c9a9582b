"""From a model and one image to a `Trace`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from hsal.data.base import Box
from hsal.model.free_viewing import FreeController
from hsal.model.hsal import HSAL, MetaStep, Rollout
from hsal.model.perception import Perception
from hsal.rewards import label_reward
from hsal.saliency.base import SaliencyError, SaliencyModel
from hsal.saliency.override import perceive, saliency_model
from hsal.tracing.interventions.overrides import overrides_of
from hsal.tracing.interventions.schema import NONE, Interventions, cover
from hsal.tracing.schema import Glimpse, Source, Step, Trace
from hsal.tracing.typical_path import follow_typical_path

GLIMPSE_LABELS = 5  # of a glimpse on a photo


def trace_image(
    model: HSAL,
    image: np.ndarray,
    source: Source,
    truth: Sequence[int] | None = None,
    boxes: Sequence[Box] = (),
    notes: Sequence[str] = (),
    saliency: str | np.ndarray = "",
    interventions: Interventions = NONE,
    perception: Perception | None = None,
    meta_steps: int | None = None,
    withheld: str = "",
) -> Trace:
    """Roll out attention on one image until stop or the last meta-step: greedily, or on a photo along the typical path.

    Args:
        model: in eval mode.
        image: of the model's size: (H,W) uint8, light ink on a dark background, or (H,W,3) uint8 for a color model; in
            free viewing a photo (H,W,3) of any size.
        source: where the image came from; `image_sha256` is set here, and `saliency` where a name is given.
        truth: the true labels, where they are known; needed for the label rewards.
        boxes: true places of the objects.
        notes: what was done to the image before, one sentence each.
        saliency: a saliency map in place of the model's own: the name of a saliency model, or a map (h',w') >= 0 over
            the whole image, which `source` should name.
        interventions: what is forced in place of the model. The trace holds the image with its hidden parts covered.
        perception: `perceive_image` of the same image and saliency, where it is cached; saves the backbone's time.
        meta_steps: maximum number of meta-steps; the config's by default.
        withheld: why labels are not to be shown; see `Trace.withheld`.
    Raises:
        UnknownNameError: there is no saliency model of that name.
        SaliencyError: the saliency model needs more than an image, or the map is not a valid one.
        InterventionError: an intervention that cannot be done.
    """
    device = next(model.parameters()).device
    config = model.config if meta_steps is None else replace(model.config, meta_steps=meta_steps)
    overrides = overrides_of(interventions, config, (image.shape[0], image.shape[1]), device)
    source = replace(source, image_sha256=hashlib.sha256(image.tobytes()).hexdigest())
    if isinstance(saliency, str) and (name := interventions.saliency or saliency):
        saliency, source = name, replace(source, saliency=name)
    if perception is None:
        perception = perceive_image(model, image, saliency, interventions.hidden)
    with torch.inference_mode():
        if config.viewing == "free":
            overrides = follow_typical_path(model, perception, overrides, config.meta_steps)
        rollout = model.rollout(perception, meta_steps=config.meta_steps, overrides=overrides)
        steps = _record(rollout, model, perception, truth)
    return Trace(
        source,
        cover(image, interventions.hidden),
        class_names=(*model.labels, "stop"),
        saliency_scale=float(perception.scale[0]),
        steps=tuple(steps),
        truth=None if truth is None else tuple(sorted(truth)),
        boxes=tuple(boxes),
        notes=tuple(notes),
        interventions=interventions,
        viewing=config.viewing,
        withheld=withheld,
    )


def perceive_image(
    model: HSAL, image: np.ndarray, saliency: str | np.ndarray = "", hidden: Sequence[tuple[int, int, int, int]] = ()
) -> Perception:
    """The backbone's volume and the saliency map of one image, with `hidden` parts covered; see `trace_image`."""
    device = next(model.parameters()).device
    with torch.inference_mode():
        return perceive(model, to_tensor(cover(image, tuple(hidden))[None], device), _model_of(saliency))


def _model_of(saliency: str | np.ndarray) -> SaliencyModel | None:
    if isinstance(saliency, str):
        return saliency_model(saliency)
    raw = torch.from_numpy(np.require(saliency, np.float32, ["C", "W"]))[None]  # (1,h',w')
    if raw.ndim != 3 or not raw.numel() or not raw.isfinite().all() or raw.min() < 0:
        raise SaliencyError("A saliency map must be two-dimensional, with finite values of at least 0.")
    return lambda _: raw


def to_tensor(images: np.ndarray, device: torch.device | str = "cpu") -> Tensor:
    """(B,H,W) or (B,H,W,3) uint8 -> (B,1,H,W) or (B,3,H,W) float32 in [0,1]."""
    pixels = torch.from_numpy(np.require(images, requirements=["C", "W"])).to(device)
    return (pixels[:, None] if pixels.ndim == 3 else pixels.permute(0, 3, 1, 2)).float() / 255


def _record(rollout: Rollout, model: HSAL, perception: Perception, truth: Sequence[int] | None) -> list[Step]:
    """The meta-steps until stop, with the label rewards where the true labels are known."""
    remaining = None
    if truth is not None:
        labels = torch.tensor(list(truth), dtype=torch.long)
        remaining = torch.bincount(labels, minlength=model.config.classes)[None].float()  # (1,N) counts
    steps = []
    for step in rollout:
        reward = None
        if remaining is not None:
            outcome = label_reward(remaining, step.label.cpu())
            remaining, reward = outcome.remaining, float(outcome.reward[0])
        steps.append(_to_step(step, reward, _glimpse_labels(model, perception, step)))
        if steps[-1].label == model.config.stop:
            break
    return steps


def _glimpse_labels(model: HSAL, perception: Perception, step: MetaStep) -> list[tuple[tuple[int, float], ...]]:
    """What each glimpsed cell alone is named, the most probable first; nothing by a model that names objects."""
    if not isinstance(model.controller, FreeController):
        return [()] * step.cells.shape[1]
    columns = perception.volume[0].flatten(1)[:, step.cells[0]].T  # (k,C)
    probable = model.controller.name_cells(columns).softmax(dim=1).topk(GLIMPSE_LABELS)  # (k,5)
    return [
        tuple(zip(labels, shares, strict=True))
        for labels, shares in zip(probable.indices.tolist(), probable.values.tolist(), strict=True)
    ]


def _to_step(step: MetaStep, reward: float | None, labels: list[tuple[tuple[int, float], ...]]) -> Step:
    width = step.mask.shape[2]
    values = step.values[0].tolist()
    priority = _array(step.priority)
    locations = _array(step.location_logits.softmax(dim=2)).reshape(-1, *priority.shape)  # (k,h,w)
    cells = [divmod(cell, width) for cell in step.cells[0].tolist()]
    glimpses = tuple(
        Glimpse(probabilities, cell, value, float(priority[cell]), named)
        for probabilities, cell, value, named in zip(locations, cells, values[:-1], labels, strict=True)
    )
    return Step(
        saliency=_array(step.saliency),
        gaussians=np.stack([_array(part) for part in step.gaussians], axis=1),
        mask=_array(step.mask),
        priority=priority,
        broad_weights=_array(step.broad_weights),
        glimpses=glimpses,
        class_probabilities=_array(step.class_logits.softmax(dim=1)),
        label=int(step.label[0]),
        value=values[-1],
        reward=reward,
        next_saliency=_array(step.next_saliency),
    )


def _array(tensor: Tensor) -> np.ndarray:
    """The first row of a batch, as float32 on the CPU."""
    array: np.ndarray = tensor[0].float().cpu().numpy()
    return array
