"""The cueing task alone: its trials, its results, and whole sessions with responses of known times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.posner import HERE, LENGTHS, PRACTICE
from tests.fixtures.posner import ADDRESS, RESPONDER, task

WHOLE_MS = 120_000  # longer than any session here


@pytest.fixture(scope="module")
def pure(browser: Browser) -> Iterator[Page]:
    """A page with the pure functions."""
    page = browser.new_page()
    page.add_script_tag(content=(HERE / "trials.js").read_text())
    yield page
    page.close()


def trial(condition: str, rt: float | None, outcome: str = "correct", practice: bool = False) -> dict[str, Any]:
    return {
        "practice": practice, "condition": condition, "cue": "left", "target": "left", "fixation": 900, "soa": 500,
        "response": "left", "outcome": outcome, "rt": rt,
    }


@pytest.mark.parametrize("counts", [PRACTICE, *(length["counts"] for length in LENGTHS)])
def test_the_schedule_has_every_condition_on_both_sides_and_matching_cues(
    pure: Page, counts: dict[str, int]
) -> None:
    trials = pure.evaluate("(counts) => schedule(counts, generator(7), false)", counts)
    assert Counter(one["condition"] for one in trials) == counts
    for one in trials:
        other = {"left": "right", "right": "left"}[one["target"]]
        assert one["cue"] == {"valid": one["target"], "neutral": "both", "invalid": other}[one["condition"]]
        assert 700 <= one["fixation"] <= 1200
        assert 400 <= one["soa"] <= 800
    for condition, count in counts.items():
        sides = Counter(one["target"] for one in trials if one["condition"] == condition)
        assert sides["left"] - sides["right"] == count % 2


def test_another_seed_gives_another_order(pure: Page) -> None:
    orders = [pure.evaluate("(seed) => schedule({valid: 9, neutral: 3, invalid: 3}, generator(seed), false)", seed)
              for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"side": "left", "rt": 350}, "correct"),
        ({"side": "right", "rt": 350}, "incorrect"),
        ({"side": "left", "rt": 119}, "too early"),  # nobody responds to a dot within 120 ms
        ({"side": "left", "rt": 120}, "correct"),
        ({"side": "left", "rt": -80}, "too early"),  # before the dot
        (None, "too late"),
    ],
)
def test_the_outcome_of_a_response(pure: Page, answer: dict[str, Any] | None, outcome: str) -> None:
    judged = pure.evaluate("(answer) => judge({target: 'left'}, answer)", answer)
    assert judged["outcome"] == outcome
    assert judged["rt"] == (answer and answer["rt"])


def test_the_results_match_hand_computed_ones(pure: Page) -> None:
    trials = [
        *(trial("valid", rt) for rt in (290, 300, 330)),  # median 300
        *(trial("neutral", rt) for rt in (340, 360, 330, 350)),  # median 345
        *(trial("invalid", rt) for rt in (400, 410, 390)),  # median 400
        trial("valid", 50, "too early"), trial("valid", None, "too late"), trial("invalid", 300, "incorrect"),
        trial("valid", 9, practice=True),
    ]
    found = pure.evaluate("(trials) => summarize(trials, 5)", trials)
    assert {name: one["value"] for name, one in found["medians"].items()} == {
        "valid": 300, "neutral": 345, "invalid": 400
    }
    assert [found[name]["value"] for name in ("effect", "benefit", "cost")] == [100, 45, 55]
    # the extremes of resampling: 390 - 330 and 410 - 290
    assert 60 <= found["effect"]["low"] < 100 < found["effect"]["high"] <= 120
    assert found["outcomes"] == {"correct": 10, "incorrect": 1, "too early": 1, "too late": 1}
    assert found["trials"] == 13
    assert pure.evaluate("(trials) => summarize(trials, 5)", trials) == found


def test_the_interval_of_many_responses_agrees_with_theory(pure: Page) -> None:
    # 401 times spread evenly over 0..400: the median's standard error is about 1 / (2 f sqrt(n)) = 400 / (2 * 20) = 10
    found = pure.evaluate(
        "() => estimate(median, [Array.from({length: 401}, (_, at) => at)], generator(1))"
    )
    assert found["value"] == 200
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 * 10, rel=0.15)


def test_few_responses_have_no_interval_and_none_have_no_value(pure: Page) -> None:
    found = pure.evaluate("(trials) => summarize(trials, 5)", [trial("valid", 300), trial("valid", 310)])
    assert found["medians"]["valid"] == {"value": 305, "low": None, "high": None}
    assert found["medians"]["invalid"] is None
    assert found["effect"] is None


def test_the_csv_has_one_line_per_trial(pure: Page) -> None:
    trials = [trial("valid", 301.26), trial("invalid", None, "too late"), {**trial("valid", None), "outcome": None}]
    assert pure.evaluate("(trials) => toCsv(trials)", trials).splitlines() == [
        "trial,practice,condition,cue,target,fixation_ms,soa_ms,response,outcome,rt_ms",
        "1,0,valid,left,left,900,500,left,correct,301.3",
        "2,0,invalid,left,left,900,500,left,too late,",
    ]


def start(page: Page, delays: dict[str, int | None]) -> None:
    page.evaluate(RESPONDER, delays)
    page.get_by_role("button", name="Start with practice").click()


def through_practice(page: Page) -> None:
    page.clock.run_for(WHOLE_MS)
    begin = page.get_by_role("button", name="Begin")
    expect(begin).to_be_focused()
    page.keyboard.press("Enter")


def test_known_delays_give_the_known_effect(browser: Browser, tmp_path: Path) -> None:
    with task(browser) as page:
        start(page, {"valid": 300, "neutral": 340, "invalid": 400})
        expect(page.locator(".progress")).to_have_text("Practice trial 1 of 3")
        through_practice(page)
        page.clock.run_for(WHOLE_MS)
        expect(page.locator(".effect")).to_have_text("100 ms [100, 100]")
        cells = [row.inner_text().split("\t") for row in page.locator(".medians tr").all()]
        assert cells == [
            ["valid", "6", "300 ms [300, 300]"], ["neutral", "4", "340 ms [340, 340]"],
            ["invalid", "4", "400 ms [400, 400]"],
        ]
        expect(page.locator(".verdict")).to_contain_text("faster where the arrow pointed")
        expect(page.locator(".counts")).to_have_text(
            "14 trials: 14 correct; excluded: 0 incorrect, 0 too early, 0 too late."
        )
        assert page.locator(".response").count() == 14
        with page.expect_download() as download:
            page.get_by_role("button", name="Download all trials (CSV)").click()
        lines = Path(download.value.path()).read_text().splitlines()
        assert len(lines) == 1 + 3 + 14


def test_early_and_missed_responses_are_reported_and_excluded(browser: Browser) -> None:
    with task(browser) as page:
        start(page, {"valid": 300, "neutral": 60, "invalid": None})
        page.clock.run_for(500)
        page.keyboard.press("ArrowLeft")  # before the arrow: ignored
        notes = set()
        for _ in range(60):
            page.clock.run_for(200)
            notes.add(page.locator(".note").inner_text())
        late = "Too late: press as soon as you see the dot."
        assert {"Too early: wait for the dot.", late, "Correct: 300 ms."} <= notes
        through_practice(page)
        page.clock.run_for(WHOLE_MS)
        expect(page.locator(".counts")).to_have_text(
            "14 trials: 6 correct; excluded: 0 incorrect, 4 too early, 4 too late."
        )
        expect(page.locator(".effect")).to_have_text("no responses")


def test_a_hidden_tab_pauses_and_the_trial_is_repeated(browser: Browser) -> None:
    with task(browser) as page:
        start(page, {"valid": 300, "neutral": 300, "invalid": 300})
        through_practice(page)
        page.clock.run_for(1000)
        page.evaluate(
            "() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
        notice = "Paused because this tab was hidden. Trials done: 0; left, including practice: 14."
        expect(page.locator(".reason")).to_contain_text(notice)
        page.clock.run_for(WHOLE_MS)
        expect(page.locator(".reason")).to_be_visible()
        expect(page.get_by_role("button", name="Finish here")).to_be_hidden()
        page.get_by_role("button", name="Continue").click()
        expect(page.locator(".progress")).to_have_text("Trial 1 of 14")
        page.clock.run_for(WHOLE_MS)
        expect(page.locator(".counts")).to_contain_text("14 trials: 14 correct")


def test_a_session_can_be_paused_reloaded_and_ended_early(browser: Browser) -> None:
    with task(browser) as page:
        start(page, {"valid": 300, "neutral": 300, "invalid": 300})
        through_practice(page)
        page.clock.run_for(6000)
        page.keyboard.press("Escape")
        done = page.locator(".reason").inner_text()
        assert "Paused. " in done
        page.goto(ADDRESS)
        expect(page.locator(".reason")).to_have_text(done.replace("Paused.", "Your session has been restored."))
        page.get_by_role("button", name="Finish here").click()
        number = done.split("Trials done: ")[1].split(";")[0]
        expect(page.locator(".counts")).to_contain_text(f"{number} trials: {number} correct")
        page.get_by_role("button", name="Do it again").click()
        page.goto(ADDRESS)
        expect(page.get_by_role("button", name="Start with practice")).to_be_visible()


def test_touching_a_side_responds(browser: Browser) -> None:
    with task(browser) as page:
        page.get_by_role("button", name="Start with practice").click()
        for _ in range(200):
            page.clock.run_for(20)
            if page.locator(".posner").get_attribute("data-shows") == "target":
                break
        target = page.locator(".posner").get_attribute("data-target") or ""
        page.clock.run_for(200)
        page.get_by_role("button", name=target.capitalize()).click()
        expect(page.locator(".note")).to_contain_text("Correct: ")
