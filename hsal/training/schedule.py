"""Learning-rate schedules."""

from __future__ import annotations

import math

from torch.optim import Optimizer


def cosine(number: int, total: int) -> float:
    """Half a cosine: 1 at update 1, approaching 0 at update `total`."""
    return 0.5 * (1 + math.cos(math.pi * (number - 1) / total))


def set_rate(optimizer: Optimizer, rate: float) -> None:
    """Set the learning rate of every parameter group to `rate`, times the group's own `scale` if it has one."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get("scale", 1.0)
