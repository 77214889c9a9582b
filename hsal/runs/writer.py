"""A run folder as its trainer writes it; `hsal/runs/store.py` tells what lies in it."""

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
from hsal.zoo.checkpoint import CheckpointError, read_tensors, write_tensors


class RunFolder:
    """One run folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state.safetensors"
        self.weights = folder / "weights.safetensors"
        self.metrics = folder / "metrics.jsonl"

    @property
    def started(self) -> bool:
        """Whether there is something to resume."""
        return (self.folder / "config.json").exists()

    def lines(self) -> list[dict[str, Any]]:
        """The metrics logged so far, an update each; none before the first."""
        return read_metrics(self.folder)[0]

    def snapshot(self, step: int) -> Path:
        """Where the weights after update `step` are kept, in a run that keeps a series."""
        return self.folder / "series" / f"{step:06}.safetensors"

    def log(self, progress: Progress, seconds: float) -> None:
        """Append one update's metrics."""
        line = {"step": progress.step, "seconds": round(seconds, 3), **progress.metrics}
        with self.metrics.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def keep(self, module: nn.Module, optimizer: torch.optim.Optimizer, done: int, seconds: float) -> None:
        """Write everything that resuming after update `done` needs; whole or not at all.

        Raises:
            CheckpointError: it cannot be written.
        """
        tensors = {f"module.{name}": tensor.detach() for name, tensor in module.state_dict().items()}
        for index, state in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{index}.{name}": value for name, value in state.items()}
        tensors = {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}
        write_tensors(self.state, tensors, {"hsal": "state 1", "done": str(done), "seconds": str(seconds)})

    def restore(
        self, module: nn.Module, optimizer: Callable[[], torch.optim.Optimizer], leads: bool = True
    ) -> tuple[int, float]:
        """Bring back what `keep` wrote; returns the updates done and the seconds spent, 0 and 0 if none.

        Args:
            optimizer: gives it, where there is something to bring back: torch's take seconds to be made.
            leads: whether this process writes the metrics; it forgets those that will be written again.
        Raises:
            CheckpointError: the state is damaged or of another model.
        """
        if not self.state.exists():
            if leads:
                self._forget_after(-1)
            return 0, 0.0
        metadata, tensors = read_tensors(self.state)
        states: dict[int, dict[str, torch.Tensor]] = {}
        for key, tensor in tensors.items():
            # states written before version 0.2 have keys of another spelling
            if key.startswith(("optimizer.", "optimiser.")):  # codespell:ignore
                _, index, name = key.split(".")
                states.setdefault(int(index), {})[name] = tensor
        weights = {key.removeprefix("module."): t for key, t in tensors.items() if key.startswith("module.")}
        try:
            module.load_state_dict(weights)
            empty = optimizer()
            empty.load_state_dict({"state": states, "param_groups": empty.state_dict()["param_groups"]})
        except (RuntimeError, ValueError) as error:
            raise CheckpointError(f"{self.state} is of another model than this run's. Start the run anew.") from error
        if leads:
            self._forget_after(int(metadata["done"]))
        return int(metadata["done"]), float(metadata["seconds"])

    def _forget_after(self, done: int) -> None:
        """Drop metrics of updates that will be taken again, and a last line cut short by a kill."""
        if not self.metrics.exists():
            return
        lines = self.lines()
        with atomic_write(self.metrics) as scratch:
            scratch.write_text("".join(f"{json.dumps(line)}\n" for line in lines if line["step"] <= done))


def start_timer(before: float = 0.0) -> Any:
    """A function that gives the seconds since this call, plus `before`."""
    start = time.perf_counter()
    return lambda: before + time.perf_counter() - start
