"""The attention player as a stand-alone page, in a real browser."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.player import standalone_html
from hsal.trace import Trace
from traces import DIGITS, make_trace

STEP = ["saliency", "mask", "priority", "broad", "glimpse", "glimpse", "label"]
HOSTILE = "<img src=x onerror=window.hit=1>"
PIXELS = "() => document.querySelector('.picture').toDataURL()"
# counts what must not happen: animation frames asked for, and writes to the address
COUNTING = """
window.frames_asked = 0; window.writes = 0; window.hit = 0;
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (act) => { window.frames_asked += 1; return ask(act); };
const write = history.replaceState.bind(history);
history.replaceState = (...all) => { window.writes += 1; return write(...all); };
"""


class Shown:
    """One open page with a player in it."""

    def __init__(self, page: object) -> None:
        self.page = page

    @property
    def moment(self) -> int:
        return int(self.page.locator(".count").inner_text().split()[1]) - 1

    @property
    def sentence(self) -> str:
        return self.page.locator(".spoken").inner_text().replace("\u00a0", " ")

    def press(self, *keys: str) -> Shown:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text().replace("\u00a0", " ")

    def pixels(self) -> str:
        return self.page.evaluate(PIXELS)


@pytest.fixture(scope="module")
def pages(browser: object) -> Iterator[Callable[[bool], tuple[object, list[str]]]]:
    """One page for all tests, and one whose clock stands still; each with the list of its errors."""
    made = {}

    def page(clock: bool) -> tuple[object, list[str]]:
        if clock not in made:
            new, errors = browser.new_page(), []
            new.on("pageerror", lambda error: errors.append(str(error)))
            new.add_init_script(COUNTING)
            if clock:
                new.clock.install()
            made[clock] = (new, errors)
        return made[clock]

    yield page
    for new, _ in made.values():
        new.close()


@pytest.fixture
def open_player(pages: Callable, tmp_path: Path) -> Iterator[Callable[..., Shown]]:
    """Show a player; whatever the page reports as an error fails the test at its end."""
    reported = []

    def show(trace: Trace, *, query: str = "", moment: int = 0, motion: str = "reduce", width: int = 1140,
             clock: bool = False) -> Shown:
        page, errors = pages(clock)
        errors.clear()
        reported.append(errors)
        path = tmp_path / "page.html"
        path.write_text(standalone_html(trace, moment), encoding="utf-8")
        page.emulate_media(reduced_motion=motion)
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("about:blank")  # or a change of the address's last part alone would not load anew
        page.goto(path.as_uri() + query)
        page.locator(".attention-player").focus()
        return Shown(page)

    yield show
    assert not any(reported)


def test_every_moment_in_order(open_player: Callable[..., Shown]) -> None:
    trace = make_trace()
    shown = open_player(trace)
    expected = [*STEP, "inhibition", *STEP, "inhibition", *STEP]
    kinds = shown.page.locator(".segment").evaluate_all("all => all.map((segment) => segment.dataset.kind)")
    assert kinds == expected
    assert len(expected) == trace.moments
    said = [shown.sentence, *(shown.press("ArrowRight").sentence for _ in expected[1:])]
    for kind, sentence in zip(kinds, said, strict=True):
        word = {"glimpse": "overt", "label": "overt", "inhibition": "inhibition of return"}.get(kind, "covert")
        assert f", {word}: " in sentence
    assert shown.press("ArrowRight").moment == len(expected) - 1


def test_sentences_say_what_the_numbers_say(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace())
    expected = {
        1: "Meta-step 1, covert: attention spreads over the upper right without any eye movement.",
        4: "Meta-step 1, overt: glimpse 1 of 2 lands on row 2, column 6, where priority is 1.00.",
        6: "Meta-step 1, overt: the model names a 3 (80 %); right, a 3 was still to be named.",
        14: "Meta-step 2, overt: the model names a 7 (80 %); wrong, there is no 7 in the scene.",
        22: "Meta-step 3, overt: the model says stop (80 %); wrong, 5 was still to be named.",
    }
    for moment, sentence in expected.items():
        shown.page.locator(".scrub").fill(str(moment))
        assert shown.sentence == sentence


def test_a_label_named_too_often_and_a_walk_without_stop(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace(labels=(3, 3), rewards=(1.0, -1.0)), moment=14)
    assert shown.sentence.endswith("wrong, every 3 was already named.")
    assert shown.press("End").sentence.endswith("the walk ends here, without a stop.")
    assert [shown.text(".chips"), shown.text(".truth")] == ["3✓\n3✗", "In the scene: 3 5"]


def test_without_truth_nothing_is_judged(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace(truth=None), moment=6)
    assert shown.sentence == "Meta-step 1, overt: the model names a 3 (80 %)."
    assert shown.text(".why") == "the truth is not known"
    assert shown.page.locator(".sign").count() == 0
    assert shown.page.locator(".truth").is_hidden()


def test_keys_step_and_jump(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace())
    assert shown.press("ArrowRight", "ArrowRight", "ArrowLeft").moment == 1
    assert shown.press("ArrowDown").moment == 8
    assert shown.press("Shift+ArrowRight").moment == 16
    assert shown.press("ArrowLeft", "ArrowUp").moment == 8
    assert shown.press("Shift+ArrowLeft").moment == 0
    assert shown.press("End").moment == 22
    assert shown.press("Home").moment == 0


def test_keys_of_a_focused_control_stay_its_own(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace())
    shown.page.get_by_role("button", name="Forward one moment").focus()
    assert shown.press("Space").moment == 1
    assert shown.page.get_by_role("button", name="Play", exact=True).count() == 1  # not playing
    assert shown.press("ArrowRight").moment == 2
    shown.page.locator(".opacity").focus()
    assert shown.press("ArrowLeft").moment == 2
    assert shown.page.locator(".opacity").input_value() == "70"
    shown.page.locator(".scrub").focus()
    assert shown.press("ArrowRight").moment == 3
    assert shown.press("ArrowDown").moment == 8


def test_play_pause_and_speed(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace(), clock=True)
    shown.press("Space").page.clock.run_for(3 * 1600 + 100)
    assert shown.moment == 3
    shown.press("Space").page.clock.run_for(10_000)
    assert shown.moment == 3
    shown.page.get_by_role("button", name="4×").click()
    shown.page.get_by_role("button", name="Play", exact=True).click()
    shown.page.clock.run_for(2 * 400 + 100)
    assert shown.moment == 5
    shown.page.clock.run_for(60_000)
    assert shown.moment == 22
    assert shown.page.get_by_role("button", name="Play", exact=True).count() == 1


@pytest.mark.parametrize("layer", ["saliency", "covert mask", "priority", "glimpses", "inhibition"])
def test_each_layer_can_be_switched(open_player: Callable[..., Shown], layer: str) -> None:
    shown = open_player(make_trace(), moment=12)  # a glimpse of the second meta-step: something is inhibited by then
    before, switch = shown.pixels(), shown.page.get_by_role("button", name=layer, exact=True)
    switch.click()
    assert shown.pixels() != before
    assert switch.get_attribute("aria-pressed") == str(layer != "glimpses").lower()
    automatic = shown.page.get_by_role("button", name="automatic")
    assert automatic.get_attribute("aria-pressed") == "false"
    automatic.click()
    assert shown.pixels() == before


def test_a_switched_layer_stays_switched(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace())
    shown.page.get_by_role("button", name="priority").click()
    shown.page.locator(".scrub").fill("5")
    assert shown.page.get_by_role("button", name="priority").get_attribute("aria-pressed") == "true"
    assert shown.page.get_by_role("button", name="saliency").get_attribute("aria-pressed") == "false"


def test_smooth_maps_and_opacity(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace())
    cells = shown.pixels()
    shown.page.get_by_role("button", name="smooth").click()
    smooth = shown.pixels()
    shown.page.locator(".opacity").fill("0")
    bare = shown.pixels()
    shown.page.get_by_role("button", name="saliency").click()
    assert len({cells, smooth, bare}) == 3
    assert shown.pixels() == bare


def test_the_readout_tells_the_cell_pointed_at(open_player: Callable[..., Shown]) -> None:
    trace = make_trace()
    shown = open_player(trace)
    box = shown.page.locator(".picture").bounding_box()
    shown.page.mouse.move(box["x"] + box["width"] * 4.5 / 7, box["y"] + box["height"] * 1.5 / 7)
    step = trace.steps[0]
    numbers = [f"{float(array[1, 4]):.2f}" for array in (step.saliency, step.mask, step.priority)]
    assert shown.text(".readout") == "row 2, column 5 · saliency {} · mask {} · priority {}".format(*numbers)
    shown.page.mouse.move(box["x"] + box["width"] + 30, box["y"])
    assert shown.text(".readout") == "Point at the picture to read a cell."


def test_the_address_keeps_the_moment_and_all_else(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace(), query="?seed=4&moment=3#here")
    assert shown.moment == 3
    shown.press(*["ArrowRight"] * 12)
    shown.page.wait_for_url("**moment=15**")
    parts = urlsplit(shown.page.url)
    assert (parse_qs(parts.query), parts.fragment) == ({"seed": ["4"], "moment": ["15"]}, "here")
    assert shown.page.evaluate("window.writes") < 12


@pytest.mark.parametrize(("asked", "got"), [("999", 22), ("nonsense", 0), ("-4", 0)])
def test_an_impossible_moment_is_mended(open_player: Callable[..., Shown], asked: str, got: int) -> None:
    assert open_player(make_trace(), query=f"?moment={asked}").moment == got


def test_stepping_is_quick_and_asks_nobody(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace(rows=14, columns=14, glimpses=4), motion="no-preference")
    requests = []
    shown.page.on("request", requests.append)
    # The best of several walks: what other programs take from the processor is not the player's work.
    spent = shown.page.evaluate("""() => {
        const scrub = document.querySelector(".scrub");
        const step = (to) => {
            const begin = performance.now();
            scrub.value = to;
            scrub.dispatchEvent(new Event("input", { bubbles: true }));
            document.body.offsetHeight; // lay the page out within the measure
            document.querySelector(".picture").getContext("2d").getImageData(0, 0, 1, 1); // and finish the drawing
            return performance.now() - begin;
        };
        const walk = () => Array.from({ length: Number(scrub.max) + 1 }, (_, moment) => step(moment));
        const walks = Array.from({ length: 4 }, walk);
        return walks[0].map((_, moment) => Math.min(...walks.map((walked) => walked[moment])));
    }""")
    assert len(spent) == 29
    assert sorted(spent)[len(spent) // 2] < 16
    shown.press("Home", "ArrowRight", "Space")
    shown.page.get_by_role("button", name="priority").click()
    shown.page.wait_for_timeout(400)
    shown.page.remove_listener("request", requests.append)
    assert requests == []


def test_hostile_names_are_only_text(open_player: Callable[..., Shown]) -> None:
    names = (*DIGITS[:3], HOSTILE, *DIGITS[4:])
    shown = open_player(make_trace(names=names, name=f"</script></title>{HOSTILE}"), moment=6)
    assert HOSTILE in shown.sentence
    assert shown.text(".chip:not(.hidden)").startswith(HOSTILE)
    assert HOSTILE in shown.text(".truth")
    shown.press("Home", "End")
    assert shown.page.locator("img").count() == 0
    assert shown.page.evaluate("window.hit") == 0


def test_movement_only_where_it_is_wanted(open_player: Callable[..., Shown]) -> None:
    for motion, moves in (("reduce", False), ("no-preference", True)):
        shown = open_player(make_trace(), motion=motion)
        shown.page.evaluate("window.frames_asked = 0")
        said = shown.page.evaluate("""() => {
            const event = new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true });
            document.querySelector(".attention-player").dispatchEvent(event);
            return document.querySelector(".spoken").textContent;
        }""")
        assert "attention spreads" in said  # at once, whatever moves
        assert (shown.page.evaluate("window.frames_asked") > 0) is moves
        if not moves:
            assert shown.page.evaluate("document.getAnimations({ subtree: true }).length") == 0


@pytest.mark.parametrize("width", [340, 700, 1140])
@pytest.mark.parametrize(
    "variant",
    [
        {},
        {"labels": (10,), "rewards": (1.0,), "truth": ()},
        {"rows": 14, "columns": 9, "gaussians": 6, "glimpses": 1, "image_px": (64, 160)},
        {"names": (*(f"a rather long name {n}" for n in range(40)), "stop"), "labels": (3, 7, 40), "truth": (3, 5)},
    ],
    ids=["plain", "one step", "other shapes", "many classes"],
)
def test_the_layout_holds_still_and_fits(open_player: Callable[..., Shown], width: int, variant: dict) -> None:
    trace = make_trace(**variant)
    shown = open_player(trace, width=width)
    heights = shown.page.evaluate("""() => {
        const [player, scrub] = [document.querySelector(".attention-player"), document.querySelector(".scrub")];
        return Array.from({ length: Number(scrub.max) + 1 }, (_, moment) => {
            scrub.value = moment;
            scrub.dispatchEvent(new Event("input", { bubbles: true }));
            return player.offsetHeight;
        });
    }""")
    assert len(heights) == trace.moments
    assert len(set(heights)) == 1
    assert shown.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_names_for_those_who_do_not_see(open_player: Callable[..., Shown]) -> None:
    shown = open_player(make_trace())
    assert shown.page.get_by_role("region", name="Attention player").count() == 1
    assert shown.page.locator(".spoken").get_attribute("aria-live") == "polite"
    assert "Meta-step 1" in shown.page.locator(".picture").get_attribute("aria-label")
    assert shown.page.get_by_role("slider").count() == 2
    for button in shown.page.get_by_role("button").all():
        assert button.inner_text().strip() or button.get_attribute("aria-label")


def test_the_page_is_one_offline_file_with_the_trace_in_it() -> None:
    trace = make_trace()
    page = standalone_html(trace)
    start = page.index('id="trace">') + len('id="trace">')
    assert Trace.from_dict(json.loads(page[start : page.index("</script>", start)])).labels == trace.labels
    assert "http://" not in page
    assert "https://" not in page


def test_importing_the_player_brings_no_torch() -> None:
    check = "import sys, app.player; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=Path(__file__).parents[1]).returncode == 0
