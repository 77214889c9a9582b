"""The command line `hsal`, made from dataclasses: every field is a flag, its sentence the help."""

from __future__ import annotations


import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import tyro

from hsal.config import ConfigError, ModelConfig, Placement, PretrainConfig, TrainConfig, task_scene
from hsal.data.digits import DataError, SourceName

Task = Literal["mnist-multiset", "mnist-set"]
Flat = tyro.conf.arg(name="")  # a nested config's flags stand beside the command's own


@dataclass(frozen=True)
class Pretrain:
    """Train a backbone on scenes of one digit; the first half of making weights.

    Example: hsal pretrain --out runs/backbone
    """

    out: Path
    """Run folder; the backbone ends up in its weights.safetensors."""
    task: Task = "mnist-multiset"
    """The task whose digits and clutter the scenes have."""
    placement: Placement = "mixed"
    """Digits in a grid, anywhere, or both in turn."""
    digits: SourceName = "auto"
    """Where digits come from: all of MNIST, the embedded 5,000, or what can be had."""
    resume: bool = False
    """Go on with the run in --out after its last checkpoint."""
    model: Annotated[ModelConfig, Flat] = field(default_factory=ModelConfig)
    """The model."""
    config: Annotated[PretrainConfig, Flat] = field(default_factory=PretrainConfig)
    """The training."""

    def run(self) -> None:
        """Train, log to the run folder, and write the backbone's weights."""
        from hsal.commands import run_pretrain

        run_pretrain(self)


@dataclass(frozen=True)
class Train:
    """Train meta-controller and controller on a pretrained backbone.

    Example: hsal train --pretrained runs/backbone/weights.safetensors --out runs/multiset
    """

    out: Path
    """Run folder; the model ends up in its weights.safetensors."""
    pretrained: Path
    """Weights whose backbone to take: of `hsal pretrain`, or of any trained model."""
    task: Task = "mnist-multiset"
    """What is in the scenes: with repeated labels (multiset) or without (set)."""
    placement: Placement = "mixed"
    """Digits in a grid, anywhere, or both in turn."""
    digits: SourceName = "auto"
    """Where digits come from: all of MNIST, the embedded 5,000, or what can be had."""
    resume: bool = False
    """Go on with the run in --out after its last checkpoint."""
    model: Annotated[ModelConfig, Flat] = field(default_factory=ModelConfig)
    """The model."""
    config: Annotated[TrainConfig, Flat] = field(default_factory=TrainConfig)
    """The training."""

    def run(self) -> None:
        """Train, log to the run folder, and write the weights."""
        from hsal.commands import run_train

        run_train(self)


Command = Annotated[Pretrain, tyro.conf.subcommand("pretrain")] | Annotated[Train, tyro.conf.subcommand("train")]


def main() -> None:
    """Entry point: parse, run, and turn every expected error into one sentence and exit status 2."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    command = tyro.cli(Command, prog="hsal", description=__doc__)
    command.run()
