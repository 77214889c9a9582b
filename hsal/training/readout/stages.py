"""What a stopped training continues from: the training runs of a cross-validation and the last one, and their maps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hsal.saliency.readout import Readout
from hsal.training.progress import TrainingError
from hsal.training.state import read_results, restore_state, save_state


class Stages:
    """The file FILE.part: the state of the one in progress, and the maps of those that are complete."""

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
        self.maps: dict[str, Tensor] = {}
        """Photo -> its density (h,w), of photos in complete folds."""
        self.seconds = 0.0
        """Spent before."""
        self._current = ""
        if fresh:
            self.remove()
        if path.exists():
            about, maps = read_results(path)
            if about.get("settings") != self.settings:
                raise TrainingError(f"{path} is of a run with other photos or settings: add --fresh to remove it.")
            self.maps, self.seconds = maps, float(about["seconds"])
            self._current = about["training"]

    def restore(self, training: str, readout: Readout, optimizer: torch.optim.Optimizer) -> int:
        """Restore the state of a training run, if it is the one in the file; returns the number of epochs done."""
        if training != self._current:
            return 0
        return int(restore_state(self.path, readout, lambda: optimizer)["epochs"])

    def save(
        self, training: str, readout: Readout, optimizer: torch.optim.Optimizer, epochs: int, seconds: float
    ) -> None:
        """Store the state of a training run after some epochs, and all maps so far.

        Raises:
            CheckpointError: it cannot be written.
        """
        about = {"epochs": str(epochs), "seconds": str(seconds), "training": training, "settings": self.settings}
        save_state(self.path, readout, optimizer, about, self.maps)

    def finish(self, maps: Mapping[str, Tensor]) -> None:
        """Add the maps of a complete fold; they are stored with the next state."""
        self.maps.update(maps)

    def remove(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)
