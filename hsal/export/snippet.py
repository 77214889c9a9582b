"""A few lines of Python that make a walk again: from where its image came, with what was done to it."""

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
from hsal.zoo.samples import recorded
from hsal.zoo.weights import describe

LARGEST_PIXELS = 30_000  # bytes of an image in letters: more is no snippet


class SnippetError(HsalError):
    """A walk that a few lines cannot make again; the message says why."""


@dataclass(frozen=True)
class SceneOrigin:
    """A scene that a seed draws."""

    task: str
    size_px: int
    seed: int
    index: int = 0
    changes: Mapping[str, Any] | None = None
    """Fields of `SceneConfig` that are not the task's own, for the MNIST tasks alone."""


@dataclass(frozen=True)
class FileOrigin:
    """An image in a file that whoever runs the lines has too."""

    name: str


@dataclass(frozen=True)
class PixelOrigin:
    """An image that goes into the lines itself, (H,W) or (H,W,3) uint8, before any part of it was hidden."""

    image: np.ndarray


Origin = SceneOrigin | FileOrigin | PixelOrigin


def snippet(trace: Trace, origin: Origin | None = None, weights_file: str = "") -> str:
    """Lines of Python that make the trace again and print what was named; `trace` and `weights` are theirs to use.

    Args:
        trace: the walk.
        origin: where its image came from; by default told from the trace: a sample, a file, else its pixels.
        weights_file: path of its weights, where they do not come with the project.
    Raises:
        SnippetError: weights that have no file, pixels that are too many, or an image with hidden parts of which
            nothing tells what they hid.
    """
    weights = weights_file or trace.source.weights
    if not weights_file and weights not in shipped_weights():
        raise SnippetError(f"The weights {weights} do not come with the project: name their .safetensors file.")
    imports, lines, last = _picture(trace, origin)
    source = replace(trace.source, image_sha256="")
    call = [f"weights.model, image, Source({_arguments(source)})", *last, *_saliency(trace, weights)]
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
    """The name of the recorded sample whose image the trace is of."""
    sha256 = trace.source.image_sha256
    return next((name for name, walk in recorded().items() if walk.source.image_sha256 == sha256), None)


def _picture(trace: Trace, origin: Origin | None) -> tuple[list[str], list[str], list[str]]:
    """Imports, lines that make `image`, and what `trace_image` is told of truth, boxes and notes."""
    sample = sample_of(trace)
    if origin is None and sample:
        walk, notes = recorded()[sample], [f"notes={trace.notes!r}"] if trace.notes else []
        same = (trace.truth, trace.boxes) == (walk.truth, walk.boxes)  # an upload of the file knows neither
        return (["from hsal.zoo.samples import recorded"], [f"sample = recorded()[{sample!r}]", "image = sample.image"],
                [*(["sample.truth, sample.boxes"] if same else _known(trace)), *notes])
    if isinstance(origin, SceneOrigin):
        return _scene(origin)
    if origin is None and trace.source.kind in ("file", "upload"):
        origin = FileOrigin(trace.source.name)
    if isinstance(origin, FileOrigin):
        imports = ["from pathlib import Path", "from hsal.data.images import read_image",
                   "from hsal.data.preprocess import for_model"]
        lines = [f"image = read_image(Path({origin.name!r}))  # the file, beside you",
                 "ready = for_model(image.pixels, weights.model.config)", "image = ready.image"]
        return imports, lines, [*_known(trace), "notes=(*image.notes, *ready.notes)"]
    return _pixels(trace, origin)


def _scene(origin: SceneOrigin) -> tuple[list[str], list[str], list[str]]:
    told = f"{origin.task!r}, 'test', size_px={origin.size_px}"
    if origin.task in MNIST_TASKS:
        plain = task_scene(origin.task, size_px=origin.size_px)
        changes = {name: value for name, value in (origin.changes or {}).items() if getattr(plain, name) != value}
        told += ", digits='embedded'" + (f", changes={changes!r}" if changes else "")
    lines = [f"scene = open_scenes({told}).render({origin.seed}, {origin.index})", "image = scene.image"]
    return ["from hsal.data.tasks import open_scenes"], lines, ["scene.labels, scene.boxes"]


def _pixels(trace: Trace, origin: PixelOrigin | None) -> tuple[list[str], list[str], list[str]]:
    if origin is None and trace.interventions.hidden:
        raise SnippetError("Parts of the image are hidden, and the walk does not hold what is behind them.")
    image = trace.image if origin is None else origin.image
    letters = base64.b85encode(zlib.compress(image.tobytes(), 9)).decode()
    if len(letters) > LARGEST_PIXELS:
        raise SnippetError("The image is too large to be written into a few lines: keep the walk as JSON instead.")
    lines = [f"pixels = zlib.decompress(base64.b85decode({letters!r}))",
             f"image = np.frombuffer(pixels, np.uint8).reshape({image.shape})"]
    notes = [f"notes={trace.notes!r}"] if trace.notes else []
    return ["import base64", "import zlib", "import numpy as np"], lines, [*_known(trace), *notes]


def _known(trace: Trace) -> list[str]:
    """Truth and boxes in letters, where they are known."""
    truth = [] if trace.truth is None else [f"truth={trace.truth!r}"]
    boxes = ", ".join(f"Box({_arguments(box)})" for box in trace.boxes)
    return [*truth, f"boxes=[{boxes}]"] if boxes else truth


def _saliency(trace: Trace, weights: str) -> list[str]:
    """What the walk started from, where it is neither the weights' own nor among the interventions."""
    if trace.interventions.saliency or trace.source.saliency == describe(weights).config.saliency:
        return []
    return [f"saliency={trace.source.saliency!r}"]


def _arguments(record: Source | Box) -> str:
    return ", ".join(repr(value) for value in vars(record).values())


def _sorted(imports: list[str]) -> list[str]:
    """As a linter would have them: the standard library's, numpy, the project's own."""
    ours = sorted(line for line in imports if "hsal" in line)
    others = sorted(line for line in imports if "hsal" not in line and "numpy" not in line)
    third = [line for line in imports if "numpy" in line]
    return [*others, *([""] if others and third else []), *third, *([""] if others or third else []), *ours]
