"""Train, evaluate and trace the hierarchical, saliency-based attention model, and open its app.

Start with:  hsal scenes --out scenes && hsal trace scenes/*.png --strip strip.png
"""

# The command line is generated from the dataclasses in hsal/cli/, hsal/training/commands.py and hsal/config.py: every
# field is a flag, and the sentence under it is the flag's help. Only running a command loads torch.

from __future__ import annotations

import logging
import os
import sys
from dataclasses import replace
from typing import Any

import tyro

from hsal.cli.app import AppCommand
from hsal.cli.benchmark_saliency import BenchmarkSaliencyCommand
from hsal.cli.benchmark_scanpaths import BenchmarkScanpathsCommand
from hsal.cli.card import CardCommand
from hsal.cli.cueing import CueingCommand
from hsal.cli.evaluate import EvaluateCommand
from hsal.cli.reproduce import ReproduceCommand
from hsal.cli.scenes import ScenesCommand
from hsal.cli.ship import ShipCommand
from hsal.cli.trace import TraceCommand
from hsal.cli.train_saliency import TrainSaliencyCommand
from hsal.config import ModelConfig
from hsal.errors import HsalError
from hsal.runs.config import command_name
from hsal.runs.execute import execute
from hsal.training.commands import Pretrain, RunCommand, Train, TrainFreeViewing

COMMANDS = (
    AppCommand, TraceCommand, ScenesCommand, EvaluateCommand, Train, Pretrain, TrainFreeViewing, CueingCommand,
    TrainSaliencyCommand, BenchmarkSaliencyCommand, BenchmarkScanpathsCommand, ReproduceCommand, CardCommand,
    ShipCommand,
)


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments and run the command.

    Returns:
        The exit status. Every expected failure is one sentence on standard error, with status 2.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        command: Any = tyro.extras.subcommand_cli_from_dict(
            {command_name(kind): kind for kind in COMMANDS}, prog="hsal", description=__doc__, args=arguments
        )
        if isinstance(command, RunCommand):
            flags = (sys.argv[1:] if arguments is None else arguments)[1:]
            return execute(_with_run_defaults(command, flags))
        return command.run()
    except HsalError as error:
        print(f"hsal: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("hsal: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the program that reads the output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        print(f"hsal: {error.filename or 'A file'} could not be used: {error.strerror or error}.", file=sys.stderr)
    return 2


def _with_run_defaults(command: RunCommand, flags: list[str]) -> RunCommand:
    """The command with defaults from the run to resume or the weights to start from; flags override them."""
    from hsal.runs.config import read_command, resolve_weights

    if isinstance(command, Train):
        default = read_command(Train, command.resume) if command.resume else resolve_weights(
            replace(command, model=ModelConfig())
        )
        return tyro.cli(Train, args=flags, default=default)
    if command.resume:
        return tyro.cli(type(command), args=flags, default=read_command(type(command), command.resume))
    return command


if __name__ == "__main__":
    sys.exit(main())
