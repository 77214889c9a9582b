"""The link of Compare saliency: round trips and invalid values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.compare.address import Choices, CompareState, default_state, parse, to_parameters

CHOICES = Choices(
    samples=("3", "1", "2"), tasks=("mnist-multiset", "street-numbers"), photos=("a.jpg", "b.jpg"),
    models=("itti_koch", "gbvs", "uniform"), networks=("net",), weights=("mnist-multiset", "mnist-set"),
)
STATES = {
    "default": CompareState(),
    "scene": CompareState(input="scene", task="street-numbers", seed=7, index=3, view="attention", weights="mnist-set"),
    "photo": CompareState(input="photo", photo="b.jpg", models=("gbvs", "uniform"), first="gbvs", second="uniform"),
    "options": CompareState(input="upload", space="lab", smooth=0.02, prior="add", width=0.4, scale="rank",
                            network="net"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_link_restores_its_state(name: str) -> None:
    state = replace(default_state(CHOICES), **{k: v for k, v in vars(STATES[name]).items() if v not in ("", ())})
    parameters = to_parameters(state, CHOICES)
    assert parse(parameters, CHOICES) == (state, [])


def test_defaults_are_left_out() -> None:
    assert to_parameters(default_state(CHOICES), CHOICES) == {"sample": "3"}
    assert "seed" not in to_parameters(replace(default_state(CHOICES), seed=9), CHOICES)  # a sample has no seed


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("view", "tv", "view “tv”"), ("seed", "-1", "not a whole number"), ("seed", "9" * 30, "not a whole number"),
        ("smooth", "nan", "not a number from 0.0 to 0.1"), ("width", "much", "not a number"),
        ("scale", "huge", "scale “huge”"), ("models", "gbvs,deep", "models has “deep”"),
        ("photo", "c.jpg", "photo “c.jpg”"),
        ("weights", "x" * 200, "weights “xxx"), ("network", "none", "showing the default instead"),
    ],
)
def test_an_invalid_value_is_one_sentence_and_replaced_by_the_default(name: str, text: str, message: str) -> None:
    state, problems = parse({name: text}, CHOICES)
    assert len(problems) == 1
    assert message in problems[0]
    assert len(problems[0]) < 200
    expected = replace(default_state(CHOICES), models=("gbvs",)) if name == "models" else default_state(CHOICES)
    assert state == expected
