"""What a stopped training continues from: the trainings of a cross-validation and the last one, and their figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from hsal.saliency.readout import Readout
from hsal.training.progress import TrainingError
from hsal.training.state import read_about, restore_state, save_state


class Stages:
    """The file FILE.part: the state of the training in progress, and the figures of those that are complete."""

    def __init__(self, path: Path, settings: Mapping[str, Any], fresh: bool = False) -> None:
        """Args:
            path: the file; may not exist.
            settings: of the run; what another run has left is refused.
            fresh: remove the file first.
        Raises:
            TrainingError: the file is of a run with other settings.
            CheckpointError: it is damaged.
        """
        self.path, self.settings = path, json.dumps(settings, sort_keys=True)
        self.scores: dict[str, list[float]] = {}
        """Photo -> its figures, of photos in complete folds."""
        self.seconds = 0.0
        """Spent before."""
        self._current = ""
        if fresh:
            self.remove()
        if path.exists():
            about = read_about(path)
            if about.get("settings") != self.settings:
                raise TrainingError(f"{path} is of a run with other photos or settings: add --fresh to remove it.")
            self.scores, self.seconds = json.loads(about["scores"]), float(about["seconds"])
            self._current = about["training"]

    def restore(self, training: str, readout: Readout, optimizer: torch.optim.Optimizer) -> int:
        """Restore the state of a training, if it is the one in the file; returns the number of epochs done."""
        if training != self._current:
            return 0
        return int(restore_state(self.path, readout, lambda: optimizer)["epochs"])

    def save(
        self, training: str, readout: Readout, optimizer: torch.optim.Optimizer, epochs: int, seconds: float
    ) -> None:
        """Store the state of a training after some epochs, and all figures so far.

        Raises:
            CheckpointError: it cannot be written.
        """
        about = {"epochs": str(epochs), "seconds": str(seconds), "training": training}
        save_state(
            self.path, readout, optimizer, {**about, "settings": self.settings, "scores": json.dumps(self.scores)}
        )

    def finish(self, scores: Mapping[str, list[float]]) -> None:
        """Add the figures of a complete fold; they are stored with the next state."""
        self.scores.update(scores)

    def remove(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)
