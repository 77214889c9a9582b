"""Where people looked: fixations of one image."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


def _none() -> np.ndarray:
    return np.empty(0, np.float32)


@dataclass(frozen=True)
class Fixations:
    """Points that people looked at, in the image's pixels: (0, 0) is the center of the upper left one."""

    x: np.ndarray  # (n,) float32, 0..W-1
    y: np.ndarray  # (n,) float32, 0..H-1
    subject: np.ndarray = field(default_factory=_none)  # (n,) int, or empty where not known
    duration_ms: np.ndarray = field(default_factory=_none)  # (n,) float32, or empty where not known
