"""People and model in a real browser, with a visitor's own photo and fixations."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.fixtures.axe import findings
from tests.fixtures.step_through import image_bytes

PATIENCE_MS = 90_000
CSV = "x,y,subject,duration\n" + "\n".join(
    f"{x},{y},{person},200" for person, path in {"a": [(60, 40), (20, 20), (90, 70)], "b": [(50, 50), (30, 60)]}.items()
    for x, y in path
)


def open_own(page: Page, app_url: str, more: str = "") -> Locator:
    """The replay of an uploaded photo with two people."""
    page.goto(f"{app_url}/people-and-model?input=own{more}")
    inputs = page.locator("input[type=file]")
    expect(inputs).to_have_count(2, timeout=PATIENCE_MS)
    inputs.nth(0).set_input_files({"name": "bar.png", "mimeType": "image/png", "buffer": image_bytes((400, 300))})
    expect(page.locator(".replay[data-photo='bar.png']")).to_be_visible(timeout=PATIENCE_MS)
    inputs.nth(1).set_input_files({"name": "bar.csv", "mimeType": "text/csv", "buffer": CSV.encode()})
    replay = page.locator(".replay[data-photo='bar.png']")
    expect(replay.locator(".person option")).to_have_count(3, timeout=PATIENCE_MS)
    return replay


def drawn(replay: Locator) -> str:
    """The photo with everything over it."""
    return str(replay.locator(".photo").first.evaluate("(canvas) => canvas.toDataURL()"))


def test_people_are_replayed_fixation_by_fixation(page: Page, app_url: str) -> None:
    replay = open_own(page, app_url)
    count, sentence = replay.locator(".count"), replay.locator(".sentence")
    replay.get_by_role("button", name="First fixation").click()
    expect(count).to_have_text(re.compile("Fixation 1 of"))
    expect(sentence).to_contain_text("Person 1's first fixation, which lasted 200 ms")
    before = drawn(replay)
    replay.press("ArrowRight")
    expect(count).to_have_text(re.compile("Fixation 2 of"))
    assert drawn(replay) != before  # the saccade begins at once
    expect(page).to_have_url(re.compile("fixation=2"), timeout=PATIENCE_MS)
    replay.locator(".person").select_option("Person 2")
    expect(sentence).to_contain_text("Person 2's second fixation")
    expect(page).to_have_url(re.compile("person=2"), timeout=PATIENCE_MS)


def test_a_photo_without_people_is_guessed_on_by_click_and_by_key(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/people-and-model?photo=coffee")
    replay = page.locator(".replay[data-photo]")
    expect(replay.locator(".sentence")).to_contain_text("Click 5 places", timeout=PATIENCE_MS)
    reveal = replay.locator(".reveal")
    expect(reveal).to_have_attribute("aria-disabled", "true")
    replay.locator(".photo").first.click(position={"x": 40, "y": 40})
    expect(replay.locator(".sentence")).to_contain_text("4 places left")
    replay.focus()
    replay.press("ArrowLeft")
    replay.press(" ")
    expect(replay.locator(".sentence")).to_contain_text("3 places left")
    replay.get_by_role("button", name="Undo").click()
    expect(replay.locator(".sentence")).to_contain_text("4 places left")
    reveal.click()
    expect(replay.locator(".count")).to_be_visible()
    replay.get_by_role("button", name="Guess again").click()
    expect(replay.locator(".sentence")).to_contain_text("Click 5 places")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_controls_are_in_view_and_axe_finds_nothing(browser: Browser, app_url: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    tab = context.new_page()
    tab.goto(f"{app_url}/people-and-model?photo=coffee")
    replay = tab.locator(".replay[data-photo]")
    expect(replay.locator(".reveal")).to_be_in_viewport(timeout=PATIENCE_MS)
    replay.locator(".photo").first.click(position={"x": 40, "y": 40})
    replay.locator(".reveal").click()
    expect(replay.locator(".play")).to_be_in_viewport(ratio=1)
    assert findings(tab) == []
    context.close()


def test_a_phone_never_scrolls_sideways(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    tab = context.new_page()
    replay = open_own(tab, app_url, "&view=density")
    expect(replay.locator(".photo").first).to_be_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    context.close()
