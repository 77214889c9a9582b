"""Carry out a training run, from the settings to the weights."""

from __future__ import annotations

from hsal.runs.lifecycle import Lifecycle
from hsal.training.commands import Pretrain, RunCommand, Train


def execute(command: RunCommand) -> int:
    """Train, log to the run folder, and write the weights; returns the exit status.

    Torch is imported only after the run folder reports that the trainer has started.
    """
    with Lifecycle(command) as lifecycle:
        from hsal.runs.trainer import run_free_viewing, run_pretrain, run_train

        if isinstance(command, Pretrain):
            run_pretrain(command, lifecycle)
        elif isinstance(command, Train):
            run_train(command, lifecycle)
        else:
            run_free_viewing(command, lifecycle)
    return lifecycle.exit_code
