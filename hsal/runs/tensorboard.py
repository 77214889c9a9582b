"""The metrics of a run as TensorBoard's event files, for those who have it."""

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
        raise ConfigError("--tensorboard needs tensorboardX: run pip install tensorboardX, or leave it out.") from error
    return SummaryWriter


class TensorBoardWriter:
    """RUN/tensorboard, written beside metrics.jsonl."""

    def __init__(self, run: Path, done: int) -> None:
        """Begin after update `done`; what an earlier trainer wrote beyond it is not shown any more."""
        self._writer = writer_class()(str(run / "tensorboard"), purge_step=done + 1 if done else None)

    def log(self, progress: Progress) -> None:
        """Write one update's metrics, training's and validation's apart."""
        for name, value in progress.metrics.items():
            part = "validation" if name.startswith("validation_") else "training"
            self._writer.add_scalar(f"{part}/{name.removeprefix('validation_')}", value, progress.step)

    def close(self) -> None:
        """Write what is still in memory."""
        self._writer.close()
