"""Benchmarks of the app, measured in a real browser with a server of its own."""

from __future__ import annotations

import statistics
import time

from playwright.sync_api import Browser, FloatRect, Locator, Page

from benchmarks.measurement import Measurement
from tests.fixtures.browser import launched, running_app

PLAYER = ".attention-player"
IMAGE = f"{PLAYER} canvas.image"
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
# The timeline is rebuilt with each trace, after its image; the original trace's player is updated before.
WATCH = """timeline => {
  window.hsal_drawn = 0;
  addEventListener("pointerup", () => { window.hsal_clicked = performance.now(); }, { capture: true, once: true });
  const watch = new MutationObserver(() => {
    watch.disconnect();
    requestAnimationFrame(() => { window.hsal_drawn = performance.now(); });
  });
  watch.observe(timeline, { childList: true });
}"""


def measure() -> list[Measurement]:
    """Run all benchmarks of the app."""
    with launched() as browser:
        return [*first_paint(browser), *new_scene_and_stepping(browser), *dragging(browser), *intervening(browser)]


def first_paint(browser: Browser, servers: int = 5) -> list[Measurement]:
    """Time from the request to Overview's text and to its drawn player, on a new server and with a new browser."""
    text, player = [], []
    for _ in range(servers):
        with running_app() as address:
            page = browser.new_context().new_page()
            start = time.perf_counter()
            page.goto(address, wait_until="commit")
            page.get_by_role("heading", name="See attention work").wait_for()
            text.append(time.perf_counter() - start)
            page.locator(IMAGE).first.wait_for()
            player.append(time.perf_counter() - start)
            page.context.close()
    visit = "fresh server and new browser, median"
    return [
        Measurement(f"Overview's text painted, {visit}", statistics.median(text), "s", "under 1.5"),
        Measurement(f"Overview's player drawn, {visit}", statistics.median(player), "s", ""),
    ]


def new_scene_and_stepping(browser: Browser, scenes: int = 15) -> list[Measurement]:
    """Time from a click on “New random scene” to the drawn player, and of one step in the player."""
    with running_app() as address:
        page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        page.goto(f"{address}/step-through?input=scene")
        page.locator(IMAGE).first.wait_for()
        page.get_by_test_id("stDownloadButton").first.wait_for()  # the whole page is drawn
        durations = [_new_scene(page) for _ in range(scenes + 2)][2:]
        stepping = _stepping(page)
        page.context.close()
    return [
        Measurement("New random scene, click to drawn player, median", statistics.median(durations), "ms", "under 500"),
        Measurement("Stepping one moment in the player, median of its main-thread work", stepping, "ms", "under 16"),
    ]


def dragging(browser: Browser, moves: int = 60) -> list[Measurement]:
    """Time from a move of a Gaussian in the lesson's sandbox to the drawn maps and prediction."""
    with running_app() as address:
        page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        page.goto(f"{address}/covert-and-overt?chapter=3")
        sandbox = page.locator(".sandbox")
        sandbox.locator(".bar.chosen").wait_for(timeout=120_000)  # the model is loaded
        handle, image = _box(sandbox.locator(".handle")), _box(sandbox.locator(".image"))
        page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        page.mouse.down()
        durations = []
        for move in range(moves):
            page.mouse.move(image["x"] + image["width"] * (move + 1) / (moves + 1), image["y"] + 150)
            page.wait_for_timeout(40)
            durations.append(float(sandbox.get_attribute("data-took-ms") or "nan"))
        page.mouse.up()
        page.context.close()
    median = statistics.median(durations)
    return [Measurement("Dragging a Gaussian, from the move to the drawn prediction, median", median, "ms", "under 50")]


def _new_scene(page: Page) -> float:
    canvas = page.locator(IMAGE).element_handle()
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    start = time.perf_counter()
    page.get_by_role("button", name="New random scene").click()
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before", arg=[canvas, before], polling="raf"
    )
    return (time.perf_counter() - start) * 1e3


def _stepping(page: Page) -> float:
    return statistics.median(page.locator(PLAYER).evaluate(STEP_THROUGH_ALL))


def intervening(browser: Browser, times: int = 12) -> list[Measurement]:
    """Time from a click on a cell, which forces a glimpse, to both drawn players with the new trace."""
    with running_app() as address:
        page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
        page.goto(f"{address}/step-through?input=sample&mode=whatif&moment=4")
        page.locator(".editor").get_by_role("button", name="glimpse", exact=True).click(timeout=60_000)
        page.wait_for_timeout(10_000)  # the model is loading
        durations = [_intervention(page, place) for place in range(times + 2)][2:]
        page.context.close()
    return [Measurement("An intervention, click to both players drawn, median", statistics.median(durations), "ms",
                   "under 300")]


def _intervention(page: Page, place: int) -> float:
    timeline = page.locator(".editor").evaluate_handle("editor => editor.getRootNode().querySelector('.segments')")
    timeline.evaluate(WATCH)
    image = page.locator(IMAGE).nth(1)
    side = _box(image)["width"]
    image.click(position={"x": (0.5 + place % 13) * side / 13, "y": (0.5 + 6 * (place // 13)) * side / 13})
    page.wait_for_function("() => window.hsal_drawn", polling="raf")
    took = page.evaluate("() => window.hsal_drawn - window.hsal_clicked")
    page.wait_for_timeout(1500)
    return took


def _box(element: Locator) -> FloatRect:
    box = element.bounding_box()
    if box is None:
        raise RuntimeError(f"{element} is not visible")
    return box
