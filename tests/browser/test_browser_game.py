"""You against the model in a real browser: by pointer, by keyboard, and as a challenge from a friend."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from app import cache
from hsal.paths import DEFAULT_WEIGHTS
from tests.fixtures.axe import findings
from tests.fixtures.browser import new_tab, wait_for_parameter

SEED = 7


def open_game(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".game .scene").wait_for()
    expect(page.locator(".game .status")).to_contain_text("Digit 1: 2 of 2 glimpses left")


def scene() -> tuple[tuple[int, ...], list[tuple[float, float]]]:
    """The digits of the scene, and the center of each as shares of the image's width and height."""
    trace = cache.scene_trace(DEFAULT_WEIGHTS, SEED, 0, *cache.DEFAULT_SCENE)
    height, width = trace.image.shape
    places = [((box.left_px + box.right_px) / 2 / width, (box.top_px + box.bottom_px) / 2 / height)
              for box in trace.boxes]
    return tuple(box.label for box in trace.boxes), places


def test_a_game_by_pointer_shows_both_scanpaths_and_a_link_to_share(
    browser: Browser, page: Page, app_url: str
) -> None:
    labels, places = scene()
    open_game(page, f"{app_url}/you-against-the-model?seed={SEED}")
    stage = page.locator(".game .scene")
    box = stage.bounding_box()
    assert box
    blurred = stage.evaluate("(canvas) => canvas.toDataURL()")
    for label, (across, down) in zip(labels, places, strict=True):
        stage.click(position={"x": across * box["width"], "y": down * box["height"]})
        expect(page.locator(".game .status")).to_contain_text("1 of 2 glimpses left")
        assert stage.evaluate("(canvas) => canvas.toDataURL()") != blurred
        page.get_by_role("button", name=str(label), exact=True).click()
    expect(page.locator(".game .labels")).to_have_text(f"Named so far: {', '.join(map(str, labels))}")
    expect(page.locator(".game .verdict")).to_be_hidden()
    page.get_by_role("button", name="Stop: no digits left").click()
    expect(page.locator(".game .verdict")).to_be_focused()
    rows = [row.inner_text().split("\t") for row in page.locator(".game .scores tr").all()]
    assert rows[0][:4] == ["You", ", ".join(map(str, labels)), "✓ yes", str(len(labels))]
    assert rows[1][0] == "The model"
    assert float(rows[0][4]) > 0
    expect(page.get_by_role("img", name=re.compile(r"^The model: \d+ counted glimpses?( \(|;)"))).to_be_visible()
    assert findings(page) == []
    link = page.locator(".game .link").input_value()
    assert re.search(rf"\?seed={SEED}&right=1&glimpses={len(labels)}&saliency=\d+$", link)
    with new_tab(browser) as friend:
        open_game(friend, link)
        score = f"named every digit correctly, with {len(labels)} glimpses"
        expect(friend.locator(".game .challenger")).to_contain_text(score)
        friend.keyboard.press("Tab")
        friend.get_by_role("button", name="Stop: no digits left").click()
        expect(friend.locator(".game .more")).to_contain_text("the challenger wins", ignore_case=True)
        expect(friend.locator(".game .scores tr")).to_have_count(3)


def test_a_game_by_keyboard_alone(page: Page, app_url: str) -> None:
    open_game(page, f"{app_url}/you-against-the-model?seed={SEED}")
    page.get_by_role("application").focus()
    for key in ("ArrowUp", "ArrowLeft", "Space", "ArrowDown", "Enter", "Space"):
        page.keyboard.press(key)
    expect(page.locator(".game .status")).to_contain_text("0 of 2 glimpses left. Name it or say stop.")
    page.keyboard.press("4")
    expect(page.locator(".game .status")).to_contain_text("Digit 2: 2 of 2 glimpses left")
    page.reload()
    expect(page.locator(".game .labels")).to_have_text("Named so far: 4")
    page.get_by_role("application").press("s")
    expect(page.locator(".game .verdict")).to_be_focused()
    you = page.locator(".game .scores tr").first.inner_text().split("\t")
    assert you[1:4] == ["4", "✗ no", "2"]
    page.get_by_role("button", name="New scene").click()
    wait_for_parameter(page, "seed", other_than="7")
    expect(page.locator(".game .status")).to_contain_text("Digit 1: 2 of 2 glimpses left")
    page.get_by_role("application").press("s")
    expect(page.locator(".game .scores tr").first).to_contain_text("nothing")
    page.go_back()
    wait_for_parameter(page, "seed", "7")
    expect(page.locator(".game .scores tr").first).to_contain_text("You4✗ no2")
