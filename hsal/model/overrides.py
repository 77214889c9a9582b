"""What is done in a rollout: how actions are chosen from logits, and what somebody does in place of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from hsal.model.attention import Gaussians

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


class Override(NamedTuple):
    """What somebody does at one meta-step in place of the model; the default leaves all to the model."""

    saliency: Callable[[Tensor], Tensor] | None = None  # S_t (B,h,w) -> what stands in its place
    gaussians: Gaussians | None = None  # (B,K) each, any K: in place of the meta-controller's own
    covert: bool = True  # without, no spotlight: the mask is 1 everywhere, and only glimpsed cells are inhibited
    glimpses: int | None = None  # k; the config's where not given, and with 0 the broad glimpse decides alone
    cells: Tensor | None = None  # (B,k) where glimpses fall; -1 leaves one to the model
    excluded_cells: Tensor | None = None  # (B,h*w) bool, cells that no glimpse may choose
    blank_glimpses: frozenset[int] = frozenset()  # glimpses that see nothing, as in an empty place; 0 is the broad one
    excluded_labels: Tensor | None = None  # (B,N+1) bool, labels that may not be chosen
    label: Tensor | None = None  # (B,) the label; -1 leaves it to the model
    inhibition: bool = True  # without, what was attended keeps its saliency
    choose: Choose | None = None  # the rollout's where not given


# number of the meta-step, from 0 -> what is done at it; tensors fit the rows left
Overrides = Callable[[int], Override]


def always(act: Override) -> Overrides:
    """The same at every meta-step."""
    return lambda _: act


no_overrides = always(Override())
