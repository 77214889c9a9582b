"""Benchmarks of the core: tracing one image, rendering scenes."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from benchmarks.measurement import Measurement
from hsal.config import task_scene
from hsal.data.digits.mnist import load_digits
from hsal.data.digits.scenes import SceneRenderer
from hsal.paths import DEFAULT_WEIGHTS
from hsal.tracing.recording import to_tensor, trace_image
from hsal.tracing.schema import Source, Trace
from hsal.zoo.checkpoint import load_model


def milliseconds(action: Callable[[], object], times: int = 50) -> float:
    """The median duration of an action in milliseconds, after 5 warm-up calls."""
    durations = []
    for _ in range(times + 5):
        start = time.perf_counter()
        action()
        durations.append((time.perf_counter() - start) * 1e3)
    return statistics.median(durations[5:])


def tracing() -> list[Measurement]:
    """Time one trace of a 100x100 image with a loaded model, and the shares of its parts."""
    model = load_model(DEFAULT_WEIGHTS).model
    scene = SceneRenderer(load_digits("test", "embedded"), task_scene("mnist-multiset")).render(7)
    source = Source("scene", "benchmark", "", DEFAULT_WEIGHTS, "channel_energy", 7)
    whole = milliseconds(lambda: trace_image(model, scene.image, source, scene.labels, scene.boxes))
    with torch.inference_mode():
        perceive = milliseconds(lambda: model.perceive(to_tensor(scene.image[None])))
        view = model.perceive(to_tensor(scene.image[None]))
        steps = len(trace_image(model, scene.image, source).steps)
        recurrent = milliseconds(lambda: list(model.rollout(view, meta_steps=steps)))
    return [
        Measurement(f"One trace of a 100x100 image ({steps} meta-steps), median", whole, "ms", "under 30"),
        Measurement("of this, the recurrent part", 100 * recurrent / whole, "%", ""),
        Measurement("of this, backbone and saliency", 100 * perceive / whole, "%", ""),
    ]


def serializing() -> list[Measurement]:
    """Time the JSON of one trace, and compare with printing each float32 by itself, as earlier versions did."""
    model = load_model(DEFAULT_WEIGHTS).model
    scene = SceneRenderer(load_digits("test", "embedded"), task_scene("mnist-multiset")).render(7)
    source = Source("scene", "benchmark", "", DEFAULT_WEIGHTS, "channel_energy", 7)
    trace = trace_image(model, scene.image, source, scene.labels, scene.boxes)
    text = trace.to_json()
    arrays = [array for step in trace.steps for array in vars(step).values() if isinstance(array, np.ndarray)]
    arrays += [glimpse.probabilities for step in trace.steps for glimpse in step.glimpses]
    write = milliseconds(lambda: replace(trace).to_json())  # a copy: JSON is cached
    printed = milliseconds(lambda: json.dumps([[float(str(x)) for x in array.ravel()] for array in arrays]))
    return [
        Measurement("Writing the JSON of this trace", write, "ms", "under 5"),
        Measurement("Printing each number by itself takes", printed / write, "times as long", "at least 5"),
        Measurement("Reading the JSON of this trace", milliseconds(lambda: Trace.from_json(text)), "ms", "under 10"),
    ]


def rendering(scenes: int = 3000) -> list[Measurement]:
    """Scenes of the MNIST Multiset task per second, on one core."""
    renderer = SceneRenderer(load_digits("train", "embedded"), task_scene("mnist-multiset"))
    renderer.batch(0, 0, 200)
    start = time.perf_counter()
    for first in range(0, scenes, 250):
        renderer.batch(1, first, 250)
    rate = scenes / (time.perf_counter() - start)
    return [Measurement("Rendering scenes, one core", rate, "per second", "at least 3,000")]
