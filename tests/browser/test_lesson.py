"""The lesson in a real browser: from first to last chapter, with its spotlights moved by mouse, keys and sliders."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.lesson.exercises import exercises
from app.lesson.sandbox import controller_bytes
from app.lesson.text import chapters
from tests.fixtures.axe import findings
from tests.fixtures.browser import new_tab, wait_until_settled

SLOWEST_MS = 2000  # far above the aim of 50 ms: test machines are slow and busy
# centers of digits in the chapters' own scenes, as shares of the image's width and height
THREE, EIGHT, TWO, CORNER = (0.26, 0.75), (0.23, 0.30), (0.79, 0.26), (0.92, 0.92)


def open_chapter(page: Page, app_url: str, chapter: int, more: str = "") -> None:
    page.goto(f"{app_url}/covert-and-overt?chapter={chapter}{more}")
    expect(page.get_by_role("heading", name=f"{chapter}. {chapters()[chapter - 1].title}")).to_be_visible()


def open_sandbox(page: Page, app_url: str, chapter: int, more: str = "") -> Locator:
    """The chapter's sandbox, with its model loaded."""
    open_chapter(page, app_url, chapter, more)
    sandbox = page.locator(".sandbox")
    expect(sandbox.locator(".verdict")).to_contain_text("%")
    return sandbox


def drag(page: Page, sandbox: Locator, handle: str, to: tuple[float, float]) -> None:
    sandbox.locator(".image").scroll_into_view_if_needed()
    grip, image = sandbox.locator(handle).bounding_box(), sandbox.locator(".image").bounding_box()
    assert grip is not None
    assert image is not None
    # a frame is dragged by its edge
    page.mouse.move(grip["x"] + (5 if "glimpse" in handle else grip["width"] / 2), grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(image["x"] + to[0] * image["width"], image["y"] + to[1] * image["height"], steps=8)
    page.mouse.up()


def test_the_whole_lesson(page: Page, app_url: str) -> None:
    open_chapter(page, app_url, 1)
    for number, chapter in enumerate(chapters(), 1):
        expect(page.get_by_role("heading", name=f"{number}. {chapter.title}")).to_be_visible()
        expect(page.locator(".attention-player, .sandbox, .replay").first).to_be_visible()
        correct = next(answer for answer in chapter.answers if answer.correct)
        page.locator("label").filter(has_text=re.sub(r"[*]", "", correct.text)).click()
        expect(page.get_by_text("✓ Correct.")).to_be_visible()
        if number < len(chapters()):
            page.get_by_role("button", name=f"Next: {chapters()[number].short}").click()
            expect(page).to_have_url(re.compile(f"chapter={number + 1}"))
    page.get_by_role("link", name="Now try it with your own drawing").click()
    expect(page).to_have_url(re.compile(r"step-through\?input=draw"))


def test_a_dragged_spotlight_changes_the_answer_at_once(page: Page, app_url: str) -> None:
    sandbox = open_sandbox(page, app_url, 3)
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: frames.append("frame")))
    for place, name in ((THREE, "a 3 ("), (EIGHT, "an 8 ("), (TWO, "a 2 ("), (CORNER, "stop (")):
        drag(page, sandbox, ".handle.spotlight", place)
        expect(sandbox.locator(".verdict")).to_contain_text(name)
        assert float(sandbox.get_attribute("data-took-ms") or "inf") < SLOWEST_MS
    assert frames == []


def test_arrow_keys_move_a_spotlight_and_its_answer_is_announced(page: Page, app_url: str) -> None:
    sandbox = open_sandbox(page, app_url, 3)
    handle = sandbox.get_by_role("button", name=re.compile(r"^Spotlight 1: row 7.0, column 7.0, weight 100"))
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(sandbox.get_by_role("button", name=re.compile("row 7.0, column 7.3"))).to_be_focused()
    for key, times in (("Shift+ArrowRight", 4), ("Shift+ArrowUp", 3)):
        for _ in range(times):
            page.keyboard.press(key)
    expect(sandbox.locator(".verdict")).to_contain_text("a 2 (")
    expect(sandbox.locator(".spoken")).to_contain_text("a 2 (")


def test_more_spotlights_and_their_weights(page: Page, app_url: str) -> None:
    sandbox = open_sandbox(page, app_url, 4)
    expect(sandbox.locator(".handle.spotlight")).to_have_count(2)  # the model's own two
    sandbox.get_by_role("button", name="3 spotlights").click()
    for number, place in enumerate(((0.25, 0.28), (0.795, 0.225), (0.705, 0.705)), 1):
        drag(page, sandbox, f".handle.spotlight[data-index='{number - 1}']", place)
    weights = sandbox.get_by_role("slider", name="weight")
    for slider in weights.all():
        slider.fill("100")
    expect(sandbox.locator(".verdict")).to_contain_text("a 7 (")
    weights.last.fill("22")  # of the spotlight on the 7
    expect(weights.last).to_have_attribute("aria-valuetext", "10%")  # 22 of 222
    expect(sandbox.locator(".verdict")).to_contain_text("a 2 (")
    sandbox.get_by_role("button", name="Reset").click()
    expect(sandbox.locator(".handle.spotlight")).to_have_count(2)


def test_the_answer_follows_the_sharp_glimpse_only_under_the_mask(page: Page, app_url: str) -> None:
    sandbox = open_sandbox(page, app_url, 5)
    expect(sandbox.locator(".verdict")).to_contain_text("a 2 (")
    drag(page, sandbox, ".handle.glimpse", EIGHT)
    expect(sandbox.locator(".verdict")).to_contain_text("an 8 (")
    expect(sandbox.locator(".other")).to_contain_text("With the broad glimpse alone: a 2 (")
    drag(page, sandbox, ".handle.spotlight", CORNER)
    expect(sandbox.locator(".verdict")).to_contain_text("stop (")


def test_the_saliency_map_waits_for_a_guess(page: Page, app_url: str) -> None:
    open_chapter(page, app_url, 2)
    sandbox = page.locator(".sandbox")
    expect(sandbox.locator(".verdict")).to_contain_text("Choose the place")
    sandbox.locator(".image").click(position={"x": 20, "y": 200})
    expect(sandbox.locator(".verdict")).to_contain_text("of the maximum")
    expect(sandbox.locator(".image")).to_have_attribute("aria-label", re.compile("Overlay: saliency"))


def test_a_word_of_the_text_highlights_its_part(page: Page, app_url: str) -> None:
    sandbox = open_sandbox(page, app_url, 3)
    word = page.locator("[data-highlights=priority]").first
    word.hover()
    expect(sandbox.locator("[data-part=priority]")).to_have_class(re.compile("highlighted"))
    page.mouse.move(0, 0)
    expect(sandbox.locator("[data-part=priority]")).not_to_have_class(re.compile("highlighted"))
    word.focus()
    expect(sandbox.locator("[data-part=priority]")).to_have_class(re.compile("highlighted"))


def test_a_word_shows_its_layer_in_the_player(page: Page, app_url: str) -> None:
    open_chapter(page, app_url, 7)
    mask = page.locator(".attention-player [data-layer=mask]")
    expect(mask).to_have_attribute("aria-pressed", "false")
    page.locator("[data-highlights=mask]").first.hover()
    expect(mask).to_have_attribute("aria-pressed", "true")
    page.mouse.move(0, 0)
    expect(mask).to_have_attribute("aria-pressed", "false")


def test_the_weights_are_sent_once_per_visit(page: Page, app_url: str) -> None:
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data))))
    open_sandbox(page, app_url, 3)
    page.get_by_role("button", name="Next: Several").click()
    expect(page.locator(".sandbox .handle.spotlight")).to_have_count(2)
    assert sum(size >= len(controller_bytes("mnist-multiset")) for size in received) == 1


def test_the_handout_can_be_downloaded(page: Page, app_url: str) -> None:
    open_chapter(page, app_url, 4)
    page.get_by_text("For teachers", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the handout (PDF)").click()
    assert download.value.suggested_filename == "covert-and-overt-1-3672.pdf"


def test_answers_of_the_exercises_open_one_by_one_or_all_by_a_link(page: Page, app_url: str) -> None:
    open_chapter(page, app_url, 1)
    page.get_by_text("For teachers", exact=True).click()
    address = page.get_by_role("link", name="Exercises with answers").get_attribute("href")
    page.goto(f"{app_url}/{address}")  # a click would open another tab
    answers = page.get_by_text("Answer.", exact=True)
    page.get_by_text("Show the answer", exact=True).first.click()
    expect(answers).to_have_count(1)
    page.goto(f"{app_url}/exercises?answers=true")
    expect(answers).to_have_count(len(exercises()))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_chapter_has_a_serious_finding(browser: Browser, app_url: str, scheme: str) -> None:
    with new_tab(browser, viewport={"width": 1280, "height": 900}, color_scheme=scheme) as tab:
        for number in range(2, 10):
            open_chapter(tab, app_url, number)
            tab.locator(".attention-player, .sandbox, .replay").first.wait_for()
            wait_until_settled(tab)
            assert findings(tab) == [], f"chapter {number}"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    with new_tab(browser, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as tab:
        yield tab


def test_a_phone_scrolls_down_but_never_sideways(phone: Page, app_url: str) -> None:
    sandbox = open_sandbox(phone, app_url, 3)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    box = sandbox.locator(".image").bounding_box()
    assert box is not None
    sandbox.locator(".image").scroll_into_view_if_needed()
    sandbox.locator(".image").tap(position={"x": THREE[0] * box["width"], "y": THREE[1] * box["height"]})
    expect(sandbox.locator(".verdict")).to_contain_text("a 3 (")


def test_the_next_chapter_begins_at_its_top(phone: Page, app_url: str) -> None:
    open_sandbox(phone, app_url, 3)
    phone.get_by_role("button", name="Next: Several").tap()
    expect(phone.get_by_role("heading", name=f"4. {chapters()[3].title}")).to_be_in_viewport()
