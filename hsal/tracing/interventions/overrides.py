"""From interventions, plain data, to the overrides that a rollout takes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from hsal.config import ModelConfig
from hsal.model.attention import Gaussians
from hsal.model.overrides import Choose, Override, Overrides, sampler
from hsal.tracing.interventions.checks import check
from hsal.tracing.interventions.schema import Edit, Interventions


def overrides_of(
    interventions: Interventions, config: ModelConfig, size_px: tuple[int, int], device: torch.device | str = "cpu"
) -> Overrides:
    """The overrides for a rollout on one image.

    Samples are drawn from generators that belong to the result: make new overrides for every rollout.

    Args:
        size_px: (H,W) of the image.
        device: of the rollout's tensors.
    Raises:
        InterventionError: something lies outside the map, the labels or the meta-steps, or nothing is left to choose.
    """
    check(interventions, config, size_px)
    map_size = config.grid(size_px)
    samplers: dict[tuple[float, int], Choose] = {}  # one generator per rule, for all of its meta-steps

    def override_at(number: int) -> Override:
        rule = interventions.rule_at(number)
        temperature, seed = rule.temperature or 0.0, rule.seed
        if temperature and (temperature, seed) not in samplers:
            samplers[temperature, seed] = sampler(torch.Generator(device).manual_seed(seed), temperature)
        glimpses = config.glimpses if rule.glimpses is None else rule.glimpses
        edit = next((edit for edit in interventions.edits if edit.step == number), Edit(number))
        return _override(edit, config, map_size, glimpses, device)._replace(
            covert=rule.covert is not False, inhibition=rule.inhibition is not False,
            choose=samplers.get((temperature, seed)),
        )

    return override_at


def _override(
    edit: Edit, config: ModelConfig, map_size: tuple[int, int], glimpses: int, device: torch.device | str
) -> Override:
    """An edit as tensors with a batch of one."""
    width, cells = map_size[1], map_size[0] * map_size[1]
    forced = [-1 if cell is None else cell[0] * width + cell[1] for cell in edit.look]
    forced += [-1] * (glimpses - len(forced))
    excluded_cells = torch.zeros(1, cells, dtype=torch.bool, device=device)
    excluded_cells[0, [row * width + column for row, column in edit.bar]] = True
    excluded_labels = torch.zeros(1, config.stop + 1, dtype=torch.bool, device=device)
    excluded_labels[0, list(edit.veto)] = True
    return Override(
        saliency=_painter(edit.paint) if edit.paint else None,
        gaussians=_gaussians(edit.gaussians, device) if edit.gaussians else None,
        glimpses=glimpses,
        cells=torch.tensor([forced], dtype=torch.long, device=device),  # (1,k)
        excluded_cells=excluded_cells if edit.bar else None,
        blank_glimpses=frozenset(edit.blind),
        excluded_labels=excluded_labels if edit.veto else None,
        label=None if edit.label is None else torch.tensor([edit.label], device=device),
    )


def _painter(paint: tuple[tuple[int, int, float], ...]) -> Callable[[Tensor], Tensor]:
    rows, columns, values = zip(*paint, strict=True)

    def painted(saliency: Tensor) -> Tensor:
        after = saliency.clone()  # (B,h,w)
        after[:, list(rows), list(columns)] = torch.tensor(values, dtype=after.dtype, device=after.device)
        return after

    return painted


def _gaussians(numbers: tuple[tuple[float, float, float, float], ...], device: torch.device | str) -> Gaussians:
    alpha, beta, row, column = torch.tensor(numbers, dtype=torch.float32, device=device).T[:, None]  # (1,K) each
    return Gaussians(alpha / alpha.sum(), beta, row, column)
