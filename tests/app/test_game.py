"""The game without a browser: links, received turns, scores, and the page."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app import cache
from app.address import LARGEST_SEED
from app.game import outcome_data, state
from app.game.challenge import Challenge, ScoreSummary, parse, to_parameters
from app.game.score import PlayError, Turn, compare, read_turns, score, turns_of
from hsal.paths import DEFAULT_WEIGHTS
from hsal.zoo.samples import FEATURED, recorded
from tests.fixtures.browser import ROOT
from tests.fixtures.step_through import parameter, shown

PAGE = str(ROOT / "pages" / "game.py")
SALIENCY = np.array([[1.0, 0.5], [0.25, 0.0]])
WON, LOST = ScoreSummary(True, 6, 40), ScoreSummary(False, 6, 40)


@pytest.mark.parametrize("challenge", [
    Challenge(7), Challenge(LARGEST_SEED, ScoreSummary(True, 0, None)), Challenge(0, ScoreSummary(False, 99, 100)),
])
def test_a_link_gives_the_challenge_back(challenge: Challenge) -> None:
    assert parse(to_parameters(challenge), default_seed=3) == (challenge, [])


def test_an_address_without_a_seed_gives_another_scene() -> None:
    assert parse({}, default_seed=3) == (Challenge(3), [])


@pytest.mark.parametrize("wrong", [
    {"seed": "-1"}, {"seed": "1e9"}, {"seed": str(LARGEST_SEED + 1)}, {"seed": "٣"}, {"seed": ""},
])
def test_an_invalid_seed_is_reported(wrong: dict[str, str]) -> None:
    challenge, problems = parse(wrong, default_seed=3)
    assert challenge == Challenge(3)
    assert len(problems) == 1


@pytest.mark.parametrize("wrong", [
    {"right": "1"}, {"right": "2", "glimpses": "4"}, {"right": "1", "glimpses": "-4"}, {"saliency": "40"},
    {"right": "1", "glimpses": "4", "saliency": "101"}, {"right": "1", "glimpses": "4", "saliency": "<b>"},
])
def test_an_invalid_score_is_ignored_and_reported(wrong: dict[str, str]) -> None:
    challenge, problems = parse({"seed": "5", **wrong}, default_seed=3)
    assert challenge == Challenge(5)
    assert len(problems) == 1


def test_turns_are_read() -> None:
    assert read_turns([[[0, 3], 5], [[], None]], cells=4, glimpses=2) == (Turn((0, 3), 5), Turn((), None))


@pytest.mark.parametrize("raw", [
    "x", None, 3, [[0]], [[[0], 5, 1]], [[["0"], 5]], [[[4], 5]], [[[-1], 5]], [[[0], 10]], [[[0], True]],
    [[[0, 1, 2], 5]], [[[], 1]] * 11, [[[0.5], 1]],
])
def test_impossible_turns_are_refused(raw: Any) -> None:
    with pytest.raises(PlayError):
        read_turns(raw, cells=4, glimpses=2)


def test_the_score_matches_a_hand_computed_one() -> None:
    # 1.0 and 0.5; then the first cell again, now 0, and 0.25: 1.75 over four glimpses; those before stop do not count
    turns = (Turn((0, 1), 5), Turn((0, 2), 3), Turn((3, 3), None))
    found = score(turns, (3, 5), SALIENCY)
    assert (found.labels, found.exact, found.glimpses) == ((5, 3), True, 4)
    assert found.attn_saliency == pytest.approx(1.75 / 4)
    assert found.summary == ScoreSummary(True, 4, 44)
    assert SALIENCY[0, 0] == 1  # the input is not changed


def test_twice_in_one_turn_is_no_inhibition() -> None:
    assert score((Turn((0, 0), 5),), (5,), SALIENCY).attn_saliency == 1


@pytest.mark.parametrize(("labels", "exact"), [((5, 3), True), ((5,), False), ((5, 3, 3), False), ((5, 5), False)])
def test_exact_is_each_digit_as_often_as_it_occurs(labels: tuple[int, ...], exact: bool) -> None:
    found = score(tuple(Turn((), label) for label in labels), (3, 5), SALIENCY)
    assert found.exact is exact
    assert found.attn_saliency is None


@pytest.mark.parametrize(("you", "other", "said"), [
    (WON, LOST, "you win"), (LOST, WON, "the model wins"), (LOST, LOST, "nobody wins"), (WON, WON, "a draw"),
    (WON, ScoreSummary(True, 8, 90), "you win"), (WON, ScoreSummary(True, 4, 10), "the model wins"),
])
def test_an_exact_match_counts_first_and_then_the_glimpses(you: ScoreSummary, other: ScoreSummary, said: str) -> None:
    assert said in compare(you, other, "the model")


def test_one_glimpse_is_singular() -> None:
    one = ScoreSummary(True, 1, 40)
    assert compare(one, one, "the model").endswith("with 1 glimpse each: a draw.")
    assert compare(WON, WON, "the model").endswith("with 6 glimpses each: a draw.")


def test_the_models_trace_is_scored_like_the_visitors_turns() -> None:
    trace = recorded()[FEATURED]
    found = score(turns_of(trace), trace.truth, trace.steps[0].saliency)
    assert found.labels == trace.labels
    assert found.exact == trace.exact
    assert trace.ended_by_stop
    assert found.glimpses == sum(len(step.glimpses) for step in trace.steps[:-1])  # the last step says stop


def test_the_link_for_a_friend_holds_the_score_and_no_digit() -> None:
    trace = recorded()[FEATURED]
    outcome = outcome_data((Turn((), None),), trace, Challenge(12, WON))
    assert outcome["link"] == "seed=12&right=0&glimpses=0"
    assert len(outcome["sentences"]) == 2


def play(seed: str, played: Any = None, **parameters: str) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=120)
    for name, value in {"seed": seed, **parameters}.items():
        page.query_params[name] = value
    if played is not None:
        page.session_state[state.PLAYED] = {int(seed): played}
    page.run()
    assert not page.exception
    return page


def data(page: AppTest) -> dict[str, Any]:
    return json.loads(page.get("bidi_component")[0].proto.json)


def test_before_stop_the_page_sends_neither_truth_nor_trace() -> None:
    sent = data(play("7"))
    assert sent["outcome"] is None
    assert set(sent) == {"image", "rows", "columns", "glimpses", "maxLabels", "challenger", "outcome", "seed"}
    assert sent["challenger"] is None


def test_after_stop_it_sends_both_sequences_of_glimpses() -> None:
    trace = cache.scene_trace(DEFAULT_WEIGHTS, 7, 0, *cache.DEFAULT_SCENE)
    turns = [[[place], label] for place, label in enumerate(trace.truth)] + [[[], None]]
    outcome = data(play("7", turns))["outcome"]
    assert outcome["truth"] == list(trace.truth)
    you, model = outcome["players"]
    assert (you["exact"], you["glimpses"]) == (True, len(trace.truth))
    assert model["labels"] == list(trace.labels)


def test_a_friend_sees_the_challengers_score_and_an_invalid_link_is_reported() -> None:
    sent = data(play("7", right="1", glimpses="8", saliency="41"))
    assert "named every digit correctly, with 8 glimpses and saliency 0.41" in sent["challenger"]
    page = play("7", right="1")
    assert data(page)["challenger"] is None
    assert "could not be read" in shown(page.warning[0].value)


def test_impossible_turns_are_reported_and_another_scene_is_offered() -> None:
    page = play("7", [[[9999], 1]])
    assert "could not be read" in page.error[0].value
    page.button[0].click().run()
    assert not page.exception
    assert parameter(page, "seed") != "7"
    assert data(page)["outcome"] is None
