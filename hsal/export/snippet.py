"""A few lines of Python that compute a trace again, from its image's source and with its interventions."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hsal.config import MNIST_TASKS, task_scene
from hsal.data.base import Box
from hsal.errors import HsalError
from hsal.paths import shipped_weights
from hsal.tracing.schema import Source, Trace
from hsal.zoo.samples import recorded, sample_photos
from hsal.zoo.weights import describe

MAX_LETTERS = 30_000  # of an encoded image


class SnippetError(HsalError):
    """A trace that cannot be computed again in a few lines; the message says why."""


@dataclass(frozen=True)
class SceneOrigin:
    """A scene rendered from a seed."""

    task: str
    size_px: int
    seed: int
    index: int = 0
    changes: Mapping[str, Any] | None = None
    """Fields of `SceneConfig` that differ from the task's, only for the MNIST tasks."""


@dataclass(frozen=True)
class FileOrigin:
    """An image file, which must be present where the lines run."""

    name: str


@dataclass(frozen=True)
class PixelOrigin:
    """An image written into the lines: (H,W) or (H,W,3) uint8, before any part of it was hidden."""

    image: np.ndarray


Origin = SceneOrigin | FileOrigin | PixelOrigin


def snippet(trace: Trace, origin: Origin | None = None, weights_file: str = "") -> str:
    """Lines of Python that compute a trace again and print its labels; they define `trace` and `weights`.

    Args:
        trace: the trace.
        origin: where its image came from; by default found from the trace: a sample, a file, or else its pixels.
        weights_file: path of the weights, where they do not come with the project.
    Raises:
        SnippetError: weights without a file, an image that is too large, or hidden parts of an image that is not
            available otherwise.
    """
    weights = weights_file or trace.source.weights
    if not weights_file and weights not in shipped_weights():
        raise SnippetError(f"The weights {weights} do not come with the project: name their .safetensors file.")
    imports, lines, last = _image_lines(trace, origin)
    source = replace(trace.source, image_sha256="")
    call = [f"weights.model, image, Source({_arguments(source)})", *last, *_saliency(trace, weights)]
    call += [f"meta_steps={len(trace.steps)}"] if trace.viewing == "free" else []
    call += [f"withheld={trace.withheld!r}"] if trace.withheld else []
    if trace.interventions:
        imports.append("from hsal.tracing.interventions.codec import read_interventions")
        lines.append(f"interventions = read_interventions({trace.interventions.to_dict()!r})")
        call.append("interventions=interventions")
    imports += ["from hsal.zoo.checkpoint import load_model", "from hsal.tracing.schema import Source",
                "from hsal.tracing.recording import trace_image"]
    if any("Box(" in part for part in last):
        imports.append("from hsal.tracing.schema import Box")
    wrapped = "".join(f"    {part},\n" for part in call)
    return "\n".join([
        *_sorted(imports), "", f"weights = load_model({weights!r})", *lines, f"trace = trace_image(\n{wrapped})",
        'print([trace.class_names[label] for label in trace.labels], f"attn_saliency {trace.attn_saliency:.2f}")', "",
    ])


def sample_of(trace: Trace) -> str | None:
    """The name of the recorded sample that has the trace's image."""
    sha256 = trace.source.image_sha256
    return next((name for name, sample in recorded().items() if sample.source.image_sha256 == sha256), None)


def _image_lines(trace: Trace, origin: Origin | None) -> tuple[list[str], list[str], list[str]]:
    """Imports, lines that make `image`, and the arguments of `trace_image` for truth, boxes and notes."""
    name = sample_of(trace)
    if origin is None and name:
        sample, notes = recorded()[name], [f"notes={trace.notes!r}"] if trace.notes else []
        same = (trace.truth, trace.boxes) == (sample.truth, sample.boxes)  # an uploaded sample has neither
        return (["from hsal.zoo.samples import recorded"], [f"sample = recorded()[{name!r}]", "image = sample.image"],
                [*(["sample.truth, sample.boxes"] if same else _known(trace)), *notes])
    if isinstance(origin, SceneOrigin):
        return _scene(origin)
    if origin is None and trace.source.kind == "sample" and trace.source.name in sample_photos():
        lines = [f"photo = photo_pixels({trace.source.name!r})", "image = for_model(photo, weights.model.config).image"]
        return (["from hsal.data.preprocess import for_model", "from hsal.zoo.samples import photo_pixels"], lines,
                [f"notes={trace.notes!r}"] if trace.notes else [])
    if origin is None and trace.source.kind in ("file", "upload"):
        origin = FileOrigin(trace.source.name)
    if isinstance(origin, FileOrigin):
        imports = ["from pathlib import Path", "from hsal.data.images import read_image",
                   "from hsal.data.preprocess import for_model"]
        lines = [f"file = read_image(Path({origin.name!r}))  # in the current folder",
                 "ready = for_model(file.pixels, weights.model.config)", "image = ready.image"]
        whole = trace.viewing == "free" or trace.withheld  # notes may say why these weights look at the photo
        same_notes = f"notes={trace.notes!r}" if whole else "notes=(*file.notes, *ready.notes)"
        return imports, lines, [*_known(trace), same_notes]
    return _pixels(trace, origin)


def _scene(origin: SceneOrigin) -> tuple[list[str], list[str], list[str]]:
    arguments = f"{origin.task!r}, 'test', size_px={origin.size_px}"
    if origin.task in MNIST_TASKS:
        plain = task_scene(origin.task, size_px=origin.size_px)
        changes = {name: value for name, value in (origin.changes or {}).items() if getattr(plain, name) != value}
        arguments += ", digits='embedded'" + (f", changes={changes!r}" if changes else "")
    lines = [f"scene = open_scenes({arguments}).render({origin.seed}, {origin.index})", "image = scene.image"]
    return ["from hsal.data.tasks import open_scenes"], lines, ["scene.labels, scene.boxes"]


def _pixels(trace: Trace, origin: PixelOrigin | None) -> tuple[list[str], list[str], list[str]]:
    if origin is None and trace.interventions.hidden:
        raise SnippetError("Parts of the image are hidden, and the trace does not hold what is behind them.")
    image = trace.image if origin is None else origin.image
    letters = base64.b85encode(zlib.compress(image.tobytes(), 9)).decode()
    if len(letters) > MAX_LETTERS:
        raise SnippetError("The image is too large to be written into a few lines: download the trace as JSON instead.")
    lines = [f"pixels = zlib.decompress(base64.b85decode({letters!r}))",
             f"image = np.frombuffer(pixels, np.uint8).reshape({image.shape})"]
    notes = [f"notes={trace.notes!r}"] if trace.notes else []
    return ["import base64", "import zlib", "import numpy as np"], lines, [*_known(trace), *notes]


def _known(trace: Trace) -> list[str]:
    """The arguments for truth and boxes, where they are known."""
    truth = [] if trace.truth is None else [f"truth={trace.truth!r}"]
    boxes = ", ".join(f"Box({_arguments(box)})" for box in trace.boxes)
    return [*truth, f"boxes=[{boxes}]"] if boxes else truth


def _saliency(trace: Trace, weights: str) -> list[str]:
    """The argument for the saliency model, where it is neither the weights' own nor among the interventions."""
    if trace.interventions.saliency or trace.source.saliency == describe(weights).config.saliency:
        return []
    return [f"saliency={trace.source.saliency!r}"]


def _arguments(record: Source | Box) -> str:
    return ", ".join(repr(value) for value in vars(record).values())


def _sorted(imports: list[str]) -> list[str]:
    """Imports in a linter's order: the standard library, numpy, the project."""
    ours = sorted(line for line in imports if "hsal" in line)
    others = sorted(line for line in imports if "hsal" not in line and "numpy" not in line)
    third = [line for line in imports if "numpy" in line]
    return [*others, *([""] if others and third else []), *third, *([""] if others or third else []), *ours]
