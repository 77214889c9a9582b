"""What a training leaves in its run folder, update by update."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path

import torch
from torch import nn

from hsal.runs.lifecycle import Lifecycle, StopRequested
from hsal.runs.tensorboard import TensorBoardWriter
from hsal.runs.writer import RunFolder, start_timer
from hsal.training.progress import Progress
from hsal.zoo.checkpoint import save_model


class RunLog(AbstractContextManager["RunLog"]):
    """Logs updates, keeps state and weights, and says how far the training is.

    Of several processes only the first writes; the others merely end with it.
    """

    def __init__(
        self, life: Lifecycle, module: nn.Module, make_optimizer: Callable[[], torch.optim.Optimizer], series: int = 0,
        tensorboard: bool = False,
    ) -> None:
        """Begin, or go on after the last checkpoint, which is brought back.

        Args:
            make_optimizer: not called before it is needed, since torch's take seconds to be made.
            series: keep the weights of every so-many-th update; 0 keeps none.
            tensorboard: write event files too.
        """
        self.life, self.module, self._make_optimizer, self.series = life, module, make_optimizer, series
        self.run = RunFolder(life.folder)
        self.done, seconds = self.run.restore(module, lambda: self.optimizer, life.leads)
        self.clock = start_timer(seconds)
        self._board = TensorBoardWriter(life.folder, self.done) if tensorboard and life.leads else None

    @cached_property
    def optimizer(self) -> torch.optim.Optimizer:
        """The optimizer of this training."""
        return self._make_optimizer()

    @property
    def weights(self) -> Path:
        """Where the finished weights go."""
        return self.run.weights

    def log(self, progress: Progress) -> None:
        """Write down an update (or, as update 0, how the untrained model does), and its weights where they are due."""
        if not self.life.leads:
            return
        self.run.log(progress, self.clock())
        if self._board is not None:
            self._board.log(progress)
        if progress.checked and self.series and progress.step % self.series == 0:
            save_model(self.run.snapshot(progress.step), self.module, {"step": progress.step})
        if progress.step:
            self.life.say("running", step=progress.step)

    def keep(self, progress: Progress, asked: bool) -> None:
        """Keep the state where it is due, and where the end is wished; then end.

        Raises:
            StopRequested: the end is wished, and there was more to come.
        """
        ends = asked and progress.step < progress.steps
        if self.life.leads and (progress.checked or ends):
            self.run.keep(self.module, self.optimizer, progress.step, self.clock())
        if ends:
            raise StopRequested

    def __exit__(self, *_: object) -> None:
        if self._board is not None:
            self._board.close()
