"""Recorded traces of the shipped weights: 50 scenes have the recorded labels, cells and maps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from hsal.data.base import Scene
from hsal.data.tasks import open_scenes
from hsal.device import machine
from hsal.tracing.interventions.codec import read_interventions
from hsal.tracing.recording import trace_image
from hsal.tracing.schema import Source, Trace
from hsal.zoo.checkpoint import load_model

RECORDS = json.loads((Path(__file__).parents[1] / "fixtures" / "landed" / "traces.json").read_text())
MAPS = (
    "saliency", "gaussians", "mask", "priority", "broad_weights", "class_probabilities", "next_saliency",
)  # in the order in which the hash covers them

scenes = cache(open_scenes)
weights = cache(load_model)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Sums of floats depend on the number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def scene_of(record: dict[str, Any]) -> Scene:
    task = {"mnist-multiset-cross-entropy": "mnist-multiset"}.get(record["weights"], record["weights"])
    size_px = weights(record["weights"]).model.config.size_px
    return scenes(task, "test", digits="embedded", size_px=size_px).render(record["seed"])


def trace_again(record: dict[str, Any]) -> Trace:
    scene = scene_of(record)
    source = Source("scene", f"seed {record['seed']}", "", record["weights"], "channel_energy", record["seed"])
    return trace_image(
        weights(record["weights"]).model, scene.image, source, scene.labels, scene.boxes,
        saliency=record["saliency"], interventions=read_interventions(record["interventions"]),
    )


def hash_of(trace: Trace) -> str:
    """SHA-256 over the image and all arrays and rewards, in order."""
    whole = hashlib.sha256(trace.image.tobytes())
    for step in trace.steps:
        rewards = [step.value, *(glimpse.value for glimpse in step.glimpses), *(g.reward for g in step.glimpses)]
        arrays = [*(getattr(step, name) for name in MAPS), *(glimpse.probabilities for glimpse in step.glimpses)]
        for array in (*arrays, np.array(rewards, np.float64)):
            whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()


def with_plural(phrase: str) -> str:
    """The phrase that describes a machine, as it was recorded: also a single thread was in the plural."""
    return phrase.replace(" 1 thread,", " 1 threads,")


@pytest.mark.parametrize(
    "record", RECORDS["traces"], ids=[f"{record['weights']}-{record['seed']}" for record in RECORDS["traces"]]
)
def test_a_recorded_scene_gives_the_recorded_trace(record: dict[str, Any]) -> None:
    trace = trace_again(record)
    assert trace.source.image_sha256 == record["image_sha256"]
    assert [step.label for step in trace.steps] == record["labels"]
    assert [[list(glimpse.cell) for glimpse in step.glimpses] for step in trace.steps] == record["cells"]
    for step, probabilities, gaussians in zip(
        trace.steps, record["class_probabilities"], record["gaussians"], strict=True
    ):
        np.testing.assert_allclose(step.class_probabilities, probabilities, rtol=0, atol=1e-4)
        np.testing.assert_allclose(step.gaussians, gaussians, rtol=0, atol=1e-4)
    assert trace.attn_saliency == pytest.approx(record["attn_saliency"], abs=1e-4)
    if with_plural(machine()) == RECORDS["machine"]:
        assert hash_of(trace) == record["bits"]
