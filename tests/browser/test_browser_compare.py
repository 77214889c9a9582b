"""Compare saliency in a real browser, with one slow saliency model."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fixtures.browser import (
    new_tab,
    running_app,
    wait_for_no_parameter,
    wait_for_parameter,
    wait_until_settled,
)

MARKED = """() => {
    const now = new URLSearchParams(location.search);
    return now.get("marks") === "boxes" && now.get("opacity") === "30" && location.href;
}"""
SLOW = '''
import time
from pathlib import Path
from hsal.saliency.base import About
ABOUT = About(title="Slow (2026)", citation="this test", idea="Brightness, once the test has released it.")
def build():
    def slow(stimulus):
        while not Path({gate!r}).exists():
            time.sleep(0.05)
        return stimulus.image.mean(dim=1)
    return slow
'''


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that releases the slow saliency model."""
    return tmp_path_factory.mktemp("gate") / "open"


@pytest.fixture(scope="module")
def slow_app(browser: object, tmp_path_factory: pytest.TempPathFactory, gate: Path) -> Iterator[str]:
    """The address of a running app that finds a slow saliency model in an installed package."""
    folder = tmp_path_factory.mktemp("packages")
    (folder / "slow_map.py").write_text(SLOW.format(gate=str(gate)))
    about = folder / "slow_map-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-map\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[hsal.saliency]\nslow = slow_map\n")
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    with running_app(PYTHONPATH=os.pathsep.join(paths), HSAL_DATA="") as address:
        yield address
        gate.touch()  # the server ends after its running jobs


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".saliency-maps, .attention-player").first.wait_for()


def tile(page: Page, name: str) -> Locator:
    return page.locator(f".tile[data-model={name}]")


def wait_for_map(page: Page, name: str) -> None:
    expect(tile(page, name)).to_have_attribute("data-state", "done")


def point_at(page: Page, name: str, across: float, down: float) -> None:
    canvas = tile(page, name).locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])


def test_a_slow_map_does_not_delay_others_and_appears_by_itself(page: Page, slow_app: str, gate: Path) -> None:
    open_page(page, f"{slow_app}/compare-saliency?models=slow,uniform,channel_energy&input=scene&seed=5")
    wait_for_map(page, "uniform")
    wait_for_map(page, "channel_energy")
    assert tile(page, "slow").get_attribute("data-state") == "waiting"
    expect(page.locator(".saliency-maps .state")).to_have_text("2 of 3 maps")
    gate.touch()
    wait_for_map(page, "slow")
    expect(tile(page, "slow").locator(".time")).to_have_text(re.compile(r"\d m?s"))


def test_all_maps_show_their_value_at_the_same_point(page: Page, slow_app: str) -> None:
    open_page(page, f"{slow_app}/compare-saliency?models=uniform,channel_energy")
    for name in ("uniform", "channel_energy"):
        wait_for_map(page, name)
    point_at(page, "channel_energy", 0.3, 0.4)
    expect(tile(page, "uniform").locator(".value")).to_have_text("1")
    read = tile(page, "channel_energy").locator(".value").inner_text()
    assert float(read) >= 0
    point_at(page, "uniform", 0.3, 0.4)
    expect(tile(page, "channel_energy").locator(".value")).to_have_text(read)


def test_a_link_restores_maps_options_opacity_and_overlays(browser: object, page: Page, slow_app: str) -> None:
    open_page(page, f"{slow_app}/compare-saliency?models=uniform,channel_energy&scale=rank&input=scene&seed=12")
    wait_for_map(page, "channel_energy")
    page.locator(".saliency-maps .opacity").fill("30")
    page.get_by_role("button", name="Boxes").click()
    page.wait_for_function(MARKED)
    page.get_by_text("Attention", exact=True).click()
    wait_for_parameter(page, "view", "attention")
    page.get_by_text("Maps", exact=True).click()
    wait_for_no_parameter(page, "view")
    wait_until_settled(page)  # the server may overwrite the address, which the browser then completes again
    link = page.wait_for_function(MARKED).json_value()
    with new_tab(browser) as visitor:
        open_page(visitor, link)
        wait_for_map(visitor, "channel_energy")
        expect(visitor.locator(".tile")).to_have_count(2)
        expect(visitor.locator(".saliency-maps .opacity")).to_have_value("30")
        expect(visitor.get_by_role("button", name="Boxes")).to_have_attribute("aria-pressed", "true")
        visitor.get_by_role("button", name="Options (1)").wait_for()
        wait_for_parameter(visitor, "scale", "rank")


def test_two_maps_are_compared(page: Page, slow_app: str) -> None:
    link = "models=uniform,channel_energy&first=channel_energy&second=uniform&scale=sum"
    open_page(page, f"{slow_app}/compare-saliency?{link}")
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    expect(page.get_by_text("one map is constant")).to_be_visible()


def test_players_are_synchronized_and_the_link_has_the_moment(browser: object, page: Page, slow_app: str) -> None:
    open_page(page, f"{slow_app}/compare-saliency?view=attention&models=uniform&sample=2")
    players = page.locator(".attention-player")
    expect(players).to_have_count(2)
    page.get_by_role("heading", name="Over many scenes").wait_for()
    players.nth(1).press("ArrowRight")
    players.nth(0).press("ArrowRight")
    for place in (0, 1):
        expect(players.nth(place).locator(".count")).to_contain_text("Moment 3 of")
    wait_for_parameter(page, "moment", "2")
    with new_tab(browser) as visitor:
        open_page(visitor, page.url)
        expect(visitor.locator(".attention-player")).to_have_count(2)
        for place in (0, 1):
            expect(visitor.locator(".attention-player .count").nth(place)).to_contain_text("Moment 3 of")


def test_back_returns_to_the_scene_before(page: Page, slow_app: str) -> None:
    open_page(page, f"{slow_app}/compare-saliency?models=uniform&input=scene&seed=11")
    wait_for_map(page, "uniform")
    page.get_by_role("button", name="New random scene").click()
    wait_for_parameter(page, "seed", other_than="11")
    page.go_back()
    wait_for_parameter(page, "seed", "11")
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("11")


@pytest.mark.parametrize("image", ["Photo", "Random"])
def test_the_ticked_models_are_those_whose_maps_are_shown(page: Page, slow_app: str, image: str) -> None:
    """Another image, chosen while the boxes are hidden, has other models; one click then changes one model."""
    open_page(page, f"{slow_app}/compare-saliency")
    wait_until_settled(page)
    page.get_by_role("radio", name=image, exact=True).click()
    wait_for_parameter(page, "input", "photo" if image == "Photo" else "scene")
    page.get_by_role("button", name="Models").click()
    ticked = page.get_by_role("checkbox", checked=True)
    tiles = page.locator(".tile")
    expect(ticked.first).to_be_visible()
    wait_until_settled(page)
    shown = tiles.count()
    assert shown > 9
    expect(ticked).to_have_count(shown)
    page.get_by_test_id("stPopoverBody").get_by_text("Spectral Residual (2007)", exact=True).click()
    expect(tiles).to_have_count(shown - 1)
    expect(tile(page, "spectral_residual")).to_have_count(0)
    expect(ticked).to_have_count(shown - 1)


@pytest.mark.parametrize("view", ["maps", "attention"])
def test_nothing_overflows_on_a_phone(page: Page, slow_app: str, view: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, f"{slow_app}/compare-saliency?models=uniform,channel_energy&view={view}&first=channel_energy")
    if view == "maps":
        for name in ("uniform", "channel_energy"):
            wait_for_map(page, name)
    else:
        expect(page.locator(".attention-player")).to_have_count(2)
    wait_until_settled(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_valid_and_an_invalid_upload(page: Page, slow_app: str, tmp_path: Path) -> None:
    page.goto(f"{slow_app}/compare-saliency?models=uniform&input=upload")
    chooser = page.locator("input[type=file]").first
    chooser.wait_for(state="attached")
    bad = tmp_path / "vector.png"
    bad.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    chooser.set_input_files(bad)
    expect(page.get_by_role("alert")).to_contain_text("vector.png")
    chooser.set_input_files("assets/samples/scene-5-00000.png")
    wait_for_map(page, "uniform")
