"""Recording a rollout as a trace, value by value."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch

from hsal.config import ModelConfig
from hsal.data.base import Box
from hsal.model.hsal import HSAL, MetaStep
from hsal.tracing.recording import to_tensor, trace_image
from hsal.tracing.schema import Source, Trace
from hsal.training.loop import fresh_model

STOP = 10
SOURCE = Source("scene", "two blobs", "", "untrained", "channel_energy", seed=4)
CONFIG = ModelConfig(width=2, cell_px=16, hidden=16, size_px=48, gaussians=2, glimpses=2, meta_steps=3)


def make_image() -> np.ndarray:
    image = np.zeros((48, 48), dtype=np.uint8)
    image[4:20, 6:18], image[28:44, 30:40] = 255, 180
    return image


def scripted_model(*labels: int) -> HSAL:
    """A tiny model that predicts these labels one after another for any image."""
    model, queue = fresh_model(CONFIG, seed=2), list(labels)

    def push(_: object, __: object, logits: torch.Tensor) -> torch.Tensor:
        pushed = logits.clone()
        pushed[:, queue.pop(0)] += 100
        return pushed

    model.controller.classify.register_forward_hook(push)
    return model


def rolled(model: HSAL) -> list[MetaStep]:
    with torch.inference_mode():
        return list(model.rollout(model.perceive(to_tensor(make_image()[None]))))


def test_images_become_tensors_in_0_to_1() -> None:
    tensor = to_tensor(np.array([[[0, 51], [255, 102]]], dtype=np.uint8))
    torch.testing.assert_close(tensor, torch.tensor([[[[0.0, 0.2], [1.0, 0.4]]]]))


def test_the_trace_equals_the_rollout() -> None:
    trace = trace_image(scripted_model(3, 5, 7), make_image(), SOURCE)
    steps = rolled(scripted_model(3, 5, 7))
    assert len(trace.steps) == len(steps) == 3
    for kept, step in zip(trace.steps, steps, strict=True):
        for name in ("saliency", "mask", "priority", "broad_weights", "next_saliency"):
            np.testing.assert_array_equal(getattr(kept, name), getattr(step, name)[0].numpy(), err_msg=name)
            assert getattr(kept, name).dtype == np.float32
        gaussians = [[part[0, k].item() for part in step.gaussians] for k in range(2)]  # alpha, beta, row, column
        np.testing.assert_array_equal(kept.gaussians, np.array(gaussians, dtype=np.float32))
        np.testing.assert_array_equal(kept.class_probabilities, step.class_logits.softmax(dim=1)[0].numpy())
        assert kept.label == step.label.item()
        assert kept.value == step.values[0, 2].item()
        for i, glimpse in enumerate(kept.glimpses):
            cell = step.cells[0, i].item()
            assert glimpse.cell == (cell // 3, cell % 3)
            assert glimpse.value == step.values[0, i].item()
            assert glimpse.reward == step.priority[0].flatten()[cell].item()
            locations = step.location_logits[0, i].softmax(dim=0).view(3, 3)
            np.testing.assert_allclose(glimpse.probabilities, locations.numpy(), rtol=1e-6)


def test_an_rgb_model_receives_red_green_and_blue() -> None:
    config = ModelConfig(width=2, hidden=16, size_px=48, image_channels=3, cell_px=8, meta_steps=2)
    model = fresh_model(config, seed=2)
    image = np.zeros((48, 48, 3), dtype=np.uint8)
    image[4:20, 6:18] = (200, 100, 0)
    trace = trace_image(model, image, SOURCE, truth=[3], boxes=[Box(3, 4, 6, 20, 18)])
    assert trace.steps[0].mask.shape == (6, 6)  # 48 px / 8 px a cell
    np.testing.assert_array_equal(Trace.from_json(trace.to_json()).image, image)
    swapped = trace_image(model, np.ascontiguousarray(image[..., ::-1]), SOURCE)
    assert swapped.source.image_sha256 != trace.source.image_sha256
    assert not np.array_equal(swapped.steps[0].saliency, trace.steps[0].saliency)


def test_records_the_image_and_its_source() -> None:
    model, image = scripted_model(STOP), make_image()
    boxes = [Box(3, 4, 6, 20, 18)]
    trace = trace_image(model, image, SOURCE, truth=[3], boxes=boxes, notes=["Light and dark were exchanged."])
    np.testing.assert_array_equal(trace.image, image)
    assert trace.source.image_sha256 == hashlib.sha256(image.tobytes()).hexdigest()
    assert (trace.source.kind, trace.source.name, trace.source.seed) == ("scene", "two blobs", 4)
    assert trace.class_names == (*"0123456789", "stop")
    assert trace.boxes == tuple(boxes)
    assert trace.notes == ("Light and dark were exchanged.",)
    scale = model.perceive(to_tensor(image[None])).scale.item()
    assert trace.saliency_scale == pytest.approx(scale)


def test_ends_at_stop() -> None:
    trace = trace_image(scripted_model(3, STOP, 5), make_image(), SOURCE)
    assert [step.label for step in trace.steps] == [3, STOP]
    assert trace.ended_by_stop


def test_ends_at_the_maximum_number_of_meta_steps() -> None:
    trace = trace_image(scripted_model(3, 5, 7), make_image(), SOURCE)
    assert trace.labels == (3, 5, 7)  # meta_steps = 3
    assert not trace.ended_by_stop


@pytest.mark.parametrize(
    ("labels", "truth", "rewards"),
    [
        ((3, 3, STOP), (3, 3), [1, 1, 1]),
        ((3, 3, STOP), (5, 3), [1, -1, -1]),  # only one 3; a 5 remains at stop
        ((5, 3, 4), (3, 5), [1, 1, -1]),  # any order; only stop remains
        ((STOP,), (), [1]),
        ((3, STOP), None, [None, None]),
    ],
)
def test_rewards_by_the_truth(
    labels: tuple[int, ...], truth: tuple[int, ...] | None, rewards: list[float | None]
) -> None:
    trace = trace_image(scripted_model(*labels), make_image(), SOURCE, truth)
    assert [step.reward for step in trace.steps] == rewards
    assert trace.truth == (None if truth is None else tuple(sorted(truth)))


def test_traces_and_writes_a_blank_image() -> None:
    trace = trace_image(scripted_model(1, 2, 3), np.zeros((48, 48), dtype=np.uint8), SOURCE)
    assert trace.saliency_scale == 0
    assert trace.attn_saliency == 0
    assert Trace.from_json(trace.to_json()).labels == (1, 2, 3)
