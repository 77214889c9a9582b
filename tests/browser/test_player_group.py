"""Attention players of one group, called as by Streamlit: all show the same moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from app.component import element_module
from app.player import bundle
from hsal.tracing.schema import Trace
from tests.fixtures.players import new_page
from tests.fixtures.traces import make_trace

# a host as Streamlit is one: a shadow root an element, the module shared by all of them
HOST = """async ([html, css, js]) => {
    const module = await import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })));
    const parents = [];
    window.enter = (data) => {
        const parent = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
        parent.innerHTML = `<div>${html}</div><style>${css}</style>`;
        parents.push(parent);
        window.call(parents.length - 1, data);
    };
    const leave = [];
    window.call = (place, data) => { leave[place] = module.default({ data, parentElement: parents[place] }); };
    window.leave = (place) => { leave[place](); parents[place].host.remove(); };
}"""
LONG, SHORT = make_trace(), make_trace(labels=(3, 10), rewards=(1.0, -1.0))  # 23 and 15 moments


class Players:
    """Players one under another."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def enter(self, trace: Trace, title: str, **options: object) -> None:
        self.page.evaluate("(data) => window.enter(data)", self.data(trace, title, **options))
        self.page.clock.run_for(1)

    def call(self, place: int, trace: Trace, title: str, **options: object) -> None:
        self.page.evaluate("([place, data]) => window.call(place, data)", [place, self.data(trace, title, **options)])
        self.page.clock.run_for(1)

    def data(self, trace: Trace, title: str, **options: object) -> dict:
        shared = {"trace": trace.to_json(), "moment": 0, "compact": True, "stay": True, "key": title}
        return shared | {"group": "together", "title": title, **options}

    def one(self, place: int) -> Locator:
        return self.page.locator(".attention-player").nth(place)

    def counts(self) -> list[str]:
        return [re.split("[,;]", text)[0] for text in self.page.locator(".count").all_inner_texts()]


@pytest.fixture
def players(browser: object, tmp_path: Path) -> Iterator[Players]:
    page, errors = new_page(browser, clock=True)
    (tmp_path / "host.html").write_text("<!doctype html><body></body>")
    page.goto((tmp_path / "host.html").as_uri())
    html, css, js = bundle()
    page.evaluate(HOST, [html, css, element_module(js)])
    players = Players(page)
    players.enter(LONG, "Long")
    players.enter(SHORT, "Short")
    yield players
    page.close()
    assert errors == []


def test_one_slider_moves_all_and_an_ended_trace_stays_at_its_end(players: Players) -> None:
    assert players.page.locator(".title").all_inner_texts() == ["Long", "Short"]
    players.one(1).locator(".scrub").fill("5")
    assert players.counts() == ["Moment 6 of 23", "Moment 6 of 15"]
    players.one(0).locator(".scrub").fill("21")
    assert players.counts() == ["Moment 22 of 23", "Ended at moment 15"]
    players.one(0).locator(".scrub").fill("9")
    assert players.counts() == ["Moment 10 of 23", "Moment 10 of 15"]


def test_keys_move_all_by_one_wherever_the_focus_is(players: Players) -> None:
    players.page.locator("body").press("ArrowRight")  # in no player: handled once, not once per player
    assert players.counts() == ["Moment 2 of 23", "Moment 2 of 15"]
    players.one(1).press("ArrowRight")
    assert players.counts() == ["Moment 3 of 23", "Moment 3 of 15"]
    players.one(1).press("End")  # of the longest trace
    assert players.counts() == ["Moment 23 of 23", "Ended at moment 15"]
    players.one(1).press("ArrowLeft")  # from there, not from its own end
    assert players.counts() == ["Moment 22 of 23", "Ended at moment 15"]


def test_one_play_button_plays_all_to_the_longest_end(players: Players) -> None:
    players.page.clock.run_for(5000)
    assert players.counts() == ["Moment 1 of 23", "Moment 1 of 15"]  # none plays by itself
    players.one(1).get_by_role("button", name="Play").click()
    assert players.page.get_by_role("button", name="Pause").count() == 2
    players.page.clock.run_for(3300)
    assert players.counts() == ["Moment 3 of 23", "Moment 3 of 15"]
    players.one(0).get_by_role("button", name="Pause").click()
    players.page.clock.run_for(5000)
    assert players.counts() == ["Moment 3 of 23", "Moment 3 of 15"]
    players.one(0).get_by_role("button", name="Play").click()
    players.page.clock.run_for(60_000)
    assert players.counts() == ["Moment 23 of 23", "Ended at moment 15"]
    assert players.page.get_by_role("button", name="Play").count() == 2


def test_a_later_or_changed_player_joins_at_the_groups_moment(players: Players) -> None:
    players.one(0).locator(".scrub").fill("7")
    players.enter(LONG, "Late", moment=2)
    players.call(1, LONG, "Short")
    assert players.counts() == ["Moment 8 of 23"] * 3
    players.page.evaluate("window.leave(0)")
    players.page.locator("body").press("ArrowRight")  # another one handles the keys now
    assert players.counts() == ["Moment 9 of 23"] * 2


def test_a_player_of_no_group_stays_on_its_own(players: Players) -> None:
    players.enter(LONG, "Alone", group="", compact=False)
    players.one(0).locator(".scrub").fill("7")
    assert players.counts() == ["Moment 8 of 23", "Moment 8 of 15", "Moment 1 of 23"]
