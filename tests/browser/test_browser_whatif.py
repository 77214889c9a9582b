"""What if in a real browser: branches made by hand, and the same branch from its link in another browser."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.whatif import workbench
from app.whatif.requests import apply_request, to_plain
from hsal.tracing.interventions.codec import unpack
from hsal.tracing.interventions.schema import NONE, Interventions
from tests.fixtures.browser import new_tab, wait_for_parameter, wait_until_settled


@pytest.fixture
def tab(page: Page, app_url: str) -> Page:
    """What if on the second sample, at the first glimpse."""
    open_at(page, f"{app_url}/step-through?input=sample&sample=2&mode=whatif&moment=4")
    return page


def open_at(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto(address)
    page.locator(".editor .heading").wait_for()
    wait_until_settled(page)


def tools(page: Page) -> Locator:
    return page.locator(".editor")


def image(page: Page) -> Locator:
    return page.locator("canvas.image").nth(1)


def linked_interventions(page: Page) -> Interventions:
    """The interventions in the link, once it has some."""
    interventions, problems = unpack(wait_for_parameter(page, "do"))
    assert problems == []
    return interventions


def divergence(page: Page) -> str:
    """The sentence on where the traces diverge."""
    return page.get_by_text("The traces diverge").inner_text()


def test_a_dragged_gaussian_starts_a_branch_that_its_link_opens_in_another_browser(
    tab: Page, browser: Browser
) -> None:
    handle = tab.locator(".handle.center").first
    box = handle.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(*middle)
    tab.mouse.down()
    tab.mouse.move(middle[0] - 60, middle[1] + 50, steps=3)
    tab.mouse.up()
    interventions = linked_interventions(tab)
    assert [edit.step for edit in interventions.edits] == [0]
    assert interventions.edits[0].gaussians
    sentence = divergence(tab)
    expect(tab.get_by_role("button", name="Gaussian 1 moved")).to_be_visible()
    assert "moment 2, in meta-step 1: the covert mask differs" in sentence

    labels = tab.locator(".step-labels").nth(1).inner_text()
    with new_tab(browser) as again:
        open_at(again, tab.url)
        expect(again.get_by_text("The traces diverge")).to_have_text(sentence)
        expect(again.locator(".step-labels").nth(1)).to_have_text(labels, use_inner_text=True)
        expect(again.get_by_role("button", name="Gaussian 1 moved")).to_be_visible()


def test_a_clicked_cell_is_glimpsed_and_undo_and_redo_work(tab: Page) -> None:
    tools(tab).get_by_role("button", name="glimpse", exact=True).click()
    side = image(tab).bounding_box()["width"]
    image(tab).click(position={"x": 0.5 * side / 13, "y": 12.5 * side / 13})  # the last row's first cell
    assert linked_interventions(tab).edits[0].look == ((12, 0),)
    assert "glimpse 1 falls on row 13, column 1" in divergence(tab)
    tab.get_by_role("button", name="Undo").click()
    tab.get_by_text("No changes yet").wait_for()
    assert "do" not in parse_qs(urlsplit(tab.url).query)
    tab.keyboard.press("Control+Shift+z")
    assert "row 13, column 1" in divergence(tab)
    assert linked_interventions(tab).edits[0].look == ((12, 0),)


def test_a_number_out_of_range_shows_what_is_used_and_is_undone_from_its_field(tab: Page) -> None:
    width = tools(tab).get_by_label("Gaussian 1: width")
    assert (width.get_attribute("min"), width.get_attribute("max")) == ("0.3", "8")
    width.fill("-5")
    tab.keyboard.press("Control+z")  # while typing, undo belongs to the field
    assert "do" not in parse_qs(urlsplit(tab.url).query)
    width.fill("-5")
    width.press("Enter")
    expect(width).to_have_value("0.30")
    assert linked_interventions(tab).edits[0].gaussians[0][1] == 5.556  # 1 / (2 * 0.3^2)
    expect(tab.get_by_role("button", name="Gaussian 1 narrowed")).to_be_visible()
    width.press("Control+z")
    tab.get_by_text("No changes yet").wait_for()
    width.press("Control+Shift+z")
    expect(width).to_have_value("0.30")


def test_undo_works_from_a_handle(tab: Page) -> None:
    handle = tab.locator(".handle.center").first
    handle.press("Shift+ArrowLeft")
    expect(tab.get_by_role("button", name="Gaussian 1 moved")).to_be_visible()
    handle.press("Control+z")
    tab.get_by_text("No changes yet").wait_for()


def test_inhibition_switched_off_from_here_on(tab: Page) -> None:
    tools(tab).get_by_role("button", name="this and later steps").click()
    tools(tab).get_by_label("inhibition of return").uncheck()
    assert [(rule.step, rule.inhibition) for rule in linked_interventions(tab).rules] == [(0, False)]
    assert "inhibition of return differs" in divergence(tab)


def test_edits_in_a_burst_all_take_effect(tab: Page) -> None:
    tools(tab).get_by_role("button", name="this and later steps").click()
    for name in ("inhibition of return", "covert mask"):
        tools(tab).get_by_label(name).uncheck()
    tools(tab).get_by_label("glimpses (k)").fill("4")
    tools(tab).get_by_label("glimpses (k)").press("Tab")
    expect(tab.get_by_role("button", name="from here 4 glimpses")).to_be_visible()
    rule = linked_interventions(tab).rules[0]
    assert (rule.covert, rule.inhibition, rule.glimpses) == (False, False, 4)


def test_the_browser_and_the_server_apply_requests_alike(page: Page) -> None:
    requests: list[dict] = [
        {"step": 1, "rule": {"inhibition": False}},
        {"step": 1, "rule": {"covert": False}},
        {"step": 0, "rule": {"temperature": 0.5, "seed": 3}},
        {"step": 0, "edit": {"look": [[2, 3]], "veto": [4]}},
        {"step": 0, "edit": {"look": None, "label": 7}},
        {"step": 0, "hidden": [[0, 0, 8, 8]]},
        {"step": 0, "saliency": "uniform"},
    ]
    page.add_script_tag(content=(workbench.HERE / "interventions.js").read_text())
    interventions = NONE
    for request in requests:
        script = "([interventions, request]) => applyRequest(interventions, request)"
        computed = page.evaluate(script, [to_plain(interventions), request])
        interventions = apply_request(interventions, request)
        computed["rules"].sort(key=lambda rule: rule["step"])
        assert computed == json.loads(json.dumps(to_plain(interventions)))


def test_a_gaussian_is_moved_by_keys_alone(tab: Page) -> None:
    tab.locator(".handle.center").first.focus()
    for _ in range(4):
        tab.keyboard.press("Shift+ArrowLeft")
    assert linked_interventions(tab).edits[0].gaussians
    expect(tab.get_by_role("button", name="Gaussian 1 moved")).to_be_visible()
    assert tab.get_by_role("button", name="Gaussian 1 moved").count() == 1  # a burst of keys is one branch
    assert tab.locator(".count").first.inner_text().startswith("Moment 5 of")  # the players did not move
