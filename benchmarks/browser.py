"""Figures of the app, measured in a real browser against a server of its own."""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import Browser, Page

from benchmarks.figure import Figure
from tests.fixtures.browser import launched, running_app

PLAYER = ".attention-player"
PICTURE = f"{PLAYER} canvas.image"
STEP_THROUGH_ALL = """player => {
  const press = key => player.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  press("Home");
  const moments = Number(player.querySelector("input[type=range]").max);
  return Array.from({ length: moments }, () => {
    const start = performance.now();
    press("ArrowRight");
    player.offsetHeight; // layout belongs to the work
    return performance.now() - start;
  });
}"""
# the timeline is built anew with each walk, after its image; the original's player is updated before it
WATCH = """timeline => {
  window.hsal_drawn = 0;
  addEventListener("pointerup", () => { window.hsal_clicked = performance.now(); }, { capture: true, once: true });
  const watch = new MutationObserver(() => {
    watch.disconnect();
    requestAnimationFrame(() => { window.hsal_drawn = performance.now(); });
  });
  watch.observe(timeline, { childList: true });
}"""


def measure() -> list[Figure]:
    """All figures of the app."""
    with launched() as browser:
        return [*first_paint(browser), *new_scene_and_stepping(browser), *dragging(browser), *intervening(browser)]


def first_paint(browser: Browser, servers: int = 5) -> list[Figure]:
    """From the request to Overview's text and to its drawn player: a server's first visitor, with a new browser."""
    text, player = [], []
    for _ in range(servers):
        with running_app() as address:
            page = browser.new_context().new_page()
            start = time.perf_counter()
            page.goto(address, wait_until="commit")
            page.get_by_role("heading", name="See attention work").wait_for()
            text.append(time.perf_counter() - start)
            page.locator(PICTURE).first.wait_for()
            player.append(time.perf_counter() - start)
            page.context.close()
    visit = "fresh server and new browser, median"
    return [
        Figure(f"Overview's text painted, {visit}", statistics.median(text), "s", "under 1.5"),
        Figure(f"Overview's player drawn, {visit}", statistics.median(player), "s", ""),
    ]


def new_scene_and_stepping(browser: Browser, scenes: int = 15) -> list[Figure]:
    """Click on “New random scene” to a drawn player; and one step in the player."""
    with running_app() as address:
        page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        page.goto(f"{address}/step-through?input=scene")
        page.locator(PICTURE).first.wait_for()
        page.get_by_text("Take it home").wait_for()
        durations = [_new_scene(page) for _ in range(scenes + 2)][2:]
        stepping = _stepping(page)
        page.context.close()
    return [
        Figure("New random scene, click to drawn player, median", statistics.median(durations), "ms", "under 500"),
        Figure("Stepping one moment in the player, median of its main-thread work", stepping, "ms", "under 16"),
    ]


def dragging(browser: Browser, moves: int = 60) -> list[Figure]:
    """A move of a spotlight in the lesson's sandbox, from the event to the drawn maps and answer."""
    with running_app() as address:
        page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        page.goto(f"{address}/covert-and-overt?chapter=3")
        sandbox = page.locator(".sandbox")
        sandbox.locator(".bar.chosen").wait_for(timeout=120_000)  # the model is there
        grip, ground = sandbox.locator(".handle").bounding_box(), sandbox.locator(".image").bounding_box()
        page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
        page.mouse.down()
        durations = []
        for move in range(moves):
            page.mouse.move(ground["x"] + ground["width"] * (move + 1) / (moves + 1), ground["y"] + 150)
            page.wait_for_timeout(40)
            durations.append(float(sandbox.get_attribute("data-took-ms")))
        page.mouse.up()
        page.context.close()
    median = statistics.median(durations)
    return [Figure("Dragging a spotlight, from the move to the drawn answer, median", median, "ms", "under 50")]


def _new_scene(page: Page) -> float:
    canvas = page.locator(PICTURE).element_handle()
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    start = time.perf_counter()
    page.get_by_role("button", name="New random scene").click()
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before", arg=[canvas, before], polling="raf"
    )
    return (time.perf_counter() - start) * 1e3


def _stepping(page: Page) -> float:
    return statistics.median(page.locator(PLAYER).evaluate(STEP_THROUGH_ALL))


def intervening(browser: Browser, times: int = 12) -> list[Figure]:
    """From a click on a cell, which forces a glimpse, to both players drawn with what follows from it."""
    with running_app() as address:
        page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        page.goto(f"{address}/step-through?input=sample&mode=whatif&moment=4")
        page.locator(".doing").get_by_role("button", name="glimpse", exact=True).click(timeout=60_000)
        page.wait_for_timeout(10_000)  # the model is on its way
        durations = [_intervention(page, place) for place in range(times + 2)][2:]
        page.context.close()
    return [Figure("An intervention, click to both players drawn, median", statistics.median(durations), "ms",
                   "under 300")]


def _intervention(page: Page, place: int) -> float:
    timeline = page.locator(".doing").evaluate_handle("doing => doing.getRootNode().querySelector('.segments')")
    timeline.evaluate(WATCH)
    picture = page.locator(PICTURE).nth(1)
    side = picture.bounding_box()["width"]
    picture.click(position={"x": (0.5 + place % 13) * side / 13, "y": (0.5 + 6 * (place // 13)) * side / 13})
    page.wait_for_function("() => window.hsal_drawn", polling="raf")
    took = page.evaluate("() => window.hsal_drawn - window.hsal_clicked")
    page.wait_for_timeout(1500)
    return took
