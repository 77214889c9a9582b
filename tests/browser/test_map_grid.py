"""The grid of maps as Streamlit would call it: a shared point, color scale and opacity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from app.compare.models import data_url, encode_map
from app.compare.tiles import bundle
from app.component import element_module
from tests.fixtures.browser import wait_for_parameter
from tests.fixtures.players import new_page

HOST = """async ([html, css, js]) => {
    const module = await import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })));
    const parent = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
    parent.innerHTML = `<div>${html}</div><style>${css}</style>`;
    let leave = null;
    window.call = (data) => {
        leave = module.default({ data, parentElement: parent });
        return new Promise((act) => setTimeout(act));
    };
    window.leave = () => leave();
}"""
# two canvases with the image, which is opaque, and the maps, which are colored
DRAWN = """() => {
    const canvases = [...document.querySelector("div").shadowRoot.querySelectorAll(".tile canvas")];
    const corners = canvases.map((canvas) => canvas.getContext("2d").getImageData(0, 0, 1, 1).data);
    return corners.length === 2 && corners.every(([red, , blue, alpha]) => red !== blue && alpha === 255);
}"""
LEFT = np.array([[1.0, 0.2], [0.2, 0.2]], np.float32).repeat(20, 0).repeat(20, 1)  # (40,40), bright upper left
RIGHT = np.full((40, 40), 0.5, np.float32)


def tile(name: str, values: np.ndarray | None, sentence: str = "") -> dict:
    data = {"id": name, "title": name.title(), "idea": "its idea", "time": "3 ms", "sentence": sentence}
    data |= {"png": "", "high": 0}
    if values is None:
        return data | {"state": "failed" if sentence else "waiting"}
    png, high = encode_map(values)
    return data | {"state": "done", "png": png, "high": high}


def grid(*tiles: dict, **changes: object) -> dict:
    image = data_url(np.full((40, 40, 3), 90, np.uint8))
    data = {
        "name": "a square", "width": 40, "height": 40, "image": image, "tiles": list(tiles),
        "fixations": [[30, 30]], "boxes": [], "overt": "#E69F00", "hint": "Point at a map.",
    }
    return data | changes


class Grid:
    """The component, as a visitor uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def call(self, data: dict) -> None:
        self.page.evaluate("(data) => window.call(data)", data)

    def tile(self, name: str) -> Locator:
        return self.page.locator(f".tile[data-model={name}]")

    def point(self, name: str, across: float, down: float) -> None:
        box = self.tile(name).locator("canvas").bounding_box()
        assert box
        self.page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])

    def expect_values(self, *values: str) -> None:
        expect(self.page.locator(".value")).to_have_text(values)

    def pixel(self, name: str, across: float, down: float) -> list[int]:
        return self.tile(name).locator("canvas").evaluate(
            """(canvas, [across, down]) => [...canvas.getContext("2d").getImageData(
                Math.floor(across * canvas.width), Math.floor(down * canvas.height), 1, 1).data].slice(0, 3)""",
            [across, down],
        )


@pytest.fixture
def shown(browser: object, tmp_path: Path) -> Iterator[Grid]:
    page, errors = new_page(browser, clock=False)
    page.clock.install()
    (tmp_path / "host.html").write_text("<!doctype html><body></body>")
    page.goto((tmp_path / "host.html").as_uri())
    html, css, js = bundle()
    page.evaluate(HOST, [html, css, element_module(js)])
    grid_shown = Grid(page)
    grid_shown.call(grid(tile("left", LEFT), tile("right", RIGHT)))
    expect(page.locator(".reading")).to_have_text("Point at a map.")
    page.wait_for_function(DRAWN)
    yield grid_shown
    page.close()
    assert errors == []


def test_pointing_at_one_map_shows_the_values_of_all(shown: Grid) -> None:
    shown.point("right", 0.25, 0.25)
    shown.expect_values("1", "0.5")
    assert "column 11, row 11" in shown.page.locator(".reading").inner_text()
    shown.point("left", 0.75, 0.25)
    shown.expect_values("0.2", "0.5")
    shown.page.mouse.move(0, 0)
    shown.expect_values("", "")


def test_arrow_keys_move_the_point_and_values_are_announced(shown: Grid) -> None:
    tiles = shown.page.locator(".tiles")
    tiles.focus()
    tiles.press("ArrowLeft")  # starts in the middle
    shown.expect_values("0.2", "0.5")
    for key in ("Shift+ArrowLeft", "Shift+ArrowUp"):
        tiles.press(key)
    shown.expect_values("1", "0.5")
    expect(shown.page.locator(".spoken")).to_have_text("At column 17, row 17: Left 1, Right 0.5")
    tiles.press("Escape")
    shown.expect_values("", "")


def test_all_maps_share_one_color_scale(shown: Grid) -> None:
    shown.page.locator(".opacity").fill("100")
    brightest, half = shown.pixel("left", 0.2, 0.2), shown.pixel("right", 0.5, 0.5)
    assert np.abs(np.subtract(brightest, (0xFC, 0xFF, 0xA4))).max() <= 2  # the end of inferno
    assert np.abs(np.subtract(half, (0xBC, 0x37, 0x54))).max() <= 3  # its middle: half of the highest of all maps
    shown.call(grid(tile("left", LEFT * 0.25), tile("right", RIGHT)))
    expect(shown.page.locator(".high")).to_have_text("0.5")  # is written when the maps are drawn
    assert np.abs(np.subtract(shown.pixel("right", 0.5, 0.5), (0xFC, 0xFF, 0xA4))).max() <= 2


def test_all_maps_share_one_opacity(shown: Grid) -> None:
    shown.page.locator(".opacity").fill("0")
    assert [shown.pixel(name, 0.5, 0.5) for name in ("left", "right")] == [[90, 90, 90]] * 2
    wait_for_parameter(shown.page, "opacity", "0")


def test_opacity_and_overlays_stay_in_the_address_when_the_server_overwrites_it(shown: Grid) -> None:
    shown.page.locator(".opacity").fill("40")
    shown.page.get_by_role("button", name="Fixations").click()
    shown.page.evaluate("() => history.replaceState(null, '', '?models=left,right')")
    wait_for_parameter(shown.page, "marks", "fixations")
    assert re.search(r"models=left.*right&opacity=40", shown.page.url)
    shown.page.evaluate("() => window.leave()")
    shown.page.evaluate("() => history.replaceState(null, '', '?other')")
    shown.page.clock.fast_forward(10_000)
    assert shown.page.url.endswith("?other")


def test_fixations_are_drawn_on_demand(shown: Grid) -> None:
    shown.page.locator(".opacity").fill("0")
    button = shown.page.get_by_role("button", name="Fixations")
    assert shown.page.get_by_role("button", name="Boxes").is_hidden()
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    at = 30.5 / 40
    assert shown.pixel("right", at, at) == [0xE6, 0x9F, 0x00]
    button.click()
    assert shown.pixel("right", at, at) == [90, 90, 90]


def test_maps_appear_one_by_one_and_the_point_stays(shown: Grid) -> None:
    shown.call(grid(tile("left", LEFT), tile("slow", None), tile("bad", None, "Not on this image.")))
    assert shown.page.locator(".state").inner_text() == "2 of 3 maps"
    assert shown.tile("bad").locator(".sentence").inner_text() == "Not on this image."
    shown.point("slow", 0.25, 0.25)
    shown.expect_values("1", "", "")
    shown.call(grid(tile("left", LEFT), tile("slow", RIGHT), tile("bad", None, "Not on this image.")))
    expect(shown.tile("slow").locator(".value")).to_have_text("0.5")
    assert shown.page.locator(".state").inner_text() == ""


def test_another_image_starts_without_a_point(shown: Grid) -> None:
    shown.point("left", 0.25, 0.25)
    other = data_url(np.full((40, 40, 3), 200, np.uint8))
    shown.call(grid(tile("left", LEFT), tile("right", RIGHT), image=other))
    shown.expect_values("", "")


@pytest.mark.parametrize("width", [340, 1140])
def test_the_grid_fits_its_page(shown: Grid, width: int) -> None:
    shown.page.set_viewport_size({"width": width, "height": 900})
    shown.call(grid(*(tile(f"map{number}", RIGHT) for number in range(9))))
    expect(shown.page.locator(".tile")).to_have_count(9)
    assert shown.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    lefts = {round(tile.bounding_box()["x"]) for tile in shown.page.locator(".tile").all()}
    assert len(lefts) == (2 if width == 340 else 4)


def test_html_in_titles_is_shown_as_text(shown: Grid) -> None:
    trick = "<img src=x onerror=window.hit=1>"
    shown.call(grid(tile("left", LEFT) | {"title": trick, "idea": trick}, tile("bad", None, trick)))
    assert shown.tile("left").locator(".title").inner_text() == trick
    assert shown.page.locator("img").count() == 0
    assert shown.page.evaluate("window.hit") == 0


def test_screen_readers_get_names(shown: Grid) -> None:
    assert shown.page.get_by_role("region", name="Saliency maps").count() == 1
    assert re.search("a square.*Arrow keys", shown.page.locator(".tiles").get_attribute("aria-label"))
    assert shown.page.get_by_role("img", name="Left: its idea").count() == 1
    assert shown.page.get_by_role("slider", name="Opacity of the map").count() == 1
