"""The address of Compare saliency: what it carries, and what it says to nonsense."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.compare.address import Compared, Offered, first_of, parse, to_parameters

OFFERED = Offered(
    samples=("3", "1", "2"), tasks=("mnist-multiset", "street-numbers"), photos=("a.jpg", "b.jpg"),
    models=("itti_koch", "gbvs", "uniform"), networks=("net",), weights=("mnist-multiset", "mnist-set"),
)
STATES = {
    "usual": Compared(),
    "scene": Compared(input="scene", task="street-numbers", seed=7, index=3, view="attention", weights="mnist-set"),
    "photo": Compared(input="photo", photo="b.jpg", models=("gbvs", "uniform"), first="gbvs", second="uniform"),
    "options": Compared(input="upload", space="lab", smooth=0.02, prior="add", width=0.4, scale="rank", network="net"),
}


@pytest.mark.parametrize("name", STATES)
def test_an_address_leads_back_to_its_view(name: str) -> None:
    state = replace(first_of(OFFERED), **{k: v for k, v in vars(STATES[name]).items() if v not in ("", ())})
    parameters = to_parameters(state, OFFERED)
    assert parse(parameters, OFFERED) == (state, [])


def test_the_usual_is_left_out() -> None:
    assert to_parameters(first_of(OFFERED), OFFERED) == {"sample": "3"}
    assert "seed" not in to_parameters(replace(first_of(OFFERED), seed=9), OFFERED)  # a sample has no seed


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("view", "tv", "view “tv”"), ("seed", "-1", "not a whole number"), ("seed", "9" * 30, "not a whole number"),
        ("smooth", "nan", "not a number from 0.0 to 0.1"), ("width", "much", "not a number"),
        ("scale", "huge", "scale “huge”"), ("models", "gbvs,deep", "models has “deep”"),
        ("photo", "c.jpg", "photo “c.jpg”"),
        ("weights", "x" * 200, "weights “xxx"), ("network", "none", "showing the default instead"),
    ],
)
def test_nonsense_gets_one_sentence_and_the_usual_in_its_place(name: str, text: str, said: str) -> None:
    state, problems = parse({name: text}, OFFERED)
    assert len(problems) == 1
    assert said in problems[0]
    assert len(problems[0]) < 200
    usual = replace(first_of(OFFERED), models=("gbvs",)) if name == "models" else first_of(OFFERED)
    assert state == usual
