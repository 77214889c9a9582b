"""Training: it learns, and a run that was stopped goes on as if it had not been."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from hsal.checkpoint import CheckpointError
from hsal.config import ModelConfig, PretrainConfig, SceneConfig, TrainConfig
from hsal.data.digits import Digits
from hsal.data.scenes import SceneRenderer
from hsal.evaluate import scene_views
from hsal.model import HSAL
from hsal.runs import Run, RunError
from hsal.train import (
    Learner,
    Memory,
    Progress,
    fresh_model,
    pretrain,
    recurrent_parameters,
    train,
    validate,
)

# 32 px make a map of 2x2 cells.
MODEL = ModelConfig(width=8, hidden=16, size_px=32, gaussians=1, glimpses=1, meta_steps=3)
SCENE = SceneConfig(size_px=32, digit_min_px=8, digit_max_px=16, digits_max=1, clutter=2)
PRETRAIN = PretrainConfig(steps=7, batch=4, validate_every=3, validation_scenes=6)
TRAIN = TrainConfig(steps=7, batch=4, episode_steps=3, validate_every=3)


class Setup(NamedTuple):
    """A training that is about to begin, with weights of some seed."""

    module: nn.Module
    optimiser: torch.optim.Optimizer
    updates: Callable[[int], Iterator[Progress]]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Sums in one order, so that two runs can agree to the bit."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def renderer() -> SceneRenderer:
    images = np.random.default_rng(0).integers(0, 256, (10, 28, 28), dtype=np.uint8)
    return SceneRenderer(Digits(images, np.arange(10, dtype=np.uint8), "noise"), SCENE)


def spots(channels: int = 64) -> Memory:
    """Eight scenes made by hand, a 0 or a 1 in each of the four cells: that label's channel is lit there."""
    volumes, counts = torch.zeros(8, channels, 2, 2), torch.zeros(8, 10)
    for scene in range(8):
        label, cell = scene % 2, scene // 2
        volumes[scene, label, cell // 2, cell % 2] = 2
        counts[scene, label] = 1
    return Memory(volumes.half(), counts)


def begin_train(seed: int) -> Setup:
    model = fresh_model(MODEL, seed)
    optimiser = torch.optim.Adam(recurrent_parameters(model), 1e-2)
    return Setup(model, optimiser, lambda done: train(model, optimiser, TRAIN, spots(), spots(), done))


def begin_pretrain(seed: int) -> Setup:
    learner = Learner(fresh_model(MODEL, seed))
    optimiser = torch.optim.AdamW(learner.parameters(), 1e-2)
    return Setup(
        learner, optimiser, lambda done: pretrain(learner, optimiser, PRETRAIN, renderer(), renderer(), done)
    )


BOTH = pytest.mark.parametrize("begin", [begin_train, begin_pretrain])


def weights(module: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def timeless(metrics: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if name != "validation_seconds"}


def logged(run: Run) -> list[dict[str, float]]:
    return [json.loads(line) for line in run.metrics.read_text().splitlines()]


def test_reinforce_learns_a_few_easy_scenes() -> None:
    config = TrainConfig(
        steps=120, batch=48, episode_steps=3, validate_every=120, entropy_weight=0.01, learning_rate=2e-2
    )
    model = fresh_model(MODEL, 0)
    backbone = weights(model.backbone)
    optimiser = torch.optim.Adam(recurrent_parameters(model))
    rewards, last = [], {}
    for progress in train(model, optimiser, config, spots(), spots()):
        rewards.append(progress.metrics["label_reward"])
        last = progress.metrics
    # at the start one of eleven names is right; at the end nearly all are
    assert np.mean(rewards[:3]) < -0.5
    assert np.mean(rewards[-10:]) > 0.8
    assert last["validation_exact_match"] == 1
    assert all(torch.equal(tensor, backbone[name]) for name, tensor in model.backbone.state_dict().items())


@BOTH
def test_a_resumed_run_takes_the_very_same_steps(begin: Callable[[int], Setup], tmp_path: Path) -> None:
    undisturbed = begin(1)
    metrics = [timeless(progress.metrics) for progress in undisturbed.updates(0)]

    run, stopped = Run(tmp_path), begin(1)
    for progress in stopped.updates(0):
        run.log(progress, seconds=10.0 * progress.step)
        if progress.checked:
            run.keep(stopped.module, stopped.optimiser, progress.step, 10.0 * progress.step)
        if progress.step == 5:  # two updates after the checkpoint, and in the middle of a line
            break
    with run.metrics.open("a") as file:
        file.write('{"step": 6, "seconds": 6')

    resumed = begin(2)  # other weights than the run had: all must come from the checkpoint
    done, seconds = run.restore(resumed.module, resumed.optimiser)
    assert (done, seconds) == (3, 30)
    assert [line["step"] for line in logged(run)] == [1, 2, 3]
    for progress in resumed.updates(done):
        run.log(progress, seconds)
    wanted = undisturbed.module.state_dict()
    for name, tensor in resumed.module.state_dict().items():
        assert torch.equal(tensor, wanted[name]), name
    assert [line["step"] for line in logged(run)] == [1, 2, 3, 4, 5, 6, 7]
    assert [{key: line[key] for key in each} for line, each in zip(logged(run), metrics, strict=True)] == metrics


@BOTH
def test_a_finished_run_has_nothing_left_to_do(begin: Callable[[int], Setup]) -> None:
    assert list(begin(0).updates(7)) == []


@BOTH
def test_progress_says_when_to_keep_the_weights(begin: Callable[[int], Setup]) -> None:
    taken = list(begin(0).updates(0))
    assert [progress.step for progress in taken] == [1, 2, 3, 4, 5, 6, 7]
    assert {progress.steps for progress in taken} == {7}
    for progress in taken:
        assert progress.checked == (progress.step in (3, 6, 7))  # every third, and the last
        assert progress.checked == any(name.startswith("validation_") for name in progress.metrics)
        assert all(math.isfinite(value) for value in progress.metrics.values())


def test_the_step_size_falls_along_a_cosine_and_warms_up_in_pretraining() -> None:
    def rates(setup: Setup) -> list[float]:
        return [setup.optimiser.param_groups[0]["lr"] for _ in setup.updates(0)]

    falling = [0.5 * (1 + math.cos(math.pi * number / 7)) for number in range(7)]
    assert rates(begin_train(0)) == pytest.approx([TRAIN.learning_rate * share for share in falling])
    model = Learner(fresh_model(MODEL, 0))
    optimiser = torch.optim.AdamW(model.parameters())
    config = PretrainConfig(steps=20, batch=2, validate_every=20, validation_scenes=2, learning_rate=1.0)
    warm = Setup(model, optimiser, lambda done: pretrain(model, optimiser, config, renderer(), renderer(), done))
    # a tenth of 20 updates is the warm-up: half, then all
    assert rates(warm)[:3] == pytest.approx([0.5, *(0.5 * (1 + math.cos(math.pi * number / 20)) for number in (1, 2))])


def test_every_pretraining_update_sees_new_scenes_and_validation_leaves_the_backbone_alone() -> None:
    asked = []

    class Asked(SceneRenderer):
        def batch(self, seed: int, start: int, count: int) -> tuple[np.ndarray, np.ndarray]:
            asked.append((seed, start, count))
            return super().batch(seed, start, count)

    learner = Learner(fresh_model(MODEL, 0))
    optimiser = torch.optim.AdamW(learner.parameters())
    list(pretrain(learner, optimiser, PRETRAIN, Asked(renderer().digits, SCENE), renderer()))
    assert asked == [(0, 0, 4), (0, 4, 4), (0, 8, 4), (0, 12, 4), (0, 16, 4), (0, 20, 4), (0, 24, 4)]
    assert learner.backbone.stem_norm.num_batches_tracked == 7  # the updates', not validation's
    assert not learner.training


def test_the_gradient_is_clipped() -> None:
    model = fresh_model(MODEL, 0)
    before = torch.cat([parameter.detach().flatten() for parameter in recurrent_parameters(model)])
    config = TrainConfig(steps=1, batch=8, clip=0.25, learning_rate=1.0)
    (progress,) = train(model, torch.optim.SGD(recurrent_parameters(model)), config, spots(), spots())
    after = torch.cat([parameter.detach().flatten() for parameter in recurrent_parameters(model)])
    assert progress.metrics["gradient_norm"] > 0.25
    assert (after - before).norm().item() == pytest.approx(0.25, rel=1e-3)  # one step of size 1 along it


def test_another_seed_takes_other_steps() -> None:
    def after(seed: int) -> Tensor:
        model = fresh_model(MODEL, 0)
        optimiser = torch.optim.Adam(recurrent_parameters(model))
        list(train(model, optimiser, TrainConfig(**{**TRAIN.__dict__, "seed": seed}), spots(), spots()))
        return model.controller.classify.weight.detach()

    assert torch.equal(after(0), after(0))
    assert not torch.equal(after(0), after(1))


def test_memory_holds_what_the_model_perceives() -> None:
    model = fresh_model(MODEL, 0)
    *progress, memory = Memory.of(model, renderer(), seed=2, scenes=5)
    assert progress == [5]
    assert memory.volumes.dtype == torch.float16
    ((whole, counts),) = scene_views(model, renderer(), seed=2, scenes=5)
    view, labels = memory.view(model, torch.tensor([3, 0]))
    assert torch.equal(labels, counts[[3, 0]].float())
    torch.testing.assert_close(view.volume, whole.volume[[3, 0]], atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(view.saliency, whole.saliency[[3, 0]], atol=3e-3, rtol=3e-3)
    assert view.saliency.amax(dim=(1, 2)).tolist() == [1, 1]


def test_validation_reports_the_scalar_measures() -> None:
    measures = validate(fresh_model(MODEL, 0), spots())
    assert measures.keys() >= {"validation_exact_match", "validation_macro_f1", "validation_attn_saliency"}
    assert all(isinstance(value, float) for value in measures.values())


def test_the_same_seed_gives_the_same_fresh_model() -> None:
    one, twin, other = (fresh_model(MODEL, seed) for seed in (4, 4, 5))
    assert isinstance(one, HSAL)
    assert not one.training
    assert all(torch.equal(tensor, twin.state_dict()[name]) for name, tensor in one.state_dict().items())
    assert not torch.equal(one.controller.encode.weight, other.controller.encode.weight)


def test_a_run_folder_is_made_once(tmp_path: Path) -> None:
    run = Run(tmp_path / "new" / "run")
    run.create({"task": "mnist-set"})
    assert json.loads((run.folder / "config.json").read_text()) == {"task": "mnist-set"}
    with pytest.raises(RunError, match=r"holds a run already\. Add --resume"):
        run.create({"task": "mnist-set"})


def test_a_run_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RunError, match="cannot be written") as caught:
        Run(tmp_path / "file" / "run").create({})
    assert "\n" not in str(caught.value)


def test_a_run_is_resumed_with_its_own_settings_alone(tmp_path: Path) -> None:
    run = Run(tmp_path)
    same = {"task": "mnist-set", "config": {"steps": 4, "learning_rate": 1e-3}}
    run.create(same)
    run.check_config(same)
    with pytest.raises(RunError, match=r"other settings \(config\)"):
        run.check_config({**same, "config": {"steps": 5, "learning_rate": 1e-3}})


@pytest.mark.parametrize("content", [None, "{cut"])
def test_where_there_is_no_run_none_is_resumed(tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(RunError, match="holds no run to resume"):
        Run(tmp_path).check_config({})


def test_without_a_checkpoint_a_run_begins_at_the_beginning(tmp_path: Path) -> None:
    setup = begin_train(0)
    before = weights(setup.module)
    assert Run(tmp_path).restore(setup.module, setup.optimiser) == (0, 0.0)
    assert all(torch.equal(tensor, before[name]) for name, tensor in setup.module.state_dict().items())


def test_a_damaged_or_foreign_state_is_refused(tmp_path: Path) -> None:
    run, setup, other = Run(tmp_path), begin_train(0), begin_pretrain(0)
    run.keep(setup.module, setup.optimiser, 3, 1.0)
    with pytest.raises(CheckpointError, match="another model") as caught:
        run.restore(other.module, other.optimiser)
    assert "\n" not in str(caught.value)
    run.state.write_bytes(run.state.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match="damaged"):
        run.restore(setup.module, setup.optimiser)
