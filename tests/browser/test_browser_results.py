"""The Results page in a real browser, on the shipped results and scenes."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.fixtures.browser import wait_until_still


def open_results(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/results")
    expect(page.get_by_text("2,000 scenes", exact=True)).to_be_visible()
    expect(page.locator(".js-plotly-plot").last).to_be_visible()


def test_a_click_on_a_bar_shows_those_scenes_and_back_clears_it(page: Page, app_url: str) -> None:
    open_results(page, app_url)
    bars = page.locator(".js-plotly-plot").last
    bars.scroll_into_view_if_needed()
    wait_until_still(bars.locator(".barlayer"))  # Plotly updates its layout when it becomes visible
    place = bars.bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + 0.87 * place["width"], place["y"] + 0.5 * place["height"])
    expect(page).to_have_url(re.compile(r"digits=4"))
    expect(page.get_by_text("502 scenes", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("2,000 scenes", exact=True)).to_be_visible()


def test_tables_fit_a_desktop_and_show_a_shadow_where_they_scroll_on_a_phone(page: Page, app_url: str) -> None:
    open_results(page, app_url)
    tables = page.locator(".figures:visible")
    wider = "tables => tables.filter((one) => one.scrollWidth > one.clientWidth).length"
    assert tables.evaluate_all(wider) == 0
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"() => ({wider})([...document.querySelectorAll('.figures')]) > 0")
    first = tables.first.screenshot()
    tables.first.evaluate("table => { table.style.background = 'none' }")
    assert tables.first.screenshot() != first


def test_a_thumbnail_opens_its_scene_in_step_through(page: Page, app_url: str) -> None:
    open_results(page, app_url)
    tile = page.locator("a[href*='index=']").first
    predicted = re.findall(r"\d", tile.inner_text().split("pred.")[1])
    tile.click()
    expect(page).to_have_url(re.compile(r"step-through\?.*index=0"))
    strip = page.get_by_text("The trace at a glance. Predicted labels:")
    expect(strip).to_be_visible()
    shown = strip.inner_text().split("Predicted labels:")[1]
    assert sorted(re.findall(r"\d", shown)) == sorted(predicted)
