"""The whole model: perceive an image once, then roll attention out over it, step by step."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from hsal.config import ModelConfig
from hsal.model.attention import Gaussians, gaussian_mask
from hsal.model.controller import Controller
from hsal.model.inhibition import inhibit
from hsal.model.interface import broad_glimpse, broad_weights, priority_map
from hsal.model.meta_controller import MetaController
from hsal.model.overrides import Choose, Override, Overrides, greedy, no_overrides
from hsal.model.perception import Perception, divide_by_maximum, to_cells


class MetaStep(NamedTuple):
    """One step of the rollout, batched; every tensor carries its gradient."""

    saliency: Tensor  # (B,h,w) S_t
    gaussians: Gaussians  # (B,K) each
    mask: Tensor  # (B,h,w) M_t
    priority: Tensor  # (B,h,w) P_t
    broad_weights: Tensor  # (B,h,w)
    location_logits: Tensor  # (B,k,h*w)
    cells: Tensor  # (B,k) flat indices
    class_logits: Tensor  # (B,N+1), stop last
    label: Tensor  # (B,) 0..N
    values: Tensor  # (B,k+1) state value at each controller step
    next_saliency: Tensor  # (B,h,w) S_{t+1}


class Feedback(NamedTuple):
    """What a consumer may send back into the rollout after a meta-step."""

    running: Tensor | None = None  # (B,) bool: the rows that go on; the others leave the batch
    label: Tensor | None = None  # (B,) what the model is told that it named, in place of its own label


Rollout = Generator[MetaStep, Feedback | None, None]
SaliencyMap = Callable[[Tensor, Tensor], Tensor]  # image (B,1|3,H,W), volume (B,C,h,w) -> (B,h',w') >= 0


def send(rollout: Rollout, answer: Feedback | None) -> MetaStep | None:
    """The next meta-step after an answer to the last one (None before the first), or None at the end."""
    try:
        return rollout.send(answer)
    except StopIteration:
        return None


class _State(NamedTuple):
    """What one meta-step hands to the next."""

    volume: Tensor  # (B,C,h,w)
    saliency: Tensor  # (B,h,w)
    previous: Tensor  # (B,N+2) one-hot of y_{t-1}: N classes, stop, start symbol
    meta_hidden: Tensor  # (B,hidden)
    hidden: Tensor  # (B,hidden)


class HSAL(nn.Module):
    """Activation model, saliency model, meta-controller, interface, controller, inhibition."""

    def __init__(self, config: ModelConfig, backbone: nn.Module, saliency_map: SaliencyMap) -> None:
        """Args:
            config: the sizes of the recurrent part.
            backbone: the activation model, with `channels` (C) and `map_size` (h, w) beside its forward.
            saliency_map: the saliency model that attention starts from; see `hsal.zoo.build.build_model`.
        """
        super().__init__()
        self.config = config
        self.backbone = backbone
        self.saliency_map = saliency_map
        self.map_size: tuple[int, int] = self.backbone.map_size
        cells = self.map_size[0] * self.map_size[1]
        self.meta_controller = MetaController(config, self.map_size)
        self.controller = Controller(config, self.backbone.channels, cells)

    def perceive(self, image: Tensor) -> Perception:
        """The costly half, once per image: (B,1,H,W) or (B,3,H,W) in [0,1] -> View."""
        volume = self.backbone(image)
        return self.perceive_with(image, volume, self.saliency_map(image, volume))

    def perceive_with(self, image: Tensor, volume: Tensor, raw: Tensor) -> Perception:
        """The same with any saliency map (B,h',w'), >= 0, laid over the image: what would attention do with it?"""
        cells = to_cells(raw.to(volume), image, self.map_size, self.config.cell_px)  # (B,h,w)
        return Perception(volume, *divide_by_maximum(cells))

    def rollout(
        self, view: Perception, choose: Choose = greedy, meta_steps: int | None = None,
        overrides: Overrides = no_overrides,
    ) -> Rollout:
        """The only loop in the project: meta-step after meta-step.

        All rows step together; the consumer decides when a row has ended (at its label stop).
        It may leave the iterator when all have, or send a `Feedback` that lets ended rows go, so
        that no time is spent on them; from then on the batch holds the kept rows alone.

        Args:
            view: from `perceive`.
            choose: picks cells and labels from logits; `greedy`, or a `sampler`.
            meta_steps: the most steps to take; the config's where not given.
            overrides: what is done in place of the model, meta-step by meta-step; nothing where not given.
        """
        state = self._start(view)
        for number in range(self.config.meta_steps if meta_steps is None else meta_steps):
            act = overrides(number)
            seen = state.saliency if act.saliency is None else act.saliency(state.saliency)
            gaussians, mask, meta_hidden = self._attend(state._replace(saliency=seen), act)
            priority = priority_map(mask, seen)
            weights = broad_weights(mask)
            overt, hidden = self._control(state, priority, weights, act, act.choose or choose)
            spotlight = mask if act.covert else torch.zeros_like(mask)
            following = inhibit(seen, spotlight, overt["cells"]) if act.inhibition else seen
            answer = yield MetaStep(
                seen, gaussians, mask, priority, weights, next_saliency=following, **overt
            )
            told = overt["label"] if answer is None or answer.label is None else answer.label
            previous = functional.one_hot(told, self.config.stop + 2).to(priority.dtype)
            state = _State(state.volume, following, previous, meta_hidden, hidden)
            if answer is not None and answer.running is not None:
                state = _State(*(part[answer.running] for part in state))

    def _start(self, view: Perception) -> _State:
        empty = view.volume.new_zeros(len(view.volume), self.config.hidden)
        previous = view.volume.new_zeros(len(view.volume), self.config.stop + 2)
        previous[:, self.config.stop + 1] = 1  # the start symbol
        return _State(view.volume, view.saliency, previous, empty, empty)

    def _attend(self, state: _State, act: Override) -> tuple[Gaussians, Tensor, Tensor]:
        """Covert attention: the Gaussians, the mask (B,h,w) and the meta-controller's hidden state."""
        gaussians, mask, hidden = self.meta_controller(state.saliency, state.previous, state.meta_hidden)
        if act.gaussians is not None:
            gaussians, mask = act.gaussians, gaussian_mask(act.gaussians, self.map_size)
        return gaussians, mask if act.covert else torch.ones_like(mask), hidden

    def _control(
        self, state: _State, priority: Tensor, weights: Tensor, act: Override, choose: Choose
    ) -> tuple[dict[str, Tensor], Tensor]:
        """The controller's k+1 steps; returns its part of the MetaStep and the hidden state."""
        volume, previous = state.volume, state.previous
        hidden = state.hidden if self.config.carry_hidden else torch.zeros_like(state.hidden)
        columns = volume.flatten(2)  # (B,C,h*w)
        glimpse = broad_glimpse(weights, volume)  # (B,C) g_0
        looked = torch.full_like(previous[:, 0], columns.shape[2], dtype=torch.long)  # "none yet"
        glimpses = self.config.glimpses if act.glimpses is None else act.glimpses
        logits, chosen, values = [], [], []
        for number in range(glimpses + 1):
            at = functional.one_hot(looked, columns.shape[2] + 1).to(volume.dtype)
            glimpse = torch.zeros_like(glimpse) if number in act.blank_glimpses else glimpse
            hidden = self.controller(priority, previous, at, glimpse, hidden)
            values.append(self.controller.value(hidden))
            if number == glimpses:
                break
            logits.append(_without(self.controller.locate(hidden), act.excluded_cells))
            looked = _forced(choose(logits[-1]), None if act.cells is None else act.cells[:, number])
            chosen.append(looked)
            index = looked[:, None, None].expand(-1, columns.shape[1], 1)  # (B,C,1)
            glimpse = columns.gather(2, index).squeeze(2)  # (B,C) g_i
        class_logits = _without(self.controller.classify(hidden), act.excluded_labels)
        step = {
            "location_logits": torch.stack(logits, 1) if logits else volume.new_zeros(len(volume), 0, columns.shape[2]),
            "cells": torch.stack(chosen, 1) if chosen else looked.new_zeros(len(volume), 0),
            "class_logits": class_logits, "label": _forced(choose(class_logits), act.label),
            "values": torch.cat(values, 1),
        }
        return step, hidden


def _without(logits: Tensor, barred: Tensor | None) -> Tensor:
    """Logits (B,n) with no chance for what is barred, (B,n) bool."""
    return logits if barred is None else logits.masked_fill(barred, -torch.inf)


def _forced(own: Tensor, wanted: Tensor | None) -> Tensor:
    """What is wanted (B,), and the model's own choice where that is -1."""
    return own if wanted is None else torch.where(wanted < 0, own, wanted)
