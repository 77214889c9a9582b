"""Commands on pictures: `hsal trace` and `scenes`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from hsal.cli_training import Flat
from hsal.config import SceneConfig
from hsal.data.digits import SourceName, Split


@dataclass(frozen=True)
class Trace:
    """Roll attention out over pictures and show every step.

    Any PNG, JPEG, WebP, BMP or GIF will do; it is made grey or kept in colours, as the weights want it. A model
    knows only what it was trained on: handwritten digits, or house numbers.
    Example: hsal trace scene.png --strip strip.png --json -
    Of many: hsal trace scenes --out scenes.parquet
    """

    images: tyro.conf.Positional[tuple[Path, ...]]
    """One picture or more, or folders of them."""
    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    json: Path | None = None
    """Write one JSON object a line (image, labels, trace, or error) to this file; - is standard output."""
    strip: Path | None = None
    """Draw the strip to this .png, .svg or .pdf; with several pictures, to FILE-NAME.png for each."""
    film: Path | None = None
    """Draw the walk, moment by moment, to this .gif or .webp; with several pictures, to FILE-NAME.gif for each."""
    html: Path | None = None
    """Put the walk into one .html file that plays it offline; with several pictures, into FILE-NAME.html for each."""
    out: Path | None = None
    """Write a table, one row a picture with what was named, to this .parquet or .csv; stopped at any time, the same
    command goes on where it was."""
    saliency: str = ""
    """Saliency model that attention starts from, without retraining; by default the weights' own."""
    intervene: Path | None = None
    """What is done in place of the model: a JSON file of what a trace holds as "interventions"; - is standard input."""
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
