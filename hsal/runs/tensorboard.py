"""The metrics of a run as TensorBoard event files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hsal.config import ConfigError
from hsal.training.progress import Progress


def writer_class() -> Any:
    """tensorboardX's writer.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise ConfigError("--tensorboard needs tensorboardX: run pip install tensorboardX, or remove it.") from error
    return SummaryWriter


class TensorBoardWriter:
    """Writes RUN/tensorboard, in addition to metrics.jsonl."""

    def __init__(self, run: Path, done: int) -> None:
        """Args:
            run: the run's folder.
            done: updates done; TensorBoard hides events of later ones, from an earlier trainer.
        """
        self._writer = writer_class()(str(run / "tensorboard"), purge_step=done + 1 if done else None)

    def log(self, progress: Progress) -> None:
        """Write the metrics of one update, under training/ and validation/."""
        for name, value in progress.metrics.items():
            part = "validation" if name.startswith("validation_") else "training"
            self._writer.add_scalar(f"{part}/{name.removeprefix('validation_')}", value, progress.step)

    def close(self) -> None:
        """Write pending events and close the file."""
        self._writer.close()
