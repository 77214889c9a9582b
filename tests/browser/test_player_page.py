"""The attention player as a page: quick, safe, without layout shifts, for every shape of image and map."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hsal.export.player.page import standalone_html
from hsal.tracing.schema import Trace
from tests.fixtures.players import Bench, player_bench
from tests.fixtures.traces import DIGITS, make_trace

HOSTILE = "<img src=x onerror=window.hit=1>"


@pytest.fixture(scope="module")
def bench(browser: object) -> Iterator[Bench]:
    with player_bench(browser) as made:
        yield made


def test_stepping_is_quick_and_sends_no_request(bench: Bench) -> None:
    shown = bench.show(make_trace(rows=14, columns=14, glimpses=4), still=False)
    requests = []

    def note(request: object) -> None:
        requests.append(request.url)

    shown.page.on("request", note)
    # The best of several passes: other programs may use the processor too.
    spent = shown.page.evaluate("""async () => {
        const scrub = document.querySelector(".scrub");
        const step = (to) => {
            const begin = performance.now();
            scrub.value = to;
            scrub.dispatchEvent(new Event("input", { bubbles: true }));
            document.body.offsetHeight; // lay the page out within the measure
            document.querySelector(".image").getContext("2d").getImageData(0, 0, 1, 1); // and finish the drawing
            return performance.now() - begin;
        };
        const best = Array(Number(scrub.max) + 1).fill(Infinity);
        for (let pass = 0; pass < 12; pass += 1) {
            for (const moment of best.keys()) best[moment] = Math.min(best[moment], step(moment));
            await new Promise((resolve) => setTimeout(resolve, 30));
        }
        return best;
    }""")
    assert len(spent) == 29
    assert sorted(spent)[len(spent) // 2] < 16
    writes = shown.page.evaluate("window.writes")
    shown.press("Home", "ArrowRight", "Space")
    shown.page.get_by_role("button", name="priority").click()
    shown.page.wait_for_function("(before) => window.writes > before", arg=writes)  # the address is written last
    shown.page.remove_listener("request", note)
    assert requests == []


def test_hostile_names_are_only_text(bench: Bench) -> None:
    names = (*DIGITS[:3], HOSTILE, *DIGITS[4:])
    shown = bench.show(make_trace(names=names, name=f"</script></title>{HOSTILE}"), moment=6)
    assert HOSTILE in shown.sentence
    assert shown.text(".chip:not(.hidden)").startswith(HOSTILE)
    assert HOSTILE in shown.text(".truth")
    shown.press("Home", "End")
    assert shown.page.locator("img").count() == 0
    assert shown.page.evaluate("window.hit") == 0


def test_animation_only_without_reduced_motion(bench: Bench) -> None:
    for still in (True, False):
        shown = bench.show(make_trace(), still=still)
        shown.page.evaluate("window.frames_asked = 0")
        sentence = shown.page.evaluate("""() => {
            const event = new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true });
            document.querySelector(".attention-player").dispatchEvent(event);
            return document.querySelector(".spoken").textContent;
        }""")
        assert "attention spreads" in sentence  # at once, whatever is animated
        assert (shown.page.evaluate("window.frames_asked") > 0) is not still
        if still:
            assert shown.page.evaluate("document.getAnimations({ subtree: true }).length") == 0


@pytest.mark.parametrize("width", [340, 700, 1140])
@pytest.mark.parametrize(
    "variant",
    [
        {},
        {"labels": (10,), "rewards": (1.0,), "truth": ()},
        {"rows": 14, "columns": 9, "gaussians": 6, "glimpses": 1, "image_px": (64, 160)},
        {"rows": 1, "columns": 1, "gaussians": 1, "glimpses": 1},
        {"names": (*(f"a rather long name {n}" for n in range(40)), "stop"), "labels": (3, 7, 40), "truth": (3, 5)},
    ],
    ids=["plain", "one step", "other shapes", "one cell", "many classes"],
)
def test_the_layout_does_not_shift_and_fits(bench: Bench, width: int, variant: dict) -> None:
    trace = make_trace(**variant)
    shown = bench.show(trace, width=width)
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


def test_labels_for_screen_readers(bench: Bench) -> None:
    shown = bench.show(make_trace())
    assert shown.page.get_by_role("region", name="Attention player").count() == 1
    assert shown.page.locator(".spoken").get_attribute("aria-live") == "polite"
    assert "Prediction 1 of 2" in shown.page.locator(".image").get_attribute("aria-label")
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
    assert subprocess.run([sys.executable, "-c", check], cwd=Path(__file__).parents[2]).returncode == 0
