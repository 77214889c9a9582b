"""The model's validity effect: the spotlights, the measurements under them, and the file of results."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from hsal.cli import main
from hsal.data.base import Box
from hsal.errors import ResultsError
from hsal.evaluation.cueing import cue, spotlights, summarize
from hsal.evaluation.cueing_results import load_cueing
from hsal.model.attention import gaussian_mask
from hsal.model.overrides import Override, always
from hsal.paths import RESULTS
from tests.fixtures.commands import EMBEDDED, refused, weights
from tests.model.test_rollout import make_model, random_perception

TARGET = Box(1, 0, 0, 16, 16)  # the first of 3x3 cells of 16 px


def test_spotlight_is_on_the_target_half_an_image_away_or_uniform() -> None:
    laid = spotlights(torch.tensor([[0.125, 0.625]]), (4, 4), width_cells=1.0)  # the center of row 1, column 3
    masks = {name: gaussian_mask(gaussians, (4, 4))[0] for name, gaussians in laid.items()}
    assert divmod(int(masks["valid"].argmax()), 4) == (0, 2)
    assert divmod(int(masks["invalid"].argmax()), 4) == (2, 0)  # two of four cells down and two across, wrapping around
    assert masks["valid"].max() == masks["invalid"].max() == 1
    assert masks["valid"][0, 3].item() == pytest.approx(np.exp(-0.5))  # one cell = one standard deviation away
    assert torch.equal(masks["neutral"], torch.ones(4, 4))


def test_measures_the_first_label_and_glimpses_under_each_spotlight() -> None:
    model, view = make_model(), random_perception(2)
    rows = cue(model, view, [TARGET, TARGET], (48, 48), width_cells=0.7)
    assert rows.shape == (2, 3, 3)
    neutral = spotlights(torch.full((2, 2), 0.5), (3, 3), 0.7)["neutral"]
    step = next(iter(model.rollout(view, overrides=always(Override(gaussians=neutral)))))
    assert rows[:, 1, 0] == pytest.approx(step.class_logits.softmax(dim=1)[:, 1].detach().numpy())
    assert rows[:, 1, 1].tolist() == (step.label == 3).float().tolist()
    assert rows[:, 1, 2].tolist() == (step.cells == 0).float().mean(dim=1).tolist()


def test_summary_has_means_and_the_paired_effect() -> None:
    rows = np.zeros((4, 3, 3))
    rows[:, 0, 0] = [0.9, 0.7, 0.8, 0.8]  # valid
    rows[:, 2, 0] = [0.3, 0.1, 0.2, 0.2]  # invalid: always 0.6 lower
    found = summarize(2, rows)
    assert found.conditions["valid"]["right"].mean == pytest.approx(0.8)
    assert found.effect == pytest.approx((0.6, 0.6, 0.6))
    low, high = found.conditions["valid"]["right"][1:]
    assert 0.7 <= low < 0.8 < high <= 0.9


def test_the_command_prints_and_writes_the_same(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cueing.json"
    command = ["cueing", "--weights", str(weights(made, "model")), "--scenes", "6", "--device", "cpu", *EMBEDDED]
    assert main([*command, "--json", str(file)]) == 0
    capsys.readouterr()
    assert main(command) == 0
    found = load_cueing(file)
    printed = "\n".join(found.lines()).splitlines()[1:]  # the first line has the duration
    assert printed == capsys.readouterr().out.splitlines()[1:]
    assert [(one.digits, one.scenes) for one in found.cued] == [(1, 6), (2, 6), (3, 6), (4, 6)]


@pytest.mark.parametrize("wrong", [("--scenes", "0"), ("--width-cells", "0"), ("--weights", "street-numbers")])
def test_reports_impossible_arguments_in_one_sentence(
    wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    refused(capsys, "cueing", *wrong)


def test_reports_a_damaged_file_in_one_sentence(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.json"
    damaged.write_text(json.dumps({"cued": [{"digits": 1}]}))
    with pytest.raises(ResultsError, match="damaged"):
        load_cueing(damaged)
    with pytest.raises(ResultsError, match="cannot be read"):
        load_cueing(tmp_path / "none.json")


def test_the_shipped_figures_show_a_cueing_effect() -> None:
    for one in load_cueing(RESULTS / "cueing" / "mnist-multiset.json").cued:
        assert one.effect.low > 0.5
        assert one.conditions["valid"]["on_target"].mean > one.conditions["invalid"]["on_target"].mean
