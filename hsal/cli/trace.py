"""The settings of `hsal trace`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tyro


@dataclass(frozen=True)
class Trace:
    """Roll attention out over images and show every step.

    Any PNG, JPEG, WebP, BMP or GIF will do; it is made gray or kept in colors, as the weights want it. A model
    knows only what it was trained on: handwritten digits, or house numbers.
    Example: hsal trace scene.png --strip strip.png --json -
    Of many: hsal trace scenes --out scenes.parquet
    """

    images: tyro.conf.Positional[tuple[Path, ...]]
    """One image or more, or folders of them."""
    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    json: Path | None = None
    """Write one JSON object a line (image, labels, trace, or error) to this file; - is standard output."""
    strip: Path | None = None
    """Draw the strip to this .png, .svg or .pdf; with several images, to FILE-NAME.png for each."""
    film: Path | None = None
    """Draw the walk, moment by moment, to this .gif or .webp; with several images, to FILE-NAME.gif for each."""
    html: Path | None = None
    """Put the walk into one .html file that plays it offline; with several images, into FILE-NAME.html for each."""
    out: Path | None = None
    """Write a table, one row an image with what was named, to this .parquet or .csv; stopped at any time, the same
    command goes on where it was."""
    saliency: str = ""
    """Saliency model that attention starts from, without retraining; by default the weights' own."""
    intervene: Path | None = None
    """What is done in place of the model: a JSON file of what a trace holds as "interventions"; - is standard input."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda where there is one, else cpu."""

    def run(self) -> int:
        """Trace, print, write."""
        from hsal.cli.run.trace import run_trace

        return run_trace(self)
