"""The cueing task alone: its trials, its sums, and whole sessions with fingers of known speed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.posner import HERE, LENGTHS, PRACTICE
from tests.fixtures.posner import ADDRESS, FINGERS, task

WHOLE_MS = 120_000  # longer than any session here


@pytest.fixture(scope="module")
def pure(browser: Browser) -> Iterator[Page]:
    """A page that knows the pure functions."""
    page = browser.new_page()
    page.add_script_tag(content=(HERE / "trials.js").read_text())
    yield page
    page.close()


def trial(condition: str, rt: float | None, outcome: str = "right", practice: bool = False) -> dict[str, Any]:
    return {
        "practice": practice, "condition": condition, "cue": "left", "target": "left", "fixation": 900, "soa": 500,
        "response": "left", "outcome": outcome, "rt": rt,
    }


@pytest.mark.parametrize("counts", [PRACTICE, *(length["counts"] for length in LENGTHS)])
def test_the_schedule_has_every_condition_on_both_sides_and_cues_that_say_so(
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
        ({"side": "left", "rt": 350}, "right"),
        ({"side": "right", "rt": 350}, "wrong side"),
        ({"side": "left", "rt": 119}, "too early"),  # nobody answers a dot within 120 ms
        ({"side": "left", "rt": 120}, "right"),
        ({"side": "left", "rt": -80}, "too early"),  # before the dot
        (None, "too late"),
    ],
)
def test_an_answer_is_judged(pure: Page, answer: dict[str, Any] | None, outcome: str) -> None:
    judged = pure.evaluate("(answer) => judge({target: 'left'}, answer)", answer)
    assert judged["outcome"] == outcome
    assert judged["rt"] == (answer and answer["rt"])


def test_the_sums_are_those_worked_out_by_hand(pure: Page) -> None:
    trials = [
        *(trial("valid", rt) for rt in (290, 300, 330)),  # median 300
        *(trial("neutral", rt) for rt in (340, 360, 330, 350)),  # median 345
        *(trial("invalid", rt) for rt in (400, 410, 390)),  # median 400
        trial("valid", 50, "too early"), trial("valid", None, "too late"), trial("invalid", 300, "wrong side"),
        trial("valid", 9, practice=True),
    ]
    found = pure.evaluate("(trials) => sumUp(trials, 5)", trials)
    assert {name: one["value"] for name, one in found["medians"].items()} == {
        "valid": 300, "neutral": 345, "invalid": 400
    }
    assert [found[name]["value"] for name in ("effect", "benefit", "cost")] == [100, 45, 55]
    # the slowest and fastest that resamples can give: 390 - 330 and 410 - 290
    assert 60 <= found["effect"]["low"] < 100 < found["effect"]["high"] <= 120
    assert found["outcomes"] == {"right": 10, "wrong side": 1, "too early": 1, "too late": 1}
    assert found["trials"] == 13
    assert pure.evaluate("(trials) => sumUp(trials, 5)", trials) == found


def test_the_interval_of_many_answers_is_about_what_theory_says(pure: Page) -> None:
    # 401 times spread evenly over 0..400: the median's standard error is about 1 / (2 f sqrt(n)) = 400 / (2 * 20) = 10
    found = pure.evaluate(
        "() => estimate(median, [Array.from({length: 401}, (_, at) => at)], generator(1))"
    )
    assert found["value"] == 200
    assert found["high"] - found["low"] == pytest.approx(2 * 1.96 * 10, rel=0.15)


def test_few_answers_have_no_interval_and_none_no_value(pure: Page) -> None:
    found = pure.evaluate("(trials) => sumUp(trials, 5)", [trial("valid", 300), trial("valid", 310)])
    assert found["medians"]["valid"] == {"value": 305, "low": None, "high": None}
    assert found["medians"]["invalid"] is None
    assert found["effect"] is None


def test_the_csv_has_a_line_a_trial(pure: Page) -> None:
    trials = [trial("valid", 301.26), trial("invalid", None, "too late"), {**trial("valid", None), "outcome": None}]
    assert pure.evaluate("(trials) => toCsv(trials)", trials).splitlines() == [
        "trial,practice,condition,cue,target,fixation_ms,soa_ms,response,outcome,rt_ms",
        "1,0,valid,left,left,900,500,left,right,301.3",
        "2,0,invalid,left,left,900,500,left,too late,",
    ]


def start(page: Page, delays: dict[str, int | None]) -> None:
    page.evaluate(FINGERS, delays)
    page.get_by_role("button", name="Start with practice").click()


def through_practice(page: Page) -> None:
    page.clock.run_for(WHOLE_MS)
    begin = page.get_by_role("button", name="Begin")
    expect(begin).to_be_focused()
    page.keyboard.press("Enter")


def test_known_delays_give_the_known_effect(browser: Browser, tmp_path: Path) -> None:
    with task(browser) as page:
        start(page, {"valid": 300, "neutral": 340, "invalid": 400})
        expect(page.locator(".progress")).to_have_text("Practice 1 of 3")
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
            "14 trials: 14 answered right; left out: 0 wrong side, 0 too early, 0 too late."
        )
        assert page.locator(".answer").count() == 14
        with page.expect_download() as download:
            page.get_by_role("button", name="All trials as CSV").click()
        lines = Path(download.value.path()).read_text().splitlines()
        assert len(lines) == 1 + 3 + 14


def test_early_and_missed_answers_are_told_and_left_out(browser: Browser) -> None:
    with task(browser) as page:
        start(page, {"valid": 300, "neutral": 60, "invalid": None})
        page.clock.run_for(500)
        page.keyboard.press("ArrowLeft")  # at the plus sign: means nothing
        notes = set()
        for _ in range(60):
            page.clock.run_for(200)
            notes.add(page.locator(".note").inner_text())
        late = "Too late: press as soon as you see the dot."
        assert {"Too early: wait for the dot.", late, "Right: 300 ms."} <= notes
        through_practice(page)
        page.clock.run_for(WHOLE_MS)
        expect(page.locator(".counts")).to_have_text(
            "14 trials: 6 answered right; left out: 0 wrong side, 4 too early, 4 too late."
        )
        expect(page.locator(".effect")).to_have_text("no answers")


def test_a_hidden_tab_pauses_and_the_trial_comes_again(browser: Browser) -> None:
    with task(browser) as page:
        start(page, {"valid": 300, "neutral": 300, "invalid": 300})
        through_practice(page)
        page.clock.run_for(1000)
        page.evaluate(
            "() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
        told = "Paused, since this tab was hidden. 0 trials are done, 14 are left"
        expect(page.locator(".why")).to_contain_text(told)
        page.clock.run_for(WHOLE_MS)
        expect(page.locator(".why")).to_be_visible()
        expect(page.get_by_role("button", name="Finish here")).to_be_hidden()
        page.get_by_role("button", name="Continue").click()
        expect(page.locator(".progress")).to_have_text("Trial 1 of 14")
        page.clock.run_for(WHOLE_MS)
        expect(page.locator(".counts")).to_contain_text("14 trials: 14 answered right")


def test_a_session_is_paused_goes_on_after_a_reload_and_ends_early(browser: Browser) -> None:
    with task(browser) as page:
        start(page, {"valid": 300, "neutral": 300, "invalid": 300})
        through_practice(page)
        page.clock.run_for(6000)
        page.keyboard.press("Escape")
        done = page.locator(".why").inner_text()
        assert "Paused. " in done
        page.goto(ADDRESS)
        expect(page.locator(".why")).to_have_text(done.replace("Paused.", "Your session is still here."))
        page.get_by_role("button", name="Finish here").click()
        number = done.split("Paused. ")[1].split()[0]
        expect(page.locator(".counts")).to_contain_text(f"{number} trials: {number} answered right")
        page.get_by_role("button", name="Do it again").click()
        page.goto(ADDRESS)
        expect(page.get_by_role("button", name="Start with practice")).to_be_visible()


def test_a_touched_side_answers(browser: Browser) -> None:
    with task(browser) as page:
        page.get_by_role("button", name="Start with practice").click()
        for _ in range(200):
            page.clock.run_for(20)
            if page.locator(".posner").get_attribute("data-shows") == "target":
                break
        target = page.locator(".posner").get_attribute("data-target") or ""
        page.clock.run_for(200)
        page.get_by_role("button", name=target.capitalize()).click()
        expect(page.locator(".note")).to_contain_text("Right: ")
