"""How actions are chosen from logits, and what may override the model's own values in a rollout."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from hsal.model.attention import Gaussians

Choose = Callable[[Tensor], Tensor]  # logits (B,n) -> actions (B,)


def greedy(logits: Tensor) -> Tensor:
    """The most probable action of each row: (B,n) -> (B,)."""
    return logits.argmax(dim=1)


def sampler(generator: torch.Generator, temperature: float = 1.0) -> Choose:
    """Actions drawn from softmax(logits / temperature): (B,n) -> (B,)."""

    def sample(logits: Tensor) -> Tensor:
        probabilities = (logits.detach() / temperature).softmax(dim=1)
        return torch.multinomial(probabilities, 1, generator=generator).squeeze(1)

    return sample


class Override(NamedTuple):
    """Values that replace the model's own at one meta-step; the default replaces nothing."""

    saliency: Callable[[Tensor], Tensor] | None = None  # S_t (B,h,w) -> the map used instead
    gaussians: Gaussians | None = None  # (B,K) each, any K: used instead of the meta-controller's
    covert: bool = True  # False: the mask is 1 everywhere, and only glimpsed cells are inhibited
    glimpses: int | None = None  # k; None is the config's. With 0 the label depends on the broad glimpse alone
    cells: Tensor | None = None  # (B,k) cells to glimpse; -1 is the model's own choice
    excluded_cells: Tensor | None = None  # (B,h*w) bool, cells that cannot be glimpsed
    blank_glimpses: frozenset[int] = frozenset()  # numbers of glimpses replaced by zeros; 0 is the broad one
    excluded_labels: Tensor | None = None  # (B,N+1) bool, labels that cannot be predicted
    label: Tensor | None = None  # (B,) the label; -1 is the model's own prediction
    inhibition: bool = True  # False: no inhibition of return
    choose: Choose | None = None  # None is the rollout's


# number of the meta-step, from 0 -> its override; tensors have one row per running row
Overrides = Callable[[int], Override]


def always(override: Override) -> Overrides:
    """The same override at every meta-step."""
    return lambda _: override


no_overrides = always(Override())


def for_batch(overrides: Overrides, rows: int) -> Overrides:
    """The same overrides for every row of a batch; all but Gaussians broadcast by themselves."""

    def override_at(number: int) -> Override:
        override = overrides(number)
        if override.gaussians is None:
            return override
        return override._replace(gaussians=Gaussians(*(part.expand(rows, -1) for part in override.gaussians)))

    return override_at
