"""The settings of the Train form, made from the dataclasses, and the command that they make."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

import pytest

from app.train.settings import OF_BACKBONE, command, difference, settings, start_in, start_of, starts, values_of
from app.train.settings import _of as settings_of
from hsal import paths as files
from hsal.config import ConfigError, ModelConfig, TrainConfig
from hsal.training.loop import fresh_model
from hsal.zoo.checkpoint import save_model
from hsal.zoo.weights import CheckpointError
from tests.fixtures.browser import ROOT
from tests.fixtures.run_folders import FRESH, MODEL, make_run

TASKS = {"mnist-multiset": "mnist-multiset", "mnist-set": "mnist-set", "street-numbers": "street-numbers"}


@dataclass(frozen=True)
class Grown:
    """A config with new fields."""

    brand_new: Literal["some", "more"] = "more"
    """What nobody
    has thought of."""
    size_px: int = 3
    """How large."""
    folder: Path | None = None
    """Not a setting of the form."""


def test_a_new_field_becomes_a_setting() -> None:
    new, size = settings_of(Grown, "train", ())
    assert (new.key, new.label, new.default) == ("train.brand_new", "Brand new", "more")
    assert new.choices == ("some", "more")
    assert new.help == "What nobody has thought of."
    assert (size.label, size.kind) == ("Size, px", int)


def test_every_field_of_training_and_model_is_a_setting_with_help() -> None:
    asked = {setting.key: setting for setting in settings()}
    names = [f"train.{f.name}" for f in fields(TrainConfig)]
    names += [f"model.{f.name}" for f in fields(ModelConfig) if f.name not in OF_BACKBONE]
    assert set(names) <= set(asked)
    assert all(setting.help.endswith(".") for setting in asked.values())
    assert asked["train.learning_rate"].default == 1e-3
    assert asked["train.objective"].choices == ("reinforce", "cross-entropy", "multiset")


def test_the_form_loads_no_torch() -> None:
    code = "import sys, app.train.settings, app.train.figures; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0


def test_a_command_has_the_chosen_values_and_defaults_for_the_rest() -> None:
    made = command("mnist-multiset", FRESH, {"train.steps": 7, "model.hidden": 32, "command.series": 5})
    assert (made.config.steps, made.model.hidden, made.series) == (7, 32, 5)
    assert (made.pretrained, made.whole, made.task) == ("mnist-multiset", False, "mnist-multiset")
    assert made.config.batch == TrainConfig().batch


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [("train.batch", 0, "batch must be a whole number of at least 1"),
     ("model.beta_min", 0.9, "beta_min must be below beta_max")],
)
def test_an_impossible_setting_is_one_sentence(key: str, value: float, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        command("mnist-multiset", FRESH, {key: value})


def test_starting_weights_fit_the_task() -> None:
    assert {start_of(option)[0] for option in starts("street-numbers", TASKS)} == {"street-numbers"}
    set_first = list(starts("mnist-set", TASKS))
    assert set_first[0] == "fresh mnist-set"
    assert "whole mnist-multiset" in set_first


def test_a_run_can_be_trained_further_but_not_after_deletion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HSAL_RUNS", str(tmp_path))
    folder = make_run(tmp_path, "first", weights=True)
    start = "whole run:first"
    assert start in starts("mnist-multiset", TASKS | {"run:first": "mnist-multiset"})
    made = command("mnist-multiset", start, {"model.hidden": 999})
    assert Path(made.pretrained) == folder / "weights.safetensors"
    assert made.model == MODEL  # the model of the weights, not that of the form
    (folder / "weights.safetensors").unlink()
    with pytest.raises(CheckpointError, match="no weights"):
        command("mnist-multiset", start, {})


def test_settings_are_read_from_a_runs_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WEIGHTS", tmp_path)
    for name, seed in (("mnist-multiset", 0), ("twin", 1)):
        save_model(tmp_path / f"{name}.safetensors", fresh_model(MODEL, seed), {"task": "mnist-multiset"})
    config = {"config": {"steps": 9, "learning_rate": 1, "objective": "nonsense", "batch": "8"},
              "model": {"gaussians": 2}, "pretrained": "twin", "whole": "True", "series": 3}
    found = values_of(config)
    assert (found["train.steps"], found["train.learning_rate"]) == (9, 1.0)
    assert (found["model.gaussians"], found["command.series"]) == (2, 3)
    assert not {"train.objective", "train.batch"} & set(found)
    options = starts("mnist-multiset", {"mnist-multiset": "mnist-multiset", "twin": "mnist-multiset"})
    assert start_in(config, options) == "whole twin"
    assert start_in(config | {"pretrained": "gone"}, options) == "fresh mnist-multiset"


def test_differences_list_only_settings_that_differ() -> None:
    one = {"task": "mnist-set", "config": {"steps": 10, "clip": 5.0}}
    two = {"task": "mnist-set", "config": {"steps": 20, "clip": 5.0, "new": 1}}
    assert difference({"a": one, "b": two}) == [("steps", ["10", "20"]), ("new", ["–", "1"])]
