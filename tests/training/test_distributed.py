"""Several processes take the same steps as a single one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from hsal.config import ConfigError, TrainConfig
from hsal.model.overrides import sampler
from hsal.training.distributed import SINGLE_PROCESS, ProcessGroup, Sampler, join_group
from hsal.training.feature_cache import RenderedScenes
from hsal.training.loop import fresh_model, optimizer_for, train
from hsal.zoo.checkpoint import read_tensors
from tests.fixtures.commands import TRAIN, refused, weights
from tests.fixtures.small_training import MODEL, check, renderer, spots
from tests.fixtures.small_training import weights as weights_of

CPU = torch.device("cpu")


class ScriptedSampler(Sampler):
    """A sampler with given numbers of running rows in each process."""

    def __init__(self, generator: torch.Generator, group: ProcessGroup, running: list[list[int]]) -> None:
        super().__init__(generator, group)
        self.counts = iter(running)

    def _running(self, own: int) -> list[int]:
        running = next(self.counts)
        assert running[self.group.rank] == own
        return running


def test_a_batch_is_split_in_order() -> None:
    rows = list(range(7))
    shares = [rows[ProcessGroup(CPU, None, number, 3).rows(7)] for number in range(3)]
    assert shares == [[0, 1], [2, 3], [4, 5, 6]]
    assert rows[SINGLE_PROCESS.rows(7)] == rows


def test_each_process_draws_its_rows_of_the_single_process_draw() -> None:
    first, later = torch.randn(10, 49), torch.randn(5, 11)  # in the second, 2 + 3 rows still run
    alone = torch.Generator().manual_seed(3)
    wanted = [sampler(alone)(first), sampler(alone)(later)]
    drawn = []
    for number, rows in enumerate((slice(0, 4), slice(4, 10))):
        choose = ScriptedSampler(torch.Generator().manual_seed(3), ProcessGroup(CPU, None, number, 2), [[4, 6], [2, 3]])
        drawn.append([choose(first[rows]), choose(later[slice(0, 2) if number == 0 else slice(2, 5)])])
    for both, whole in zip(zip(*drawn, strict=True), wanted, strict=True):
        assert torch.equal(torch.cat(both), whole)


def test_an_ended_process_waits_for_the_others() -> None:
    choose = ScriptedSampler(torch.Generator(), ProcessGroup(CPU, None, 0, 2), [[0, 3], [0, 1], [0, 0]])
    choose.finish()
    assert list(choose.counts) == []


def hsal(*arguments: object, start: tuple[str, ...] = ()) -> None:
    """Run the command line in separate processes."""
    done = subprocess.run(
        [sys.executable, *start, "-m", "hsal", *map(str, arguments)], capture_output=True, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr


def metrics(run: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


TORCHRUN = ("-m", "torch.distributed.run", "--nproc_per_node", "2", "--standalone")


@pytest.mark.parametrize(("objective", "start", "more"), [
    ("reinforce", (), ["--processes", 2]), ("cross-entropy", TORCHRUN, []),
])
def test_two_processes_train_like_one(
    made: Path, tmp_path: Path, objective: str, start: tuple[str, ...], more: list[object]
) -> None:
    command = ["train", "--pretrained", weights(made, "backbone"), *TRAIN, "--steps", 4, "--batch", 7]
    command += ["--objective", objective]
    hsal(*command, "--out", tmp_path / "one")
    hsal(*command, "--out", tmp_path / "two", *more, start=start)
    # Sums over the batch are taken in another order, which moves a gradient by some 1e-7 of its tensor's largest
    # element. Adam divides an element by its own size, so weights whose gradient is near 0 differ by any share of a
    # step; its running mean of the gradients does not divide, and is comparable on every processor.
    one, two = (read_tensors(tmp_path / run / "state.safetensors")[1] for run in ("one", "two"))
    means = [name for name in one if name.endswith(".exp_avg")]
    assert means
    for name in means:
        torch.testing.assert_close(two[name], one[name], rtol=0, atol=1e-4 * one[name].abs().max().item())
    moved, start_of = (read_tensors(file)[1] for file in (
        tmp_path / "two" / "weights.safetensors", weights(made, "backbone")))
    assert max((moved[name] - start_of[name]).abs().max().item() for name in moved) > 1e-3
    lines = [metrics(tmp_path / run) for run in ("one", "two")]
    assert [line["step"] for line in lines[1]] == [0, 1, 2, 3, 4]
    for single, double in zip(*lines, strict=True):
        assert double.keys() == single.keys()
        for name in single.keys() - {"seconds"}:
            assert double[name] == pytest.approx(single[name], rel=1e-4, abs=1e-5), name


def test_training_in_bfloat16_reduces_the_loss() -> None:
    config = TrainConfig(steps=60, batch=32, episode_steps=3, validate_every=60, learning_rate=2e-2)
    model = fresh_model(MODEL, 0)
    group = join_group("cpu", "bf16-mixed", 1, config.batch)
    with group.autocast():
        assert (model.controller.classify(torch.zeros(1, MODEL.hidden))).dtype == torch.bfloat16
    *_, last = train(model, optimizer_for(model, config), config, spots(), check(model), group=group)
    assert last.metrics["validation_exact_match"] == 1


@pytest.mark.parametrize(("precision", "wanted"), [("bf16-mixed", torch.bfloat16), ("32-true", torch.float32)])
def test_the_full_forward_pass_of_an_update_has_the_chosen_precision(precision: str, wanted: torch.dtype) -> None:
    config = TrainConfig(steps=2, batch=4, episode_steps=3, fine_tune=True)
    model = fresh_model(MODEL, 0)
    seen: dict[str, set[torch.dtype]] = {"backbone": set(), "controller": set()}
    for name, module in (("backbone", model.backbone), ("controller", model.controller.classify)):
        module.register_forward_hook(lambda _, __, output, name=name: seen[name].add(output.dtype))
    before = weights_of(model.backbone)
    updates = train(
        model, optimizer_for(model, config), config, RenderedScenes(renderer(), 0), lambda: [],
        group=join_group("cpu", precision, 1, config.batch),
    )
    next(updates)  # the first update is not followed by validation, which runs in single precision
    assert seen == {"backbone": {wanted}, "controller": {wanted}}
    assert any(not torch.equal(tensor, before[name]) for name, tensor in model.backbone.state_dict().items())


def test_reports_impossible_groups_in_one_line(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["train", "--out", tmp_path / "run", "--pretrained", weights(made, "backbone"), *TRAIN]
    for processes in (0, 5):  # of batches of 4
        assert "processes" in refused(capsys, *command, "--processes", processes)
    assert not (tmp_path / "run").exists()
    with pytest.raises(ConfigError, match=r"1\.\.batch"):
        join_group("cpu", "32-true", 9, 8)


def test_one_process_in_single_precision_does_not_load_fabric() -> None:
    code = ("import sys; from hsal.training.distributed import join_group; join_group('cpu', '32-true', 1, 8);"
            "print(any(name.startswith('lightning') for name in sys.modules))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
