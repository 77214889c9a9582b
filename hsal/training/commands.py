"""The settings of the commands that train a model; a field is a flag, and its docstring the flag's help."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import tyro

from hsal.config import ModelConfig, Placement, Precision, PretrainConfig, Task, TrainConfig
from hsal.data.digits.mnist import DigitSource
from hsal.training.gaze.settings import FREE_VIEWING, FreeViewingConfig

Flat = tyro.conf.arg(name="")  # a nested config's flags are named like the command's own


@dataclass(frozen=True)
class Pretrain:
    """Train a backbone on single objects; the first of two training stages.

    Example: hsal pretrain --out runs/backbone
    """

    out: Path | None = None
    """Run folder; the trained backbone is saved as its weights.safetensors."""
    resume: Path | None = None
    """Resume the run in this folder from its last checkpoint, with the settings it was started with."""
    queue: bool = False
    """Wait for a free slot: at most HSAL_MAX_RUNS (1) queued runs train at once, the oldest first."""
    task: Task = "mnist-multiset"
    """Task whose digits and clutter the scenes have."""
    placement: Placement = "mixed"
    """Placement of MNIST digits: in a grid, free, or both in turn."""
    digits: DigitSource = "auto"
    """Source of the digits: all of MNIST, the embedded 5000, or auto for the larger available."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where available, else cpu."""
    start: str = ""
    """Weights whose backbone to start from: a file or the name of shipped weights; empty trains from scratch."""
    imagenet: bool = False
    """Start a ResNet or EfficientNet-Lite0 from ImageNet weights, if available; the model card names them."""
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
    """Run folder; the trained model is saved as its weights.safetensors."""
    resume: Path | None = None
    """Resume the run in this folder from its last checkpoint, with the settings it was started with."""
    queue: bool = False
    """Wait for a free slot: at most HSAL_MAX_RUNS (1) queued runs train at once, the oldest first."""
    pretrained: str = "auto"
    """Weights whose backbone and input size to use, from `hsal pretrain` or of any trained model: a file, the name of
    shipped weights, or auto for the shipped ones of the task."""
    whole: bool = False
    """Start from all of these weights, to train them further."""
    series: int = 0
    """Save a snapshot of the weights every this many updates, to inspect learning later; 0 saves none."""
    volumes: Path | None = None
    """Folder in which to store the training scenes' volumes for other runs on the same backbone."""
    task: Task = "mnist-multiset"
    """Contents of the scenes: MNIST digits with repeated labels (multiset) or without (set), or house numbers."""
    placement: Placement = "mixed"
    """Placement of MNIST digits: in a grid, free, or both in turn."""
    digits: DigitSource = "auto"
    """Source of the digits: all of MNIST, the embedded 5000, or auto for the larger available."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where available, else cpu."""
    precision: Precision = "32-true"
    """Precision of updates: single, or mixed with bfloat16."""
    processes: int = 1
    """Processes that share every batch, one per GPU where there are several; torchrun may start them instead."""
    tensorboard: bool = False
    """Also write the metrics as TensorBoard event files, to the run's folder tensorboard."""
    model: Annotated[ModelConfig, Flat] = field(default_factory=ModelConfig)
    """The model."""
    config: Annotated[TrainConfig, Flat] = field(default_factory=TrainConfig)
    """The training."""


@dataclass(frozen=True)
class TrainFreeViewing:
    """Train meta-controller and controller to look at photos as people do, on the scanpaths of a fixation dataset.

    Example: hsal train-free-viewing --data osie_fixations --maps maps.npz --out runs/photos
    """

    out: Path | None = None
    """Run folder; the trained model is saved as its weights.safetensors."""
    resume: Path | None = None
    """Resume the run in this folder from its last checkpoint, with the settings it was started with."""
    queue: bool = False
    """Wait for a free slot: at most HSAL_MAX_RUNS (1) queued runs train at once, the oldest first."""
    data: Path = Path()
    """Folder of photos with fixations; of OSIE the photos to train on are used, never those to measure on."""
    maps: Path | None = None
    """Saliency maps of these photos, from hsal train-saliency --maps; by default those of the model's own saliency
    model, which must not have been trained on these photos."""
    task: Literal["photos"] = "photos"
    """The task."""
    model: Annotated[ModelConfig, Flat] = FREE_VIEWING
    """The model."""
    config: Annotated[FreeViewingConfig, Flat] = field(default_factory=FreeViewingConfig)
    """The training."""


RunCommand = Pretrain | Train | TrainFreeViewing
