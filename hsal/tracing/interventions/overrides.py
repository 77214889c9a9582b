"""Interventions as the rollout carries them out: data in, overrides of the model's own actions out."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from hsal.config import ModelConfig
from hsal.model.attention import Gaussians
from hsal.model.overrides import Override, Overrides, sampler
from hsal.tracing.interventions.checks import check
from hsal.tracing.interventions.schema import Edit, Interventions


def overrides_of(
    interventions: Interventions, config: ModelConfig, map_size: tuple[int, int], device: torch.device | str = "cpu"
) -> Overrides:
    """Interventions as `HSAL.rollout` carries them out on one image.

    Raises:
        InterventionError: something lies outside the map, the labels or the walk, or nothing is left to choose.
    """
    check(interventions, config, map_size)
    drawn: dict[tuple[float, int], Any] = {}  # one generator a rule, for all of its meta-steps

    def act(number: int) -> Override:
        now = interventions.held(number)
        temperature, seed = now["temperature"] or 0.0, now["seed"]
        if temperature and (temperature, seed) not in drawn:
            generator = torch.Generator(device).manual_seed(seed)
            drawn[temperature, seed] = sampler(generator, temperature)
        glimpses = config.glimpses if now["glimpses"] is None else now["glimpses"]
        edit = next((edit for edit in interventions.edits if edit.step == number), Edit(number))
        return _override(edit, config, map_size, glimpses, device)._replace(
            covert=now["covert"] is not False, inhibition=now["inhibition"] is not False,
            choose=drawn.get((temperature, seed)),
        )

    return act


def _override(
    edit: Edit, config: ModelConfig, map_size: tuple[int, int], glimpses: int, device: torch.device | str
) -> Override:
    """An edit as tensors of one row."""
    width, cells = map_size[1], map_size[0] * map_size[1]
    look = [-1 if cell is None else cell[0] * width + cell[1] for cell in edit.look]
    look += [-1] * (glimpses - len(look))
    barred = torch.zeros(1, cells, dtype=torch.bool, device=device)
    barred[0, [row * width + column for row, column in edit.bar]] = True
    vetoed = torch.zeros(1, config.stop + 1, dtype=torch.bool, device=device)
    vetoed[0, list(edit.veto)] = True
    return Override(
        saliency=_painter(edit.paint) if edit.paint else None,
        gaussians=_gaussians(edit.gaussians, device) if edit.gaussians else None,
        glimpses=glimpses, cells=torch.tensor([look], dtype=torch.long, device=device),
        excluded_cells=barred if edit.bar else None, blank_glimpses=frozenset(edit.blind),
        excluded_labels=vetoed if edit.veto else None,
        label=None if edit.label is None else torch.tensor([edit.label], device=device),
    )


def _painter(paint: tuple[tuple[int, int, float], ...]) -> Any:
    rows, columns, values = zip(*paint, strict=True)

    def painted(saliency: Tensor) -> Tensor:
        after = saliency.clone()
        after[:, list(rows), list(columns)] = torch.tensor(values, dtype=after.dtype, device=after.device)
        return after

    return painted


def _gaussians(numbers: tuple[tuple[float, float, float, float], ...], device: torch.device | str) -> Gaussians:
    alpha, beta, row, column = torch.tensor(numbers, dtype=torch.float32, device=device).T[:, None]  # (1,K) each
    return Gaussians(alpha / alpha.sum(), beta, row, column)
