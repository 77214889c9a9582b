"""What is done in a rollout: how actions are chosen from logits, and what somebody does in place of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from hsal.attention import Gaussians
from hsal.config import ModelConfig
from hsal.interventions.checks import check
from hsal.interventions.edits import Edit, Interventions

Choose = Callable[[Tensor], Tensor]  # logits (B,n) -> (B,)


def greedy(logits: Tensor) -> Tensor:
    """The most probable action of each row: (B,n) -> (B,)."""
    return logits.argmax(dim=1)


def sampler(generator: torch.Generator, temperature: float = 1.0) -> Choose:
    """Actions drawn from softmax(logits / temperature) with the given generator: (B,n) -> (B,)."""

    def sample(logits: Tensor) -> Tensor:
        probabilities = (logits.detach() / temperature).softmax(dim=1)
        return torch.multinomial(probabilities, 1, generator=generator).squeeze(1)

    return sample


class Act(NamedTuple):
    """What somebody does at one meta-step in place of the model; the default leaves all to the model."""

    saliency: Callable[[Tensor], Tensor] | None = None  # S_t (B,h,w) -> what stands in its place
    gaussians: Gaussians | None = None  # (B,K) each, any K: in place of the meta-controller's own
    covert: bool = True  # without, no spotlight: the mask is 1 everywhere, and only glimpsed cells are inhibited
    glimpses: int | None = None  # k; the config's where not given, and with 0 the broad glimpse decides alone
    cells: Tensor | None = None  # (B,k) where glimpses fall; -1 leaves one to the model
    barred: Tensor | None = None  # (B,h*w) bool, cells that no glimpse may choose
    blind: frozenset[int] = frozenset()  # glimpses that see nothing, as in an empty place; 0 is the broad one
    vetoed: Tensor | None = None  # (B,N+1) bool, labels that may not be chosen
    label: Tensor | None = None  # (B,) the label; -1 leaves it to the model
    inhibition: bool = True  # without, what was attended keeps its saliency
    choose: Choose | None = None  # the rollout's where not given


Acts = Callable[[int], Act]  # number of the meta-step, from 0 -> what is done at it; tensors fit the rows left


def always(act: Act) -> Acts:
    """The same at every meta-step."""
    return lambda _: act


leave_alone = always(Act())


def acts_of(
    interventions: Interventions, config: ModelConfig, map_size: tuple[int, int], device: torch.device | str = "cpu"
) -> Acts:
    """Interventions as `HSAL.rollout` carries them out on one picture.

    Raises:
        InterventionError: something lies outside the map, the labels or the walk, or nothing is left to choose.
    """
    check(interventions, config, map_size)
    drawn: dict[tuple[float, int], Any] = {}  # one generator a rule, for all of its meta-steps

    def act(number: int) -> Act:
        now = interventions.held(number)
        temperature, seed = now["temperature"] or 0.0, now["seed"]
        if temperature and (temperature, seed) not in drawn:
            generator = torch.Generator(device).manual_seed(seed)
            drawn[temperature, seed] = sampler(generator, temperature)
        glimpses = config.glimpses if now["glimpses"] is None else now["glimpses"]
        edit = next((edit for edit in interventions.edits if edit.step == number), Edit(number))
        return _act(edit, config, map_size, glimpses, device)._replace(
            covert=now["covert"] is not False, inhibition=now["inhibition"] is not False,
            choose=drawn.get((temperature, seed)),
        )

    return act


def _act(edit: Edit, config: ModelConfig, map_size: tuple[int, int], glimpses: int, device: torch.device | str) -> Act:
    """An edit as tensors of one row."""
    width, cells = map_size[1], map_size[0] * map_size[1]
    look = [-1 if cell is None else cell[0] * width + cell[1] for cell in edit.look]
    look += [-1] * (glimpses - len(look))
    barred = torch.zeros(1, cells, dtype=torch.bool, device=device)
    barred[0, [row * width + column for row, column in edit.bar]] = True
    vetoed = torch.zeros(1, config.stop + 1, dtype=torch.bool, device=device)
    vetoed[0, list(edit.veto)] = True
    return Act(
        saliency=_painter(edit.paint) if edit.paint else None,
        gaussians=_gaussians(edit.gaussians, device) if edit.gaussians else None,
        glimpses=glimpses, cells=torch.tensor([look], dtype=torch.long, device=device),
        barred=barred if edit.bar else None, blind=frozenset(edit.blind), vetoed=vetoed if edit.veto else None,
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
