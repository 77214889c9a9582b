"""Commands that make weights: `hsal pretrain`, `train`, `reproduce` and `ship`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from hsal.config import ModelConfig, Placement, Precision, PretrainConfig, Task, TrainConfig
from hsal.data.digits import SourceName
from hsal.reproduce.recipes import Row

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
    digits: SourceName = "auto"
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

    def run(self) -> int:
        """Train, log to the run folder, and write the backbone's weights."""
        from hsal.commands.living import Life

        with Life(self) as life:
            from hsal.commands.training import run_pretrain

            run_pretrain(self, life)
        return life.code


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
    digits: SourceName = "auto"
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

    def run(self) -> int:
        """Train, log to the run folder, and write the weights."""
        from hsal.commands.living import Life

        with Life(self) as life:
            from hsal.commands.training import run_train

            run_train(self, life)
        return life.code


@dataclass(frozen=True)
class Reproduce:
    """Train and measure every row of the paper's table, with several seeds, and write the results down.

    Can be stopped at any time: the same command goes on where it was. Example: hsal reproduce --task mnist-set
    """

    task: Task | None = None
    """One task; all where not given. Tasks whose data is not here are left out."""
    objective: Row | None = None
    """One row of the table: an objective, or count for the CNN with a count head; all where not given."""
    seeds: int = 3
    """Trainings of each row, with seeds 0, 1, 2 ..."""
    ablations: bool = True
    """Also the ablations, on MNIST Multiset with a short schedule and one seed."""
    saliency: bool = True
    """Also attention that starts from each saliency model's map: the shipped weights without retraining, and a training
    as short as an ablation's."""
    quick: bool = False
    """A few updates of everything on the embedded digits, in minutes, to see that all parts run; keeps nothing."""
    scratch: bool = False
    """Train backbones anew, also where shipped weights hold one."""
    scenes: int = 10000
    """Test scenes."""
    digits: SourceName = "mnist"
    """Where MNIST digits come from."""
    runs: Path = Path("runs")
    """Folder of the trainings; a gigabyte of volumes for each MNIST task."""
    results: Path = Path("results")
    """Folder of the figures, one JSON file a training."""
    docs: Path = Path("docs")
    """Folder of results.md and its figures, which are made from the results."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where there is one, else cpu."""

    def run(self) -> int:
        """Make what is missing, then write the report."""
        from hsal.commands.reproducing import run_reproduce

        return run_reproduce(self)


@dataclass(frozen=True)
class Ship:
    """Put the weights of a finished run among those that come with the project, in half precision.

    Example: hsal ship runs/mnist-set-reinforce-0 --name mnist-set
    """

    run_folder: tyro.conf.Positional[Path]
    """The run's folder."""
    name: str
    """Name that the shipped weights will have."""
    series: bool = False
    """Ship the weights that the run kept along its way instead, without their backbone."""
    backbone: str = "mnist-multiset"
    """With --series: the shipped weights that hold the run's backbone."""

    def run(self) -> int:
        """Write the file."""
        from hsal.commands.shipping import run_ship

        return run_ship(self)
