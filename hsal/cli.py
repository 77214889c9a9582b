"""See visual attention work: train, measure and trace the hierarchical, saliency-based attention model.

Start with:  hsal scenes --out scenes && hsal trace scenes/*.png --strip strip.png
"""

# The command line is made from the dataclasses below and in hsal/config.py: every field is a
# flag, and the sentence under it the flag's help. Torch is loaded by the commands alone.

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import tyro

from hsal.config import ModelConfig, Placement, Precision, PretrainConfig, SceneConfig, Task, TrainConfig
from hsal.data.digits import SourceName, Split
from hsal.errors import HsalError
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
class Evaluate:
    """Measure weights on test scenes: greedy, one pass.

    Example: hsal evaluate --weights mnist-multiset --json -
    """

    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    task: Task | None = None
    """What is in the scenes: MNIST digits with repeated labels (multiset) or without (set), or house numbers; by
    default what the weights were trained for."""
    scenes: int = 10000
    """Number of scenes; at most all where the task has a limited number."""
    seed: int = 1
    """Seed of the scenes."""
    split: Split = "test"
    """Which digits: choose settings on validation, and keep test for the final report."""
    placement: Placement = "grid"
    """MNIST digits in a grid (the task), anywhere, or both in turn."""
    digits: SourceName = "auto"
    """Where digits come from: all of MNIST, the embedded 5,000, or what can be had."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where there is one, else cpu."""
    inhibition: bool = True
    """Whether what was attended loses its saliency, as in training."""
    saliency: str = ""
    """Saliency model that attention starts from, without retraining; by default the weights' own."""
    digits_min: int | None = None
    """Fewest digits in a scene of MNIST digits, to see what happens beyond training; up to 9."""
    digits_max: int | None = None
    """Most digits in a scene of MNIST digits; up to 9."""
    digit_min_px: int | None = None
    """Smallest side of an MNIST digit. In 100 px there is room for 50 px each with 2 to 4 digits and for 33 px with
    more; only a digit alone, never smaller than 51 px, may be larger."""
    digit_max_px: int | None = None
    """Largest side of an MNIST digit, cut to that room."""
    clutter: int | None = None
    """Number of patches of clutter in a scene of MNIST digits; the task has 8."""
    json: Path | None = None
    """Write the measures as JSON to this file; - is standard output."""
    cases: Path | None = None
    """Write what was there and what was named, a row a scene, as JSON to this file; - is standard output."""

    def run(self) -> int:
        """Measure and print."""
        from hsal.commands.measuring import run_evaluate

        return run_evaluate(self)


@dataclass(frozen=True)
class Cueing:
    """Measure the model's own cueing effect: a spotlight on the target, elsewhere, or over everything.

    The first label of a scene is read under each of the three; see hsal/cueing.py. Example: hsal cueing
    """

    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    scenes: int = 2000
    """Scenes of each number of digits, 1 to 4."""
    seed: int = 1
    """Seed of the scenes."""
    split: Split = "test"
    """Which digits."""
    digits: SourceName = "embedded"
    """Where digits come from: all of MNIST, the embedded 5,000, or what can be had."""
    width_cells: float = 1.5
    """Standard deviation of the spotlight, in cells of the map."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where there is one, else cpu."""
    json: Path | None = None
    """Write the measures as JSON to this file; - is standard output."""

    def run(self) -> int:
        """Measure and print."""
        from hsal.commands.cueing import run_cueing

        return run_cueing(self)


@dataclass(frozen=True)
class Card:
    """Measure weights on test scenes and write their model card, NAME.md beside the weights.

    Example: hsal card --weights mnist-multiset
    """

    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    scenes: int = 10000
    """Number of test scenes."""
    seed: int = 1
    """Seed of the scenes."""
    digits: SourceName = "mnist"
    """Where test digits come from."""

    def run(self) -> int:
        """Measure and write."""
        from hsal.commands.measuring import run_card

        return run_card(self)


@dataclass(frozen=True)
class Trace:
    """Roll attention out over pictures and show every step.

    Any PNG, JPEG, WebP, BMP or GIF will do; it is made grey or kept in colours, as the weights want it. A model
    knows only what it was trained on: handwritten digits, or house numbers.
    Example: hsal trace scene.png --strip strip.png --json -
    """

    images: tyro.conf.Positional[tuple[Path, ...]]
    """One picture or more."""
    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    json: Path | None = None
    """Write one JSON object a line (image, labels, trace, or error) to this file; - is standard output."""
    strip: Path | None = None
    """Draw the strip to this .png or .svg; with several pictures, to FILE-NAME.png for each."""
    saliency: str = ""
    """Saliency model that attention starts from, without retraining; by default the weights' own."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where there is one, else cpu."""

    def run(self) -> int:
        """Trace, print, write."""
        from hsal.commands.picturing import run_trace

        return run_trace(self)


@dataclass(frozen=True)
class Scenes:
    """Render scenes of digits as PNG files, with what is in them in scenes.jsonl.

    Example: hsal scenes --out scenes --count 20 --digits-min 3 --digits-max 3
    """

    out: Path
    """Folder to write to."""
    count: int = 10
    """Number of scenes."""
    seed: int = 0
    """Seed; the same seed gives the same scenes."""
    split: Split = "test"
    """Which digits: train, validation or test; they never share one."""
    digits: SourceName = "embedded"
    """Where digits come from: all of MNIST, the embedded 5,000, or what can be had."""
    scene: Annotated[SceneConfig, Flat] = field(default_factory=SceneConfig)
    """What a scene looks like."""

    def run(self) -> int:
        """Render and write."""
        from hsal.commands.picturing import run_scenes

        return run_scenes(self)


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


COMMANDS = (Pretrain, Train, Evaluate, Cueing, Card, Trace, Scenes, Reproduce, Ship)


def main(arguments: list[str] | None = None) -> int:
    """Parse and run; every expected failure is one sentence on standard error and exit status 2."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        command = tyro.extras.subcommand_cli_from_dict(
            {kind.__name__.lower(): kind for kind in COMMANDS}, prog="hsal", description=__doc__, args=arguments
        )
        if isinstance(command, Pretrain | Train):
            command = _settled(command, (sys.argv[1:] if arguments is None else arguments)[1:])
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
    from hsal.settings import fitted, kept_command

    if command.resume is not None:
        return tyro.cli(type(command), args=flags, default=kept_command(type(command), command.resume))
    if isinstance(command, Train):
        return tyro.cli(Train, args=flags, default=fitted(replace(command, model=ModelConfig())))
    return command


if __name__ == "__main__":
    sys.exit(main())
