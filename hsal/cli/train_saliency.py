"""The settings of `hsal train-saliency`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from hsal.training.commands import Flat
from hsal.training.readout.settings import ReadoutTraining


@dataclass(frozen=True)
class TrainSaliencyCommand:
    """Train the saliency model learned from fixations, on photos with people's fixations.

    Photos to measure on are never used: of OSIE, only those in stimuli_train are read.
    Can be interrupted at any time: the same command resumes.
    Example: hsal train-saliency --data osie_fixations --out gaze_readout.safetensors --folds 5
    """

    data: Path
    """Folder: OSIE, or your own images with a CSV file of fixations."""
    out: Path
    """File to write, .safetensors; beside it, its card, .md."""
    folds: int = 0
    """Cross-validation first: each photo is predicted by a readout that was trained on other photos; 0 skips it."""
    maps: Path | None = None
    """Write the cross-validated maps of all photos to this .npz file, for hsal train-free-viewing; needs --folds."""
    fresh: bool = False
    """Start again, and remove what an interrupted run has left."""
    training: Annotated[ReadoutTraining, Flat] = field(default_factory=ReadoutTraining)
    """How the readout is trained."""

    def run(self) -> int:
        """Train, write the file and its card, and print the figures."""
        from hsal.cli.run.train_saliency import run_train_saliency

        return run_train_saliency(self)
