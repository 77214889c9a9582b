"""The settings of `hsal trace`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tyro


@dataclass(frozen=True)
class TraceCommand:
    """Run the model over images and record every step of attention.

    Takes PNG, JPEG, WebP, BMP and GIF files, and converts them to what the weights need. A photo goes to the model of
    free viewing, and digits to the model of digits, unless weights are given.
    Example: hsal trace photo.jpg --strip strip.png --json -
    A folder: hsal trace scenes --out scenes.parquet
    """

    images: tyro.conf.Positional[tuple[Path, ...]]
    """Images, or folders of images."""
    weights: str = "auto"
    """Name of shipped weights, a .safetensors file, or auto: those that suit each image. With interventions, which fit
    one model, auto chooses those that suit the first image."""
    json: Path | None = None
    """Write one JSON object per line (image, labels, trace, or error) to this file; - is standard output."""
    strip: Path | None = None
    """Draw the trace as a strip to this .png, .svg or .pdf; with several images, to FILE-NAME.png for each."""
    film: Path | None = None
    """Animate the trace, moment by moment, in this .gif or .webp; with several images, in FILE-NAME.gif for each."""
    html: Path | None = None
    """Write an offline player of the trace to this .html; with several images, to FILE-NAME.html for each."""
    out: Path | None = None
    """Write a table with the predicted labels, one row per image, to this .parquet or .csv. Can be interrupted at any
    time: the same command resumes."""
    saliency: str = ""
    """Saliency model to use in place of the one that the weights were trained with."""
    intervene: Path | None = None
    """Interventions in the model's run: a JSON file as a trace holds it under "interventions"; - is standard input."""
    meta_steps: int | None = None
    """Maximum number of meta-steps; the default is the weights' own, for photos as many glimpses as people make in
    three seconds."""
    device: str = "auto"
    """Torch device, such as cpu, cuda or mps; auto is cuda if available, else cpu."""

    def run(self) -> int:
        """Trace, print and write."""
        from hsal.cli.run.trace import run_trace

        return run_trace(self)
