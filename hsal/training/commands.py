"""What a training run is asked for: the settings of `hsal pretrain` and `hsal train`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from hsal.config import ModelConfig, Placement, Precision, PretrainConfig, Task, TrainConfig
from hsal.data.digits.mnist import DigitSource

Flat = tyro.conf.arg(name="")  # a nested config's flags stand beside the command's own


@dataclass(frozen=True)
class Pretrain:
    """Train a backbone on scenes of one digit; the first half of making weights.

    Example: hsal pretrain --out runs/backbone
    """

    out: Path | None = None
    """Run folder; the backbone ends up in its weights.safetensors."""
    resume: Path | None = None
    """Go on with the run in this folder after its last checkpoint, with the settings it was started with."""
    queue: bool = False
    """Wait for a turn: at most HSAL_MAX_RUNS (1) such trainings run at once, the oldest first."""
    task: Task = "mnist-multiset"
    """The task whose digits and clutter the scenes have."""
    placement: Placement = "mixed"
    """MNIST digits in a grid, anywhere, or both in turn."""
    digits: DigitSource = "auto"
    """Where digits come from: all of MNIST, the embedded 5,000, or what can be had."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where there is one, else cpu."""
    start: str = ""
    """Weights whose backbone to start from: a file or a shipped name; none is from scratch."""
    imagenet: bool = False
    """Start a ResNet or EfficientNet-Lite0 from ImageNet weights, where they can be had; the card says which."""
    model: Annotated[ModelConfig, Flat] = field(default_factory=ModelConfig)
    """The model."""
    config: Annotated[PretrainConfig, Flat] = field(default_factory=PretrainConfig)
    """The training."""



@dataclass(frozen=True)
class Train:
    """Train meta-controller and controller on a pretrained backbone.

    Example: hsal train --task mnist-multiset --objective reinforce --steps 1000 --out runs/multiset
    """

    out: Path | None = None
    """Run folder; the model ends up in its weights.safetensors."""
    resume: Path | None = None
    """Go on with the run in this folder after its last checkpoint, with the settings it was started with."""
    queue: bool = False
    """Wait for a turn: at most HSAL_MAX_RUNS (1) such trainings run at once, the oldest first."""
    pretrained: str = "auto"
    """Weights whose backbone to take, with the size of what it sees: of `hsal pretrain`, or of any trained model;
    a file or a shipped name; auto is a shipped one for the task."""
    whole: bool = False
    """Take all of these weights, to train them further."""
    series: int = 0
    """Keep the weights of every so-many-th update beside the last, to watch learning later; 0 keeps none."""
    volumes: Path | None = None
    """Folder to keep the training scenes' volumes in, for other runs on the same backbone."""
    task: Task = "mnist-multiset"
    """What is in the scenes: MNIST digits with repeated labels (multiset) or without (set), or house numbers."""
    placement: Placement = "mixed"
    """MNIST digits in a grid, anywhere, or both in turn."""
    digits: DigitSource = "auto"
    """Where digits come from: all of MNIST, the embedded 5,000, or what can be had."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where there is one, else cpu."""
    precision: Precision = "32-true"
    """Numbers that updates are reckoned in: single precision, or bfloat16 where that is exact enough."""
    processes: int = 1
    """Processes that share every batch, one a GPU where there are several; torchrun may start them instead."""
    tensorboard: bool = False
    """Write the metrics as TensorBoard's event files too, to the folder tensorboard of the run."""
    model: Annotated[ModelConfig, Flat] = field(default_factory=ModelConfig)
    """The model."""
    config: Annotated[TrainConfig, Flat] = field(default_factory=TrainConfig)
    """The training."""

