"""The controller: k overt glimpses, then one label."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from hsal.config import ModelConfig


class ControllerInput(NamedTuple):
    """What a controller receives at each of its steps."""

    saliency: Tensor  # (B,h,w) S_t
    mask: Tensor  # (B,h,w) M_t
    priority: Tensor  # (B,h,w) P_t
    previous_label: Tensor  # (B,N+2) one-hot of y_{t-1}
    cell: Tensor  # (B,) long, a_{i-1}; h*w before the first glimpse of the meta-step
    broad: Tensor  # (B,C) g_0, the broad glimpse
    glimpse: Tensor  # (B,C) g_{i-1}, the volume's column at the cell, or the broad glimpse


class Controller(nn.Module):
    """x_i = [P, y_{t-1}, a_{i-1}, g_{i-1}]; h_i = GRU(W_encode x_i, h_{i-1}); then the heads.

    Choice: the hidden state is carried from one meta-step to the next, because the controller must know when all
    objects are predicted.
    """

    def __init__(self, config: ModelConfig, channels: int, cells: int) -> None:
        """Args:
            config: the model's sizes.
            channels: of the volume (C).
            cells: of the map (h*w).
        """
        super().__init__()
        labels = config.classes + 2  # N classes, stop, start symbol
        # the previous cell is one of h*w, or none yet
        self.encode = nn.Linear(cells + labels + cells + 1 + channels, config.hidden)
        self.recur = nn.GRUCell(config.hidden, config.hidden)
        self.locate = nn.Linear(config.hidden, cells)
        self.classify = nn.Linear(config.hidden, config.classes + 1)
        self.value = nn.Linear(config.hidden, 1)

    def forward(
        self, priority: Tensor, previous_label: Tensor, previous_cell: Tensor, glimpse: Tensor, hidden: Tensor
    ) -> Tensor:
        """One step of the recurrence.

        Args:
            priority: (B,h,w). previous_label: (B,N+2) one-hot. previous_cell: (B,h*w+1) one-hot.
            glimpse: (B,C), the volume's column at the previous cell, or the broad glimpse.
            hidden: (B,hidden).
        Returns:
            The next hidden state (B,hidden), the input of `locate`, `classify` and `value`.
        """
        x = torch.cat([priority.flatten(1), previous_label, previous_cell, glimpse], dim=1)
        return self.recur(self.encode(x), hidden)

    def start(self, saliency: Tensor) -> Tensor:
        """The hidden state (B,hidden) before the first meta-step, for saliency maps (B,h,w)."""
        return saliency.new_zeros(len(saliency), self.recur.hidden_size)

    def step(self, x: ControllerInput, hidden: Tensor) -> Tensor:
        """`forward`, on the parts of the input that it uses."""
        previous_cell = functional.one_hot(x.cell, x.priority[0].numel() + 1).to(x.glimpse.dtype)  # (B,h*w+1)
        following: Tensor = self(x.priority, x.previous_label, previous_cell, x.glimpse, hidden)
        return following

    def location_logits(self, x: ControllerInput, hidden: Tensor) -> Tensor:
        """(B,h*w), from the hidden state alone."""
        logits: Tensor = self.locate(hidden)
        return logits

    def class_logits(self, x: ControllerInput, hidden: Tensor) -> Tensor:
        """(B,N+1), stop last, from the hidden state alone."""
        logits: Tensor = self.classify(hidden)
        return logits

    def state_value(self, hidden: Tensor) -> Tensor:
        """(B,1) the estimated return."""
        value: Tensor = self.value(hidden)
        return value
