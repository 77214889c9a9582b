"""The training runs behind weights, as their card lists them."""

from __future__ import annotations

from typing import Any

from hsal.zoo.card import training_runs


def pretrained(name: str, **before: Any) -> dict[str, Any]:
    return {"command": name, "training": {"cut": "picture"}, **before}


def trained(name: str, fine_tune: bool = False, **before: Any) -> dict[str, Any]:
    return {"command": name, "training": {"objective": "reinforce", "fine_tune": fine_tune}, **before}


def names(info: dict[str, Any]) -> list[str]:
    return [stage["command"] for stage in training_runs(info)]


def test_a_backbone_and_the_model_on_it() -> None:
    assert names(trained("whole", backbone=pretrained("single"))) == ["single", "whole"]


def test_omits_runs_that_did_not_affect_the_backbone() -> None:
    others = trained("others", backbone=pretrained("single"))
    assert names(trained("whole", backbone=pretrained("scenes", start=others))) == ["single", "scenes", "whole"]


def test_weights_trained_further_list_all_runs_before() -> None:
    first = trained("first", backbone=pretrained("single"))
    assert names(trained("second", fine_tune=True, start=first)) == ["single", "first", "second"]
    # the backbone of these weights was changed by the end-to-end training run
    assert names(trained("third", backbone=trained("second", fine_tune=True, start=first))) == [
        "single", "second", "third",
    ]
