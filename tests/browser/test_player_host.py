"""The attention player inside a host: what Streamlit calls, and Streamlit itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from app.component import element_module
from app.player import bundle
from hsal.tracing.schema import Trace
from tests.fixtures.browser import running_script, wait_until_settled
from tests.fixtures.photo_traces import make_photo_trace
from tests.fixtures.players import Shown, new_page
from tests.fixtures.traces import make_trace

# A host as Streamlit is one: theme variables around a shadow root, which holds the html and the css.
HOST = """async ([html, css, js]) => {
    const module = await import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })));
    const theme = document.body.appendChild(document.createElement("div"));
    window.tint = (color) => theme.style.setProperty("--st-text-color", color);
    window.enter = () => {
        window.parentElement = theme.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
        window.parentElement.innerHTML = `<div>${html}</div><style>${css}</style>`;
    };
    window.call = (data) => module.default({ data, parentElement: window.parentElement });
    window.tint("#222222");
    window.enter();
}"""
COMPACT_PARTS = {
    "image": True, "spoken": True, "scrub": True, "play": True,
    "panels": False, "view-settings": False, "speeds": False, "readout": False, "answer": False,
}
SCRIPT = """
import streamlit as st
from app.player import attention_player
from hsal.tracing.schema import Trace
trace = Trace.from_json(open({path!r}).read())
attention_player(trace, moment=int(st.query_params.get("moment", 0)), key="player")
st.button("Again")
runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.text(f"run {{runs}}")
"""


class Host(Shown):
    """A page whose player is called as Streamlit would call it."""

    def call(self, trace: Trace, name: str = "leave", **options: object) -> None:
        data = {"trace": trace.to_json(), "moment": 0, "compact": False, "key": "player", **options}
        self.page.evaluate("([data, name]) => { window[name] = window.call(data); }", [data, name])
        self.page.clock.run_for(1)  # a call takes effect a moment later

    def leave(self, name: str = "leave") -> None:
        self.page.evaluate("(name) => window[name]()", name)

    def enter_anew(self) -> None:
        self.page.evaluate("() => { window.parentElement.host.remove(); window.enter(); }")


@pytest.fixture
def host(browser: object, tmp_path: Path) -> Iterator[Host]:
    """A page with a place for a player, whose time moves only when told to."""
    page, errors = new_page(browser, clock=True)
    page.emulate_media(reduced_motion="no-preference")
    page.set_viewport_size({"width": 1140, "height": 900})
    (tmp_path / "host.html").write_text("<!doctype html><body></body>")
    page.goto((tmp_path / "host.html").as_uri())
    html, css, js = bundle()
    page.evaluate(HOST, [html, css, element_module(js)])
    yield Host(page)
    page.close()
    assert errors == []


def test_a_rerun_stays_at_the_moment(host: Host) -> None:
    trace = make_trace()
    host.call(trace, moment=2)
    host.page.locator(".attention-player").focus()
    host.press("ArrowRight", "ArrowRight", "Space")
    host.page.get_by_role("button", name="priority").click()
    host.page.locator(".opacity").fill("40")
    host.call(trace, moment=9)
    assert (host.moment, host.playing) == (4, True)
    assert host.pressed("priority") == "true"
    assert host.page.locator(".opacity").input_value() == "40"
    assert host.page.locator(".sizer").count() == 3  # nothing is built twice


def test_another_trace_starts_at_its_moment_and_a_shorter_one_is_clamped(host: Host) -> None:
    host.call(make_trace(), moment=20)
    assert host.moment == 20
    host.call(make_trace(glimpses=1), moment=3)  # the same image and weights, but 20 moments
    assert host.moment == 19
    other = make_trace()
    host.call(replace(other, source=replace(other.source, image_sha256="1" * 64)), moment=3)
    assert host.moment == 3


def test_a_photo_stays_until_its_edited_version_is_decoded(host: Host) -> None:
    blue, red = (np.full((300, 400, 3), color, np.uint8) for color in ([20, 60, 200], [200, 30, 30]))
    corner = "[...window.parentElement.querySelector('.image').getContext('2d').getImageData(3, 3, 1, 1).data].join()"
    host.call(make_photo_trace(blue), moment=4)
    host.page.wait_for_function(f"{corner} === '20,60,200,255'")
    host.call(make_photo_trace(red), moment=4)
    assert host.page.evaluate(corner) in ("20,60,200,255", "200,30,30,255")  # never blank
    host.page.wait_for_function(f"{corner} === '200,30,30,255'")


def test_the_theme_follows_the_host(host: Host) -> None:
    host.call(make_trace())
    player = host.page.locator(".attention-player")
    assert player.get_attribute("data-theme") == "light"
    host.page.evaluate("window.tint('#eeeeee')")
    host.call(make_trace())
    assert player.get_attribute("data-theme") == "dark"


def test_removal_stops_everything(host: Host) -> None:
    host.call(make_trace())
    host.page.locator(".attention-player").focus()
    host.press("ArrowRight", "Space")
    host.leave()
    host.page.evaluate("window.frames_asked = 0")
    host.press("ArrowRight").page.clock.run_for(10_000)
    assert host.moment == 1
    assert host.page.evaluate("[window.frames_asked, window.writes]") == [0, 0]


def test_an_overtaken_call_does_not_take_the_player_down(host: Host) -> None:
    host.call(make_trace(), "first")
    host.call(make_trace(), "second")
    host.leave("first")
    host.page.locator(".attention-player").focus()
    assert host.press("ArrowRight").moment == 1
    host.leave("second")
    assert host.press("ArrowRight").moment == 1


def test_left_and_right_step_while_no_control_has_the_focus(host: Host) -> None:
    host.call(make_trace())
    host.page.evaluate("() => document.body.insertAdjacentHTML('beforeend', '<input id=other><button>B</button>')")
    host.page.evaluate("() => document.activeElement.blur()")
    assert host.press("ArrowRight", "ArrowRight", "ArrowLeft").moment == 1
    assert host.press("ArrowDown", "End", "Space", "Shift+ArrowRight").moment == 1  # these keys scroll the page
    for other in ("#other", "body > button"):
        host.page.locator(other).focus()
        assert host.press("ArrowRight").moment == 1
    host.page.locator(".opacity").focus()
    assert host.press("ArrowLeft").moment == 1
    host.page.locator(".scrub").focus()
    assert host.press("ArrowRight").moment == 2  # once, not twice
    host.leave()
    host.page.evaluate("() => document.activeElement.blur()")
    assert host.press("ArrowRight").page.evaluate("window.writes") == 0


def test_a_compact_player_does_not_handle_keys_of_the_page(host: Host) -> None:
    host.call(make_trace(), compact=True)
    host.page.get_by_role("button", name="Pause").click()
    host.page.evaluate("() => document.activeElement.blur()")
    before = host.moment
    assert host.press("ArrowRight").moment == before


def test_returning_restores_the_moment(host: Host) -> None:
    host.call(make_trace())
    host.page.locator(".scrub").fill("12")
    host.leave()
    host.enter_anew()
    host.call(make_trace())
    assert host.moment == 12
    host.leave()
    host.enter_anew()
    host.call(make_trace(), moment=5)  # a link to another moment
    assert host.moment == 5


def test_compact_plays_once_and_leaves_the_address_alone(host: Host) -> None:
    host.call(make_trace(), compact=True)
    assert host.playing
    host.page.clock.run_for(2 * 1600 + 100)
    assert host.moment == 2
    host.page.get_by_role("button", name="Pause").click()
    host.call(make_trace(), compact=True)
    assert not host.playing
    visible = {part: host.page.locator(f".{part}").is_visible() for part in COMPACT_PARTS}
    assert visible == COMPACT_PARTS
    host.page.clock.run_for(1000)
    assert host.page.evaluate("window.writes") == 0


def test_compact_does_not_play_with_reduced_motion(host: Host) -> None:
    host.page.emulate_media(reduced_motion="reduce")
    host.call(make_trace(), compact=True)
    assert not host.playing


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a Streamlit server that shows one player."""
    (tmp_path / "trace.json").write_text(make_trace().to_json())
    (tmp_path / "script.py").write_text(SCRIPT.format(path=str(tmp_path / "trace.json")))
    with running_script(tmp_path / "script.py") as address:
        yield f"{address}/"


def test_in_streamlit_stepping_sends_nothing_and_a_rerun_keeps_the_place(page: Page, served: str) -> None:
    frames, requests = [], []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(frame)))
    page.goto(f"{served}?seed=4&moment=3")
    shown = Shown(page)
    page.get_by_text("run 1").wait_for()
    page.locator(".spoken").filter(has_text="broad glimpse").wait_for()
    wait_until_settled(page)
    frames.clear()
    page.on("request", lambda request: requests.append(request.url))
    page.locator(".attention-player").focus()
    shown.press("ArrowRight", "ArrowDown", "Space")
    page.locator(".scrub").fill("12")
    page.get_by_role("button", name="priority").click()
    page.get_by_role("button", name="Pause").click()
    reached = shown.moment
    assert reached >= 12
    page.wait_for_url(re.compile(rf"\?seed=4&moment={reached}$"))
    # A browser without history requests the page's icon again whenever the address changes.
    assert [frames, [url for url in requests if "favicon" not in url]] == [[], []]
    page.get_by_role("button", name="Again").click()
    page.get_by_text("run 2").wait_for()
    assert len(frames) > 0  # so frames are counted
    assert shown.moment == reached
    assert page.url.endswith(f"?seed=4&moment={reached}")
