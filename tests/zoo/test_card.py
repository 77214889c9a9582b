"""Which trainings went into weights, as their card tells it."""

from __future__ import annotations

from typing import Any

from hsal.zoo.card import trainings


def pretrained(name: str, **before: Any) -> dict[str, Any]:
    return {"command": name, "training": {"cut": "picture"}, **before}


def trained(name: str, fine_tune: bool = False, **before: Any) -> dict[str, Any]:
    return {"command": name, "training": {"objective": "reinforce", "fine_tune": fine_tune}, **before}


def names(info: dict[str, Any]) -> list[str]:
    return [stage["command"] for stage in trainings(info)]


def test_a_backbone_and_what_stands_on_it() -> None:
    assert names(trained("whole", backbone=pretrained("single"))) == ["single", "whole"]


def test_a_backbone_trained_further_from_other_weights_leaves_out_what_did_not_touch_it() -> None:
    others = trained("others", backbone=pretrained("single"))
    assert names(trained("whole", backbone=pretrained("scenes", start=others))) == ["single", "scenes", "whole"]


def test_weights_trained_further_tell_of_all_before() -> None:
    first = trained("first", backbone=pretrained("single"))
    assert names(trained("second", fine_tune=True, start=first)) == ["single", "first", "second"]
    # whoever takes the backbone of these has what the end-to-end training made of it
    assert names(trained("third", backbone=trained("second", fine_tune=True, start=first))) == [
        "single", "second", "third",
    ]
