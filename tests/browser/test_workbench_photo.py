"""What if on a photo: handles, painted cells, hidden rectangles and labels, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.component import element_module
from app.whatif.requests import to_plain
from app.whatif.workbench import bundle
from hsal.tracing.interventions.schema import NONE
from hsal.tracing.schema import Trace
from tests.fixtures.photo_traces import make_photo_trace, photo_of

HOST = """async ([html, css, js]) => {
    const module = await import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })));
    const parentElement = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
    parentElement.innerHTML = `<div>${html}</div><style>${css}</style>`;
    window.sent = [];
    const setTriggerValue = (name, value) => window.sent.push(...value.requests.slice(-1));
    window.call = (data) => module.default({ data, parentElement, setTriggerValue });
}"""


class Desk:
    """A workbench, and the requests that it sends."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def show(self, trace: Trace) -> None:
        data = {"trace": trace.to_json(), "moment": 0, "compact": True, "stay": True, "key": "desk", "group": "g",
                "title": "", "mark": None, "interventions": to_plain(NONE), "models": [], "glimpses": 1,
                "answered": ["", 0]}
        self.page.evaluate("(data) => { window.call(data); }", data)
        self.page.locator(".editor .heading").wait_for()
        self.page.wait_for_function("document.querySelector('div').shadowRoot.querySelector('.image').height !== 150")

    def tool(self, name: str) -> None:
        self.page.locator(f"[data-tool={name}]").click()

    def at(self, down: float, across: float) -> tuple[float, float]:
        """A place in shares of the photo, in pixels of the page."""
        box = self.page.locator(".image").bounding_box()
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def request(self) -> dict:
        """The last request."""
        self.page.wait_for_function("() => window.sent.length > 0")
        return self.page.evaluate("() => window.sent.at(-1)")


@pytest.fixture
def desk(browser: object, tmp_path: Path) -> Iterator[Desk]:
    page, errors = browser.new_page(viewport={"width": 900, "height": 1400}, reduced_motion="reduce"), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    (tmp_path / "host.html").write_text("<!doctype html><body></body>")
    page.goto((tmp_path / "host.html").as_uri())
    html, css, js = bundle()
    page.evaluate(HOST, [html, css, element_module(js)])
    yield Desk(page)
    page.close()
    assert errors == []


@pytest.mark.parametrize("size", [(300, 450), (450, 300), (900, 300)])
def test_handles_lie_on_the_gaussians_of_a_photo_and_can_be_dragged(desk: Desk, size: tuple[int, int]) -> None:
    trace = make_photo_trace(photo_of(*size))
    desk.show(trace)
    rows, columns = trace.steps[0].saliency.shape
    row, column = trace.steps[0].gaussians[0, 2:]
    handle = desk.page.locator(".handle.center").first.bounding_box()
    center = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    assert center == pytest.approx(desk.at((row - 0.5) / rows, (column - 0.5) / columns), abs=1.5)
    desk.page.mouse.move(*center)
    desk.page.mouse.down()
    desk.page.mouse.move(*desk.at(0.25, 0.75), steps=3)
    desk.page.mouse.up()
    moved = desk.request()["edit"]["gaussians"][0]
    assert moved[2:] == pytest.approx([0.25 * rows + 0.5, 0.75 * columns + 0.5], abs=0.3)


def test_a_rectangle_is_hidden_in_pixels_of_the_photo(desk: Desk) -> None:
    desk.show(make_photo_trace(photo_of(300, 600)))
    desk.tool("hide")
    desk.page.mouse.move(*desk.at(0.2, 0.5))
    desk.page.mouse.down()
    desk.page.mouse.move(*desk.at(0.6, 0.9), steps=3)
    desk.page.mouse.up()
    assert desk.request()["hidden"] == [pytest.approx([60, 300, 180, 540], abs=3)]


def test_a_click_paints_nine_cells_of_a_photo_and_sets_one_glimpse(desk: Desk) -> None:
    trace = make_photo_trace(photo_of(300, 400))
    desk.show(trace)
    rows, columns = trace.steps[0].saliency.shape
    desk.tool("saliency")
    desk.page.mouse.click(*desk.at(10.5 / rows, 20.5 / columns))
    painted = desk.request()["edit"]["paint"]
    assert sorted(painted) == [[r, c, 1] for r in (9, 10, 11) for c in (19, 20, 21)]
    desk.tool("glimpse")
    desk.page.mouse.click(*desk.at(0.5 / rows, 31.5 / columns))
    assert desk.request()["edit"]["look"] == [[0, 31]]


def test_a_label_of_a_thousand_is_found_by_its_name(desk: Desk) -> None:
    desk.show(make_photo_trace())
    desk.tool("label")
    assert not desk.page.locator(".listed").is_visible()
    desk.page.locator("[name=search]").fill("Coffee Mug")
    desk.page.locator("[data-action=label]").click()
    assert desk.request()["edit"] == {"label": 3}
    desk.page.locator("[name=search]").fill("no such thing")
    desk.page.locator("[data-action=veto]").click()
    message = desk.page.locator("[name=search]").evaluate("(field) => field.validationMessage")
    assert message == "There is no label of that name: choose one from the list."
    assert desk.page.evaluate("() => window.sent.length") == 1


def test_withheld_labels_cannot_be_edited(desk: Desk) -> None:
    desk.show(make_photo_trace(withheld="A reason."))
    assert not desk.page.locator("[data-tool=label]").is_visible()
