"""The input of both programs that benchmarks/fixation_metrics.py compares: fixations and maps.

It needs only numpy, since it also runs in pysaliency's environment.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

METRICS = ("auc", "auc_judd", "shuffled_auc", "nss", "cc", "sim", "kl", "information_gain")
SIGMA_PX = 24.0


class Job:
    """Images of one size with their fixations, read from a file."""

    def __init__(self, path: Path) -> None:
        held = json.loads(path.read_text())
        self.size: tuple[int, int] = tuple(held["size"])
        self.models: int = held["models"]
        self.points = [np.array(each) for each in held["points"]]  # (2,n) per image: rows, columns

    def others(self, image: int) -> np.ndarray:
        """(2,m): rows and columns of the fixations on all other images."""
        return np.concatenate(self.points[:image] + self.points[image + 1 :], axis=1)

    def maps(self, image: int) -> np.ndarray:
        """(M,H,W) float32 in 0..1: sums of random waves, different for each model and image."""
        random, found = np.random.RandomState(image), []
        for _ in range(self.models):
            down, across = (
                np.cos(np.arange(length)[:, None] / length * random.uniform(1, 30, 8) + random.uniform(0, 6, 8))
                for length in self.size
            )  # (H,8), (W,8)
            height = np.exp(down @ across.T)
            found.append((height / height.max()).astype(np.float32))
        return np.stack(found)

    def baseline(self) -> np.ndarray:
        """(H,W): a Gaussian at the center."""
        down, across = (np.exp(-8 * (np.arange(length) / length - 0.5) ** 2) for length in self.size)
        return np.outer(down, across)


def serve(values: Callable[[Job, int, np.ndarray], list[list[float]]]) -> None:
    """Read image numbers from standard input, one per line, and print seconds and values as JSON, one line each."""
    job = Job(Path(sys.argv[1]))
    for line in sys.stdin:
        maps = job.maps(int(line))
        start = time.process_time()
        found = values(job, int(line), maps)
        print(json.dumps({"seconds": time.process_time() - start, "values": found}), flush=True)
