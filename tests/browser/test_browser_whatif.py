"""What if in a real browser: forks made by hand, and the same fork from its link in a fresh browser."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.whatif import workbench
from app.whatif.apply import after, as_plain
from hsal.tracing.interventions.codec import unpack
from hsal.tracing.interventions.schema import NONE, Interventions

PATIENCE_MS = 60_000


@pytest.fixture
def tab(page: Page, app_url: str) -> Page:
    """What if, over the second sample, at the first glimpse."""
    open_at(page, f"{app_url}/step-through?input=sample&sample=2&mode=whatif&moment=4")
    return page


def open_at(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto(address)
    page.locator(".doing .at").wait_for(timeout=PATIENCE_MS)
    page.get_by_test_id("stStatusWidget").wait_for(state="detached", timeout=PATIENCE_MS)


def tools(page: Page) -> Locator:
    return page.locator(".doing")


def picture(page: Page) -> Locator:
    return page.locator("canvas.image").nth(1)


def done_in(page: Page) -> Interventions:
    """What the link says is done, once it says something."""
    page.wait_for_function("() => new URLSearchParams(location.search).has('do')", timeout=PATIENCE_MS)
    done, problems = unpack(parse_qs(urlsplit(page.url).query)["do"][0])
    assert problems == []
    return done


def said(page: Page) -> str:
    return page.get_by_text("The traces diverge").inner_text(timeout=PATIENCE_MS)


def test_a_dragged_gaussian_makes_a_fork_that_its_link_brings_to_a_fresh_browser(
    tab: Page, browser: Browser
) -> None:
    handle = tab.locator(".handle.middle").first
    box = handle.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(*middle)
    tab.mouse.down()
    tab.mouse.move(middle[0] - 60, middle[1] + 50, steps=3)
    tab.mouse.up()
    done = done_in(tab)
    assert [edit.step for edit in done.edits] == [0]
    assert done.edits[0].gaussians
    sentence = said(tab)
    expect(tab.get_by_role("button", name="Gaussian 1 moved")).to_be_visible(timeout=PATIENCE_MS)
    assert "moment 2, in meta-step 1: the covert mask differs" in sentence

    context = browser.new_context()
    again = context.new_page()
    open_at(again, tab.url)
    assert said(again) == sentence
    assert again.locator(".step-labels").nth(1).inner_text() == tab.locator(".step-labels").nth(1).inner_text()
    expect(again.get_by_role("button", name="Gaussian 1 moved")).to_be_visible(timeout=PATIENCE_MS)
    context.close()


def test_a_clicked_cell_is_looked_at_and_undo_and_redo_go_back_and_forth(tab: Page) -> None:
    tools(tab).get_by_role("button", name="glimpse", exact=True).click()
    side = picture(tab).bounding_box()["width"]
    picture(tab).click(position={"x": 0.5 * side / 13, "y": 12.5 * side / 13})  # the last row's first cell
    assert done_in(tab).edits[0].look == ((12, 0),)
    assert "glimpse 1 falls on row 13, column 1" in said(tab)
    tab.get_by_role("button", name="Undo").click()
    tab.get_by_text("No changes yet").wait_for(timeout=PATIENCE_MS)
    tab.keyboard.press("Control+Shift+z")
    assert "row 13, column 1" in said(tab)


def test_a_number_out_of_range_shows_what_is_used_and_is_undone_from_its_field(tab: Page) -> None:
    width = tools(tab).get_by_label("Gaussian 1: width")
    assert (width.get_attribute("min"), width.get_attribute("max")) == ("0.3", "8")
    width.fill("-5")
    tab.keyboard.press("Control+z")  # what is being typed is the field's own
    assert "do" not in parse_qs(urlsplit(tab.url).query)
    width.fill("-5")
    width.press("Enter")
    expect(width).to_have_value("0.30")
    assert done_in(tab).edits[0].gaussians[0][1] == 5.556  # 1 / (2 * 0.3^2)
    expect(tab.get_by_role("button", name="Gaussian 1 narrowed")).to_be_visible(timeout=PATIENCE_MS)
    width.press("Control+z")
    tab.get_by_text("No changes yet").wait_for(timeout=PATIENCE_MS)
    width.press("Control+Shift+z")
    expect(width).to_have_value("0.30", timeout=PATIENCE_MS)


def test_undo_is_heard_from_a_handle(tab: Page) -> None:
    handle = tab.locator(".handle.middle").first
    handle.press("Shift+ArrowLeft")
    expect(tab.get_by_role("button", name="Gaussian 1 moved")).to_be_visible(timeout=PATIENCE_MS)
    handle.press("Control+z")
    tab.get_by_text("No changes yet").wait_for(timeout=PATIENCE_MS)


def test_inhibition_switched_off_from_here_on(tab: Page) -> None:
    tools(tab).get_by_role("button", name="from here on").click()
    tools(tab).get_by_label("inhibition of return").uncheck()
    assert [(rule.step, rule.inhibition) for rule in done_in(tab).rules] == [(0, False)]
    assert "inhibition of return differs" in said(tab)


def test_what_is_done_in_a_burst_is_all_done(tab: Page) -> None:
    tools(tab).get_by_role("button", name="from here on").click()
    for name in ("inhibition of return", "covert mask"):
        tools(tab).get_by_label(name).uncheck()
    tools(tab).get_by_label("glimpses (k)").fill("4")
    tools(tab).get_by_label("glimpses (k)").press("Tab")
    expect(tab.get_by_role("button", name="from here 4 glimpses")).to_be_visible(timeout=PATIENCE_MS)
    rule = done_in(tab).rules[0]
    assert (rule.covert, rule.inhibition, rule.glimpses) == (False, False, 4)


def test_the_browser_expects_what_the_server_will_do(page: Page) -> None:
    wishes: list[dict] = [
        {"step": 1, "rule": {"inhibition": False}},
        {"step": 1, "rule": {"covert": False}},
        {"step": 0, "rule": {"temperature": 0.5, "seed": 3}},
        {"step": 0, "edit": {"look": [[2, 3]], "veto": [4]}},
        {"step": 0, "edit": {"look": None, "label": 7}},
        {"step": 0, "hidden": [[0, 0, 8, 8]]},
        {"step": 0, "saliency": "uniform"},
    ]
    page.add_script_tag(content=(workbench.HERE / "interventions.js").read_text())
    done = NONE
    for wish in wishes:
        told = page.evaluate("([done, wish]) => afterWish(done, wish)", [as_plain(done), wish])
        done = after(done, wish)
        told["rules"].sort(key=lambda rule: rule["step"])
        assert told == json.loads(json.dumps(as_plain(done)))


def test_a_gaussian_is_moved_by_keys_alone(tab: Page) -> None:
    tab.locator(".handle.middle").first.focus()
    for _ in range(4):
        tab.keyboard.press("Shift+ArrowLeft")
    assert done_in(tab).edits[0].gaussians
    expect(tab.get_by_role("button", name="Gaussian 1 moved")).to_be_visible(timeout=PATIENCE_MS)
    assert tab.get_by_role("button", name="Gaussian 1 moved").count() == 1  # a burst of keys is one fork
    assert tab.locator(".count").first.inner_text().startswith("Moment 5 of")  # the players stood still
