"""Trained models with the map of another saliency model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from hsal.cli import main
from hsal.config import ConfigError, ModelConfig
from hsal.evaluation.evaluate import evaluate, predict_scenes
from hsal.evaluation.inference import ScenePredictions
from hsal.registry import UnknownNameError
from hsal.saliency import SALIENCY
from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.override import perceive, saliency_model
from hsal.tracing.recording import to_tensor, trace_image
from hsal.tracing.schema import Source, Trace
from hsal.training.loop import fresh_model
from hsal.zoo.build import build_model
from tests.fixtures.commands import EMBEDDED, TRAIN, refused, weights
from tests.fixtures.small_training import renderer

CONFIG = ModelConfig(width=2, cell_px=16, hidden=8, size_px=32, gaussians=1, glimpses=1, meta_steps=2)
SOURCE = Source("scene", "noise", "", "untrained", "channel_energy")


def noise() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (32, 32), dtype=np.uint8)


def right_half(stimulus: Stimulus) -> Tensor:
    """Five on the right half of the image, nothing on the left."""
    raw = torch.zeros(len(stimulus.image), 32, 32)
    raw[:, :, 16:] = 5
    return raw


def test_another_map_replaces_the_models_own_and_nothing_else_changes() -> None:
    model, image = fresh_model(CONFIG, 0).eval(), to_tensor(noise()[None])
    with torch.inference_mode():
        own, other = perceive(model, image), perceive(model, image, right_half)
    assert torch.equal(own.volume, other.volume)
    assert other.saliency.tolist() == [[[0, 1], [0, 1]]]  # cells of 16 px, divided by the maximum
    assert other.scale.tolist() == [5]
    assert torch.equal(own.saliency, model.perceive(image).saliency)


@pytest.mark.parametrize("name", ["class_gradient", "grad_cam"])
def test_a_map_of_a_label_explains_the_model_itself(name: str) -> None:
    model, image = fresh_model(CONFIG, 0).eval(), to_tensor(np.stack([noise(), noise().T]))
    with torch.inference_mode():
        together = perceive(model, image, saliency_model(name))
        alone = perceive(model, image[1:], saliency_model(name))
    assert together.saliency.shape == (2, 2, 2)
    torch.testing.assert_close(together.saliency[1:], alone.saliency)
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize(
    "name", [name for name in SALIENCY.names() if SALIENCY.find(name).ABOUT.needs <= {"volume", "labels"}]
)
def test_every_map_that_needs_the_scene_alone_can_be_used(name: str) -> None:
    model = fresh_model(replace(CONFIG, size_px=64), 0).eval()
    images = np.zeros((2, 64, 64), dtype=np.uint8)
    images[0, 10:30, 12:24], images[1, 40:60, 30:50] = 255, 180
    with torch.inference_mode():
        view = perceive(model, to_tensor(images), saliency_model(name))
    assert view.saliency.shape == (2, 4, 4)
    assert view.saliency.dtype == torch.float32
    assert bool(view.saliency.isfinite().all())
    assert view.saliency.amax(dim=(1, 2)).tolist() == pytest.approx([1, 1])


def test_an_empty_name_means_the_models_own() -> None:
    assert saliency_model("") is None
    with pytest.raises(UnknownNameError):
        saliency_model("no_such_map")


@pytest.mark.parametrize("saliency", ["uniform", np.ones((7, 9))])
def test_a_trace_starts_from_the_chosen_map(saliency: str | np.ndarray) -> None:
    trace = trace_image(fresh_model(CONFIG, 0).eval(), noise(), SOURCE, saliency=saliency)
    assert trace.steps[0].saliency.tolist() == [[1, 1], [1, 1]]
    assert trace.saliency_scale == 1
    assert trace.source.saliency == ("uniform" if isinstance(saliency, str) else "channel_energy")


@pytest.mark.parametrize(
    "raw", [np.ones(3), np.ones((2, 2, 3)), np.full((2, 2), np.nan), -np.ones((2, 2)), np.ones((0, 2))]
)
def test_invalid_maps_are_reported(raw: np.ndarray) -> None:
    with pytest.raises(SaliencyError, match=r"^A saliency map must be two-dimensional, with finite values"):
        trace_image(fresh_model(CONFIG, 0).eval(), noise(), SOURCE, saliency=raw)


def test_scenes_are_evaluated_with_another_map() -> None:
    model = fresh_model(CONFIG, 0).eval()
    own, other = (
        evaluate(ScenePredictions.joined([
            part for _, part in predict_scenes(model, renderer(), 4, 5, False, batch=2, other=each)
        ]))
        for each in (None, saliency_model("uniform"))
    )
    assert other.attn_saliency == 1  # of a uniform map, where nothing is inhibited
    assert own.attn_saliency < 1


@pytest.mark.parametrize("name", ["grad_cam", "class_gradient"])
def test_no_model_is_trained_with_a_map_that_needs_more_than_an_image(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build_model(ModelConfig(saliency=name, width=2, hidden=8))
    assert str(caught.value) == (
        f"A model cannot be trained with the saliency model {name}, which needs a network's labels: choose one that"
        " uses the image alone."
    )


def test_refused_training_creates_no_run(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    command = ["train", "--out", run, "--pretrained", weights(made, "backbone"), *TRAIN, "--saliency", "grad_cam"]
    assert "cannot be trained with the saliency model grad_cam" in refused(capsys, *command)
    assert not run.exists()


def test_training_with_another_map_uses_it(made: Path, tmp_path: Path) -> None:
    command = ["train", "--out", str(tmp_path / "run"), "--pretrained", str(weights(made, "backbone")), *TRAIN]
    assert main([*command, "--saliency", "uniform"]) == 0
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert lines[0]["validation_attn_saliency"] > 0.2  # of the uniform map, except for inhibited cells


def test_the_commands_use_another_map(made: Path, tmp_path: Path) -> None:
    common = ["--weights", str(weights(made, "model")), "--device", "cpu", "--saliency", "uniform"]
    image_path, lines, measured = made / "scenes" / "scene-5-00000.png", tmp_path / "traces.jsonl", tmp_path / "m.json"
    assert main(["trace", str(image_path), *common, "--json", str(lines)]) == 0
    trace = Trace.from_dict(json.loads(lines.read_text())["trace"])
    assert trace.source.saliency == "uniform"
    assert trace.steps[0].saliency.min() == 1
    assert main(["evaluate", *common, "--scenes", "3", *EMBEDDED, "--json", str(measured)]) == 0
    assert json.loads(measured.read_text())["saliency"] == "uniform"


def test_an_unknown_map_is_reported(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--weights", weights(made, "model"), "--device", "cpu", "--saliency", "no_such_map"]
    image_path = made / "scenes" / "scene-5-00000.png"
    assert "There is no 'no_such_map' in hsal/saliency" in refused(capsys, "trace", image_path, *common)
    assert "There is no 'no_such_map'" in refused(capsys, "evaluate", *common, "--scenes", 2, *EMBEDDED)
