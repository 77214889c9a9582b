"""Step sizes over a training."""

from __future__ import annotations

import math

from torch.optim import Optimizer


def cosine(number: int, total: int) -> float:
    """1 at update 1, falling along half a cosine towards 0 after update `total`."""
    return 0.5 * (1 + math.cos(math.pi * (number - 1) / total))


def set_rate(optimizer: Optimizer, rate: float) -> None:
    """Give every group of parameters the step size `rate`, times its own `scale` where it has one."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get("scale", 1.0)
