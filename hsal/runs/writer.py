"""A run folder as its trainer writes it; `hsal/runs/store.py` lists its contents."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from hsal.paths import atomic_write
from hsal.runs.store import read_metrics
from hsal.training.progress import Progress
from hsal.training.state import restore_state, save_state


class RunFolder:
    """One run folder, for writing."""

    def __init__(self, folder: Path) -> None:
        """Args:
            folder: may not exist yet.
        """
        self.folder = folder
        self.state = folder / "state.safetensors"
        self.weights = folder / "weights.safetensors"
        self.metrics = folder / "metrics.jsonl"

    @property
    def started(self) -> bool:
        """Whether the folder holds a run that can be resumed."""
        return (self.folder / "config.json").exists()

    def lines(self) -> list[dict[str, Any]]:
        """The logged metrics, one dictionary per update; empty before the first."""
        return read_metrics(self.folder)[0]

    def snapshot_path(self, step: int) -> Path:
        """The file for the snapshot of the weights after an update."""
        return self.folder / "series" / f"{step:06}.safetensors"

    def log(self, progress: Progress, seconds: float) -> None:
        """Append the metrics of one update, with the training time so far."""
        line = {"step": progress.step, "seconds": round(seconds, 3), **progress.metrics}
        with self.metrics.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def save_state(self, module: nn.Module, optimizer: torch.optim.Optimizer, done: int, seconds: float) -> None:
        """Write everything that resuming after update `done` needs, atomically.

        Raises:
            CheckpointError: it cannot be written.
        """
        save_state(self.state, module, optimizer, {"done": str(done), "seconds": str(seconds)})

    def restore_state(
        self, module: nn.Module, optimizer: Callable[[], torch.optim.Optimizer], truncate: bool = True
    ) -> tuple[int, float]:
        """Restore the state that `save_state` wrote.

        Args:
            module: its weights are replaced.
            optimizer: returns the optimizer; called only if there is a state, because creating one takes seconds.
            truncate: remove the metrics of updates that will be repeated.
        Returns:
            The number of updates done and the seconds spent; 0 and 0 where there is no state.
        Raises:
            CheckpointError: the state is damaged or belongs to another model.
        """
        if not self.state.exists():
            if truncate:
                self._truncate_metrics(-1)
            return 0, 0.0
        about = restore_state(self.state, module, optimizer)
        if truncate:
            self._truncate_metrics(int(about["done"]))
        return int(about["done"]), float(about["seconds"])

    def _truncate_metrics(self, done: int) -> None:
        """Remove metrics after update `done`, and an incomplete last line."""
        if not self.metrics.exists():
            return
        lines = self.lines()
        with atomic_write(self.metrics) as scratch:
            scratch.write_text("".join(f"{json.dumps(line)}\n" for line in lines if line["step"] <= done))


def start_timer(before: float = 0.0) -> Callable[[], float]:
    """A function that returns the seconds since this call, plus `before`."""
    start = time.perf_counter()
    return lambda: before + time.perf_counter() - start
