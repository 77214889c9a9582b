"""See visual attention work: train, measure and trace the hierarchical, saliency-based attention model.

Start with:  hsal scenes --out scenes && hsal trace scenes/*.png --strip strip.png
"""

# The command line is made from the dataclasses in hsal/cli/, hsal/training/commands.py and hsal/config.py: every
# field is a flag, and the sentence under it the flag's help. Torch is loaded by the commands alone.

from __future__ import annotations

import logging
import os
import re
import sys
from dataclasses import replace

import tyro

from hsal.cli.benchmark_saliency import BenchmarkSaliency
from hsal.cli.card import Card
from hsal.cli.cueing import Cueing
from hsal.cli.evaluate import Evaluate
from hsal.cli.reproduce import Reproduce
from hsal.cli.scenes import Scenes
from hsal.cli.ship import Ship
from hsal.cli.trace import Trace
from hsal.config import ModelConfig
from hsal.errors import HsalError
from hsal.runs.execute import execute
from hsal.training.commands import Pretrain, Train

COMMANDS = (Pretrain, Train, Evaluate, Cueing, Card, Trace, Scenes, BenchmarkSaliency, Reproduce, Ship)


def command_name(kind: type) -> str:
    """What is typed after hsal: BenchmarkSaliency is benchmark-saliency."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__).lower()


def main(arguments: list[str] | None = None) -> int:
    """Parse and run; every expected failure is one sentence on standard error and exit status 2."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        command = tyro.extras.subcommand_cli_from_dict(
            {command_name(kind): kind for kind in COMMANDS}, prog="hsal", description=__doc__, args=arguments
        )
        if isinstance(command, Pretrain | Train):
            command = _settled(command, (sys.argv[1:] if arguments is None else arguments)[1:])
        if isinstance(command, Pretrain | Train):
            return execute(command)
        return command.run()
    except HsalError as error:
        print(f"hsal: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("hsal: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        print(f"hsal: {error.filename or 'A file'} could not be used: {error.strerror or error}.", file=sys.stderr)
    return 2


def _settled(command: Pretrain | Train, flags: list[str]) -> Pretrain | Train:
    """The command with what a resumed run, or the weights to start from, say where no flag does."""
    from hsal.runs.config import read_command, resolve_weights

    if command.resume is not None:
        return tyro.cli(type(command), args=flags, default=read_command(type(command), command.resume))
    if isinstance(command, Train):
        return tyro.cli(Train, args=flags, default=resolve_weights(replace(command, model=ModelConfig())))
    return command


if __name__ == "__main__":
    sys.exit(main())
