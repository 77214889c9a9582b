"""The whole model: perceive an image once, then attend to it meta-step by meta-step."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from hsal.config import ModelConfig
from hsal.model.attention import Gaussians, gaussian_mask
from hsal.model.controller import Controller, ControllerInput
from hsal.model.free_viewing import FreeController, FreeMetaController
from hsal.model.inhibition import SoftInhibition, inhibit
from hsal.model.interface import broad_glimpse, broad_weights, priority_map
from hsal.model.meta_controller import LastStep, MetaController
from hsal.model.overrides import Choose, Override, Overrides, greedy, no_overrides
from hsal.model.perception import Perception, divide_by_maximum, to_cells, to_grid


class MetaStep(NamedTuple):
    """One meta-step of a rollout; every tensor carries its gradient."""

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
    """What a consumer may send into a rollout after a meta-step."""

    running: Tensor | None = None  # (B,) bool, the rows that continue; the others leave the batch
    label: Tensor | None = None  # (B,) used as y_t in the next meta-step instead of the predicted label


Rollout = Generator[MetaStep, Feedback | None, None]
SaliencyMap = Callable[[Tensor, Tensor], Tensor]  # image (B,1|3,H,W), volume (B,C,h,w) -> (B,h',w') >= 0


def send(rollout: Rollout, feedback: Feedback | None) -> MetaStep | None:
    """The next meta-step after feedback on the last one (None before the first), or None at the end."""
    try:
        return rollout.send(feedback)
    except StopIteration:
        return None


class _State(NamedTuple):
    """What is carried from one meta-step to the next."""

    volume: Tensor  # (B,C,h,w)
    first: Tensor  # (B,h,w) S_1
    saliency: Tensor  # (B,h,w) S_t
    previous_label: Tensor  # (B,N+2) one-hot of y_{t-1}: N classes, stop, start symbol
    cell: Tensor  # (B,) the last glimpsed cell; h*w before the first
    meta_hidden: Tensor  # (B,hidden)
    hidden: Tensor  # (B,hidden)


class HSAL(nn.Module):
    """Activation model, saliency model, meta-controller, interface, controller and inhibition of return.

    Welleck, Mao, Cho, Zhang, *Saliency-based Sequential Image Attention with Multiset Prediction*, NIPS 2017.
    """

    def __init__(self, config: ModelConfig, backbone: Any, saliency_map: SaliencyMap) -> None:
        """Args:
            config: the sizes of the recurrent part.
            backbone: the activation model, a module with the attributes `channels` (C) and `map_size` (h, w); in free
                viewing also `classify`, from a mean of the volume's columns (B,C) to logits (B,N), and `labels`.
            saliency_map: the saliency model; see `hsal.zoo.build.build_model`.
        """
        super().__init__()
        self.config = config
        self.backbone = backbone
        self.saliency_map = saliency_map
        self.channels: int = backbone.channels
        self.map_size: tuple[int, int] = backbone.map_size
        self.meta_controller: MetaController | FreeMetaController
        self.controller: Controller | FreeController
        if config.viewing == "free":
            self.meta_controller = FreeMetaController(config)
            self.controller = FreeController(config, backbone.classify)
            self.inhibition = SoftInhibition()
        else:
            self.meta_controller = MetaController(config, self.map_size)
            self.controller = Controller(config, self.channels, self.map_size[0] * self.map_size[1])

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the N object classes."""
        if self.config.viewing == "free":
            return tuple(self.backbone.labels)
        return tuple(str(label) for label in range(self.config.classes))

    def perceive(self, image: Tensor) -> Perception:
        """Volume and saliency map of images, the expensive part: (B,1,H,W) or (B,3,H,W) in [0,1]."""
        volume = self.backbone(image)
        return self.perceive_with(image, volume, self.saliency_map(image, volume))

    def perceive_with(self, image: Tensor, volume: Tensor, saliency: Tensor) -> Perception:
        """A perception with a given saliency map.

        Args:
            image: (B,1,H,W) or (B,3,H,W). volume: (B,C,h,w), the image's.
            saliency: (B,h',w') >= 0 over the whole image, of any resolution.
        """
        if self.config.viewing == "free":
            cells = to_grid(saliency.to(volume), (volume.shape[2], volume.shape[3]))  # (B,h,w)
        else:
            cells = to_cells(saliency.to(volume), image, self.map_size, self.config.cell_px)
        return Perception(volume, *divide_by_maximum(cells))

    def rollout(
        self, perception: Perception, choose: Choose = greedy, meta_steps: int | None = None,
        overrides: Overrides = no_overrides,
    ) -> Rollout:
        """Attend to images, meta-step by meta-step. This is the only loop that steps the model.

        All rows step together. A row ends at its label stop, which is for the consumer to see: it may leave the
        iterator when all rows have ended, or send a `Feedback` that removes ended rows from the batch.

        Args:
            perception: from `perceive`.
            choose: chooses cells and labels from logits: `greedy`, or a `sampler`.
            meta_steps: maximum number of meta-steps; the config's by default.
            overrides: what replaces the model's own values at each meta-step; nothing by default.
        """
        state = self._start(perception)
        for t in range(self.config.meta_steps if meta_steps is None else meta_steps):
            override = overrides(t)
            if override.saliency is not None:
                state = state._replace(saliency=override.saliency(state.saliency))
            gaussians, mask, meta_hidden = self._attend(state, override)
            priority = priority_map(mask, state.saliency)
            weights = broad_weights(mask)
            overt, hidden = self._control(state, mask, priority, weights, override, override.choose or choose)
            following = self._inhibit(state, mask, overt["cells"], override)
            feedback = yield MetaStep(
                state.saliency, gaussians, mask, priority, weights, next_saliency=following, **overt
            )
            label = overt["label"] if feedback is None or feedback.label is None else feedback.label
            previous_label = functional.one_hot(label, self.config.stop + 2).to(priority.dtype)
            cell = torch.cat([state.cell[:, None], overt["cells"]], dim=1)[:, -1]
            state = _State(state.volume, state.first, following, previous_label, cell, meta_hidden, hidden)
            if feedback is not None and feedback.running is not None:
                state = _State(*(part[feedback.running] for part in state))

    def _start(self, perception: Perception) -> _State:
        zeros = perception.volume.new_zeros(len(perception.volume), self.config.hidden)
        previous_label = perception.volume.new_zeros(len(perception.volume), self.config.stop + 2)
        previous_label[:, self.config.stop + 1] = 1  # the start symbol
        cell = torch.full_like(previous_label[:, 0], perception.saliency[0].numel(), dtype=torch.long)
        saliency = perception.saliency
        return _State(
            perception.volume, saliency, saliency, previous_label, cell, zeros, self.controller.start(saliency)
        )

    def _attend(self, state: _State, override: Override) -> tuple[Gaussians, Tensor, Tensor]:
        """Covert attention: the Gaussians, the mask (B,h,w) and the meta-controller's hidden state."""
        last = LastStep(state.previous_label, state.cell)
        gaussians, mask, hidden = self.meta_controller.step(state.saliency, last, state.meta_hidden)
        if override.gaussians is not None:
            map_size = (mask.shape[1], mask.shape[2])
            gaussians, mask = override.gaussians, gaussian_mask(override.gaussians, map_size)
        return gaussians, mask if override.covert else torch.ones_like(mask), hidden

    def _inhibit(self, state: _State, mask: Tensor, cells: Tensor, override: Override) -> Tensor:
        """Inhibition of return: S_{t+1} (B,h,w)."""
        if not override.inhibition or self.config.inhibition == "none":
            return state.saliency
        # without a mask, which is 1 everywhere then, only glimpsed cells are inhibited
        mask = mask if override.covert and self.config.covert else torch.zeros_like(mask)
        if self.config.inhibition == "soft":
            softened: Tensor = self.inhibition(state.first, state.saliency, mask, cells)
            return softened
        return inhibit(state.saliency, mask, cells)

    def _control(
        self, state: _State, mask: Tensor, priority: Tensor, weights: Tensor, override: Override, choose: Choose
    ) -> tuple[dict[str, Tensor], Tensor]:
        """Overt attention: the controller's k+1 steps. Returns its part of the MetaStep, and its hidden state."""
        volume = state.volume
        hidden = state.hidden if self.config.carry_hidden else torch.zeros_like(state.hidden)
        columns = volume.flatten(2)  # (B,C,h*w)
        glimpse = broad_glimpse(weights, volume)  # (B,C) g_0
        cell = torch.full_like(state.cell, columns.shape[2])  # (B,) a_0: none yet
        glimpse = torch.zeros_like(glimpse) if 0 in override.blank_glimpses else glimpse
        x = ControllerInput(state.saliency, mask, priority, state.previous_label, cell, glimpse, glimpse)
        glimpses = self.config.glimpses if override.glimpses is None else override.glimpses
        logits, cells, values = [], [], []
        for i in range(glimpses + 1):
            glimpse = torch.zeros_like(glimpse) if i in override.blank_glimpses else glimpse
            x = x._replace(cell=cell, glimpse=glimpse)
            hidden = self.controller.step(x, hidden)
            values.append(self.controller.state_value(hidden))
            if i == glimpses:
                break
            logits.append(_exclude(self.controller.location_logits(x, hidden), override.excluded_cells))
            cell = _force(choose(logits[-1]), None if override.cells is None else override.cells[:, i])
            cells.append(cell)
            index = cell[:, None, None].expand(-1, columns.shape[1], 1)  # (B,C,1)
            glimpse = columns.gather(2, index).squeeze(2)  # (B,C) g_i
        class_logits = _exclude(self.controller.class_logits(x, hidden), override.excluded_labels)
        overt = {
            "location_logits": torch.stack(logits, 1) if logits else volume.new_zeros(len(volume), 0, columns.shape[2]),
            "cells": torch.stack(cells, 1) if cells else cell.new_zeros(len(volume), 0),
            "class_logits": class_logits, "label": _force(choose(class_logits), override.label),
            "values": torch.cat(values, 1),
        }
        return overt, hidden


def _exclude(logits: Tensor, excluded: Tensor | None) -> Tensor:
    """Logits (B,n) with probability 0 for excluded actions, (B,n) bool."""
    return logits if excluded is None else logits.masked_fill(excluded, -torch.inf)


def _force(chosen: Tensor, forced: Tensor | None) -> Tensor:
    """Forced actions (B,), and the chosen ones where these are -1."""
    return chosen if forced is None else torch.where(forced < 0, chosen, forced)
