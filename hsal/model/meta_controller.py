"""The meta-controller: one step per object, from saliency to a covert attention mask."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from hsal.config import ModelConfig
from hsal.model.attention import Gaussians, gaussian_mask, to_gaussians


class LastStep(NamedTuple):
    """What the last meta-step led to."""

    label: Tensor  # (B,N+2) one-hot of y_{t-1}: N classes, stop, start symbol
    cell: Tensor  # (B,) long, the last glimpsed cell; h*w before the first


class MetaController(nn.Module):
    """x_t = [S_t, y_{t-1}]; e_t = W_encode x_t; h_t = GRU(e_t, h_{t-1}); M_t = attn(h_t)."""

    def __init__(self, config: ModelConfig, map_size: tuple[int, int]) -> None:
        """Args:
            config: the model's sizes.
            map_size: (h,w) cells.
        """
        super().__init__()
        self.map_size = map_size
        self.beta_range = (config.beta_min, config.beta_max)
        # previous labels: N classes, stop, and the start symbol
        self.encode = nn.Linear(map_size[0] * map_size[1] + config.classes + 2, config.hidden)
        self.recur = nn.GRUCell(config.hidden, config.hidden)
        self.attend = nn.Linear(config.hidden, 4 * config.gaussians)

    def forward(
        self, saliency: Tensor, previous_label: Tensor, hidden: Tensor
    ) -> tuple[Gaussians, Tensor, Tensor]:
        """One meta-step.

        Args:
            saliency: (B,h,w) in [0,1].
            previous_label: (B,N+2) one-hot.
            hidden: (B,hidden).
        Returns:
            The Gaussians, the mask (B,h,w) in (0,1], and the next hidden state (B,hidden).
        """
        x = torch.cat([saliency.flatten(1), previous_label], dim=1)
        hidden = self.recur(self.encode(x), hidden)
        gaussians = to_gaussians(self.attend(hidden), self.map_size, self.beta_range)
        return gaussians, gaussian_mask(gaussians, self.map_size), hidden

    def step(self, saliency: Tensor, last: LastStep, hidden: Tensor) -> tuple[Gaussians, Tensor, Tensor]:
        """`forward`; of the last meta-step, only its label counts."""
        attended: tuple[Gaussians, Tensor, Tensor] = self(saliency, last.label, hidden)
        return attended
