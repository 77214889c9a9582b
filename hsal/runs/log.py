"""What a training run writes to its folder, update by update."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path

import torch
from torch import nn

from hsal.model.hsal import HSAL
from hsal.runs.lifecycle import Lifecycle, StopRequested
from hsal.runs.tensorboard import TensorBoardWriter
from hsal.runs.writer import RunFolder, start_timer
from hsal.training.progress import Progress
from hsal.zoo.checkpoint import save_model


class RunLog(AbstractContextManager["RunLog"]):
    """Writes metrics, checkpoints and snapshots, and reports the progress.

    Of several processes only the main one writes; the others stop together with it.
    """

    def __init__(
        self, lifecycle: Lifecycle, module: nn.Module, make_optimizer: Callable[[], torch.optim.Optimizer],
        series: int = 0, tensorboard: bool = False,
    ) -> None:
        """Start, or restore the last checkpoint.

        Args:
            lifecycle: of the run.
            module: what is trained; an `HSAL` where snapshots are saved.
            make_optimizer: called when it is needed, because creating an optimizer takes seconds.
            series: save a snapshot of the weights every this many updates; 0 saves none.
            tensorboard: write event files too.
        Raises:
            CheckpointError: the checkpoint is damaged or belongs to another model.
        """
        self.lifecycle, self.module, self.series = lifecycle, module, series
        self._make_optimizer = make_optimizer
        self.run = RunFolder(lifecycle.folder)
        self.done, seconds = self.run.restore_state(module, lambda: self.optimizer, lifecycle.is_main)
        self.timer = start_timer(seconds)
        with_events = tensorboard and lifecycle.is_main
        self._tensorboard = TensorBoardWriter(lifecycle.folder, self.done) if with_events else None

    @cached_property
    def optimizer(self) -> torch.optim.Optimizer:
        """The optimizer of this run."""
        return self._make_optimizer()

    @property
    def weights(self) -> Path:
        """The file for the finished weights."""
        return self.run.weights

    def log(self, progress: Progress) -> None:
        """Write the metrics of an update (0 for the untrained model), and a snapshot if it is due."""
        if not self.lifecycle.is_main:
            return
        self.run.log(progress, self.timer())
        if self._tensorboard is not None:
            self._tensorboard.log(progress)
        if progress.validated and self.series and progress.step % self.series == 0 and isinstance(self.module, HSAL):
            save_model(self.run.snapshot_path(progress.step), self.module, {"step": progress.step})
        if progress.step:
            self.lifecycle.report("running", step=progress.step)

    def checkpoint(self, progress: Progress, stop: bool) -> None:
        """Save the state if it is due, or if the run is to stop; then stop.

        Raises:
            StopRequested: `stop` is true and updates are left.
        """
        stops = stop and progress.step < progress.steps
        if self.lifecycle.is_main and (progress.validated or stops):
            self.run.save_state(self.module, self.optimizer, progress.step, self.timer())
        if stops:
            raise StopRequested

    def __exit__(self, *_: object) -> None:
        if self._tensorboard is not None:
            self._tensorboard.close()
