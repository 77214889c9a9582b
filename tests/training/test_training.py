"""Training reaches high accuracy, and a resumed run takes the steps of an uninterrupted one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from hsal.config import PretrainConfig, TrainConfig
from hsal.data.digits.scenes import SceneRenderer
from hsal.model.hsal import HSAL
from hsal.runs.writer import RunFolder
from hsal.training.loop import fresh_model, optimizer_for, train, validate
from hsal.training.pretrain import ObjectClassifier, pretrain
from tests.fixtures.small_training import (
    BOTH,
    MODEL,
    PRETRAIN,
    SCENE,
    TRAIN,
    Setup,
    begin_train,
    check,
    logged,
    renderer,
    spots,
    weights,
)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """One order of summation, so that two runs can be bit-equal."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_reinforce_learns_a_few_easy_scenes() -> None:
    config = TrainConfig(
        steps=120, batch=48, episode_steps=3, validate_every=120, entropy_weight=0.01, learning_rate=2e-2
    )
    model = fresh_model(MODEL, 0)
    backbone = weights(model.backbone)
    rewards, last = [], {}
    for progress in train(model, optimizer_for(model, config), config, spots(), check(model)):
        rewards.append(progress.metrics["label_reward"])
        last = progress.metrics
    # at the start one label of eleven is correct; at the end nearly all are
    assert np.mean(rewards[:3]) < -0.5
    assert np.mean(rewards[-10:]) > 0.8
    assert last["validation_exact_match"] == 1
    assert all(torch.equal(tensor, backbone[name]) for name, tensor in model.backbone.state_dict().items())


@BOTH
def test_a_resumed_run_takes_identical_steps(begin: Callable[[int], Setup], tmp_path: Path) -> None:
    uninterrupted = begin(1)
    metrics = [progress.metrics for progress in uninterrupted.updates(0)]

    run, stopped = RunFolder(tmp_path), begin(1)
    for progress in stopped.updates(0):
        run.log(progress, seconds=10.0 * progress.step)
        if progress.validated:
            run.save_state(stopped.module, stopped.optimizer, progress.step, 10.0 * progress.step)
        if progress.step == 5:  # two updates after the checkpoint, and in the middle of a line
            break
    with run.metrics.open("a") as file:
        file.write('{"step": 6, "seconds": 6')

    resumed = begin(2)  # weights that differ from the run's: everything must come from the checkpoint
    done, seconds = run.restore_state(resumed.module, lambda: resumed.optimizer)
    assert (done, seconds) == (3, 30)
    assert [line["step"] for line in logged(run)] == [1, 2, 3]
    for progress in resumed.updates(done):
        run.log(progress, seconds)
    wanted = uninterrupted.module.state_dict()
    for name, tensor in resumed.module.state_dict().items():
        assert torch.equal(tensor, wanted[name]), name
    assert [line["step"] for line in logged(run)] == [1, 2, 3, 4, 5, 6, 7]
    assert [{key: line[key] for key in each} for line, each in zip(logged(run), metrics, strict=True)] == metrics


@BOTH
def test_a_finished_run_takes_no_further_steps(begin: Callable[[int], Setup]) -> None:
    assert list(begin(0).updates(7)) == []


@BOTH
def test_progress_reports_validation(begin: Callable[[int], Setup]) -> None:
    taken = list(begin(0).updates(0))
    assert [progress.step for progress in taken] == [1, 2, 3, 4, 5, 6, 7]
    assert {progress.steps for progress in taken} == {7}
    for progress in taken:
        assert progress.validated == (progress.step in (3, 6, 7))  # every third, and the last
        assert progress.validated == any(name.startswith("validation_") for name in progress.metrics)
        assert all(math.isfinite(value) for value in progress.metrics.values())


def test_the_learning_rate_follows_a_cosine_and_warms_up_in_pretraining() -> None:
    def rates(setup: Setup) -> list[float]:
        return [setup.optimizer.param_groups[0]["lr"] for _ in setup.updates(0)]

    falling = [0.5 * (1 + math.cos(math.pi * number / 7)) for number in range(7)]
    assert rates(begin_train(0)) == pytest.approx([TRAIN.learning_rate * share for share in falling])
    model = ObjectClassifier(fresh_model(MODEL, 0))
    optimizer = torch.optim.AdamW(model.parameters())
    config = PretrainConfig(steps=20, batch=2, validate_every=20, validation_scenes=2, learning_rate=1.0)
    warm = Setup(model, optimizer, lambda done: pretrain(model, optimizer, config, renderer(), renderer(), done))
    # the warm-up is a tenth of 20 updates: half, then the full rate
    assert rates(warm)[:3] == pytest.approx([0.5, *(0.5 * (1 + math.cos(math.pi * number / 20)) for number in (1, 2))])


def test_pretraining_uses_new_scenes_and_validation_does_not_change_the_backbone() -> None:
    requested = []

    class Recording(SceneRenderer):
        def batch(self, seed: int, start: int, count: int) -> tuple[np.ndarray, np.ndarray]:
            requested.append((seed, start, count))
            return super().batch(seed, start, count)

    classifier = ObjectClassifier(fresh_model(MODEL, 0))
    optimizer = torch.optim.AdamW(classifier.parameters())
    list(pretrain(classifier, optimizer, PRETRAIN, Recording(renderer().digits, SCENE), renderer()))
    assert requested == [(0, 0, 4), (0, 4, 4), (0, 8, 4), (0, 12, 4), (0, 16, 4), (0, 20, 4), (0, 24, 4)]
    assert classifier.backbone.stem_norm.num_batches_tracked == 7  # the updates', not validation's
    assert not classifier.training


def test_the_gradient_is_clipped() -> None:
    model = fresh_model(MODEL, 0)
    config = TrainConfig(steps=1, batch=8, clip=0.25, learning_rate=1.0)
    groups = optimizer_for(model, config).param_groups
    before = torch.cat([parameter.detach().flatten() for parameter in groups[0]["params"]])
    plain = torch.optim.SGD([{"params": group["params"], "scale": group["scale"]} for group in groups])
    (progress,) = train(model, plain, config, spots(), check(model))
    after = torch.cat([parameter.detach().flatten() for parameter in groups[0]["params"]])
    assert progress.metrics["gradient_norm"] > 0.25
    assert (after - before).norm().item() == pytest.approx(0.25, rel=1e-3)  # one step at learning rate 1


def test_another_seed_takes_other_steps() -> None:
    def after(seed: int) -> Tensor:
        model = fresh_model(MODEL, 0)
        config = replace(TRAIN, seed=seed)
        list(train(model, optimizer_for(model, config), config, spots(), check(model)))
        return model.controller.classify.weight.detach()

    assert torch.equal(after(0), after(0))
    assert not torch.equal(after(0), after(1))


def test_validation_reports_the_scalar_metrics() -> None:
    model = fresh_model(MODEL, 0)
    measures = validate(model, check(model)())
    assert measures.keys() >= {"validation_exact_match", "validation_macro_f1", "validation_attn_saliency"}
    assert all(isinstance(value, float) for value in measures.values())


def test_the_same_seed_gives_the_same_fresh_model() -> None:
    one, twin, other = (fresh_model(MODEL, seed) for seed in (4, 4, 5))
    assert isinstance(one, HSAL)
    assert not one.training
    assert all(torch.equal(tensor, twin.state_dict()[name]) for name, tensor in one.state_dict().items())
    assert not torch.equal(one.controller.encode.weight, other.controller.encode.weight)


@pytest.mark.parametrize("objective", ["cross-entropy", "multiset"])
def test_every_objective_learns_the_labels(objective: str) -> None:
    config = TrainConfig(
        objective=objective, steps=60, batch=32, episode_steps=3, validate_every=60, learning_rate=2e-2
    )
    model = fresh_model(MODEL, 0)
    *_, last = train(model, optimizer_for(model, config), config, spots(), check(model))
    assert last.metrics["validation_exact_match"] == 1


def test_the_entropy_weight_changes_along_a_straight_line() -> None:
    def entropies(**weights_of: float) -> list[float]:
        config = TrainConfig(steps=4, batch=8, episode_steps=3, validate_every=4, **weights_of)
        model = fresh_model(MODEL, 0)
        return [progress.metrics["total"] for progress in train(
            model, optimizer_for(model, config), config, spots(), check(model)
        )]

    falling, flat = (entropies(entropy_weight=0.4, entropy_weight_end=end) for end in (0.0, 0.4))
    assert falling[0] == flat[0]  # the first update has the starting weight
    assert falling[3] > flat[3]  # then less and less entropy is subtracted
