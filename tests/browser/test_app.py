"""The whole app in a real browser, as a visitor uses it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.downloads import KINDS
from hsal.tracing.schema import Trace
from tests.fixtures.browser import new_tab, running_app, wait_for_parameter, wait_until_settled

PLAYER = ".attention-player"


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(f"{PLAYER} canvas.image").first.wait_for()


def settled(page: Page) -> None:
    """Wait until the script has finished and the strip is shown."""
    page.get_by_role("button", name="Download").wait_for()
    page.wait_for_function("() => document.querySelector('[data-testid=stImage] img')?.complete")
    wait_until_settled(page)


def count(page: Page) -> str:
    return page.locator(f"{PLAYER} .count").inner_text()


def test_overview_plays_and_leads_to_step_through(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    expect(page.get_by_role("heading", name="See attention work")).to_be_visible()
    page.get_by_role("link", name="Draw your own digits").click()
    expect(page.get_by_role("button", name="Clear")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/step-through\?.*input=draw"))


def test_the_tab_has_the_title_of_its_page(page: Page, app_url: str) -> None:
    open_page(page, app_url)
    expect(page).to_have_title("HSAL Explorer")
    page.get_by_role("link", name="Results").first.click()
    expect(page).to_have_title("Results · HSAL Explorer")


def test_a_link_opens_with_the_navigation_at_its_moment(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/step-through?input=scene&seed=11&digits=2&moment=4")
    expect(page.locator(f"{PLAYER} .count")).to_contain_text("Moment 5 of")
    expect(page.get_by_role("link", name="Overview")).to_be_visible()
    assert "seed=11&" in page.url


def test_stepping_sends_nothing_to_the_server(page: Page, app_url: str) -> None:
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append("frame")))
    page.on("request", lambda request: sent.append(request.url))
    open_page(page, f"{app_url}/step-through")
    settled(page)
    sent.clear()
    player = page.locator(PLAYER)
    player.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown", "End", "Home", "ArrowRight", "Space"):
        player.press(key)
    page.get_by_role("button", name="priority").click()
    playing = int(wait_for_parameter(page, "moment", other_than="0"))  # is written last
    wait_for_parameter(page, "moment", str(playing + 1))
    assert sent == []


def test_a_new_random_scene_starts_at_the_first_moment(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/step-through?input=scene&seed=11&moment=6")
    settled(page)
    page.get_by_role("button", name="New random scene").click()
    expect(page.locator(f"{PLAYER} .count")).to_contain_text("Moment 1 of")
    wait_for_parameter(page, "seed", other_than="11")
    expect(page).to_have_url(re.compile(r"moment=0"))


def test_back_returns_to_the_previous_scene(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/step-through?input=scene&seed=11&smallest=40&largest=50")
    settled(page)
    page.get_by_role("button", name="New random scene").click()
    second = wait_for_parameter(page, "seed", other_than="11")
    settled(page)
    page.get_by_role("button", name="New random scene").click()
    wait_for_parameter(page, "seed", other_than=second)
    settled(page)
    assert "smallest=40" in page.url
    page.get_by_role("button", name="Scene settings").click()
    expect(page.get_by_role("slider", name="Size of the digits, px")).to_have_count(2)
    thumbs = page.get_by_role("slider", name="Size of the digits, px").all()
    assert [thumb.input_value() for thumb in thumbs] == ["40", "50"]
    page.keyboard.press("Escape")
    page.go_back()
    wait_for_parameter(page, "seed", second)
    page.go_back()
    wait_for_parameter(page, "seed", "11")
    settled(page)
    wait_for_parameter(page, "seed", "11")
    page.get_by_role("button", name="Scene settings").click()
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("11")


def test_a_link_shows_another_person_the_same_view(browser: object, page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/step-through?input=scene&seed=77&digits=4")
    settled(page)
    for _ in range(5):
        page.locator(PLAYER).press("ArrowRight")
    wait_for_parameter(page, "moment", "5")
    sentence = page.locator(f"{PLAYER} .spoken").inner_text()
    with new_tab(browser) as other:
        open_page(other, page.url)
        expect(other.locator(f"{PLAYER} .spoken")).to_have_text(sentence)


def test_drawn_digits_are_traced_and_the_link_carries_them(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/step-through?input=draw")
    canvas = page.locator("canvas.upper-canvas")
    canvas.wait_for()
    wait_until_settled(page)
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 150, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 220, steps=12)
    page.mouse.up()
    page.locator(f"{PLAYER} canvas.image").wait_for()
    wait_for_parameter(page, "drawing")
    page.get_by_role("button", name="Clear").click()
    page.locator(PLAYER).wait_for(state="detached")


def test_an_upload_and_a_bad_one(page: Page, app_url: str, tmp_path: Path) -> None:
    page.goto(f"{app_url}/step-through?input=upload")
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    bad = tmp_path / "vector.png"
    bad.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    chooser.set_input_files(bad)
    expect(page.get_by_role("alert")).to_contain_text("vector.png")
    chooser.set_input_files("assets/samples/scene-5-00000.png")
    page.locator(f"{PLAYER} canvas.image").wait_for()


def test_an_upload_survives_a_visit_to_another_input(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/step-through?input=upload")
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    chooser.set_input_files("assets/samples/scene-5-00000.png")
    page.locator(f"{PLAYER} canvas.image").wait_for()
    settled(page)
    page.get_by_role("radio", name="Sample").click()
    page.get_by_test_id("stFileUploader").wait_for(state="detached")  # and with it the file in Streamlit's session
    settled(page)
    page.get_by_role("radio", name="Upload").click()
    expect(page.get_by_text("as uploaded before")).to_contain_text("scene-5-00000.png")
    page.locator(f"{PLAYER} canvas.image").wait_for()
    page.get_by_role("button", name="Remove it").click()
    page.locator(PLAYER).wait_for(state="detached")


def test_arrow_keys_step_without_a_click(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/step-through")
    settled(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"{PLAYER} .count")).to_contain_text("Moment 2 of")
    page.get_by_role("heading", name="Step through").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"{PLAYER} .count")).to_contain_text("Moment 3 of")
    page.get_by_role("radio", name="Sample").focus()
    page.keyboard.press("ArrowLeft")  # belongs to the radio button
    page.get_by_role("heading", name="Step through").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"{PLAYER} .count")).to_contain_text("Moment 4 of")


def test_an_upload_over_the_limit_is_reported(page: Page, app_url: str, tmp_path: Path) -> None:
    page.goto(f"{app_url}/step-through?input=upload")
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    large = tmp_path / "large.png"
    large.write_bytes(bytes(11 * 2**20))
    chooser.set_input_files(large)
    expect(page.get_by_text("must be 10.0MB or smaller")).to_be_visible()


def test_the_player_works_without_the_server(page: Page) -> None:
    with running_app() as address:
        open_page(page, f"{address}/step-through")
        settled(page)
    player = page.locator(PLAYER)
    player.focus()
    player.press("End")
    player.press("ArrowLeft")
    last = int(count(page).split(" of ")[1].split(",")[0])
    assert count(page).startswith(f"Moment {last - 1} of {last}")


def test_strip_and_trace_can_be_downloaded(page: Page, app_url: str) -> None:
    open_page(page, f"{app_url}/step-through")
    settled(page)
    starts = {}
    for name in KINDS:
        if starts:  # the first is chosen already
            page.get_by_role("combobox", name="Download as").click()
            page.get_by_role("combobox", name="Download as").fill(name)
            page.get_by_role("option", name=name).click()
        page.get_by_text(KINDS[name].about).wait_for()
        with page.expect_download(timeout=120_000) as download:  # an animation takes long on a busy machine
            page.get_by_role("button", name="Download").click()
        assert download.value.suggested_filename.endswith(f".{KINDS[name].ending}")
        content = Path(download.value.path()).read_bytes()
        starts[KINDS[name].ending] = content[:20]
        if name == "Trace, as JSON":
            assert Trace.from_json(content.decode()).truth is not None
            assert json.loads(content)["schema"] == 3
    assert starts.keys() == {"png", "svg", "pdf", "gif", "webp", "html", "json", "py"}
    assert {ending: starts[ending][:4] for ending in ("png", "pdf", "gif", "webp")} == {
        "png": b"\x89PNG", "pdf": b"%PDF", "gif": b"GIF8", "webp": b"RIFF"
    }
    assert {ending: starts[ending][:5] for ending in ("svg", "html", "py")} == {
        "svg": b"<?xml", "html": b"<!doc", "py": b"from "
    }


@pytest.mark.parametrize("path", ["", "/step-through"])
def test_pages_request_only_the_server_and_fit_a_phone(browser: object, app_url: str, path: str) -> None:
    requested: list[str] = []
    with new_tab(browser, viewport={"width": 390, "height": 844}) as phone:
        phone.on("request", lambda request: requested.append(request.url))
        open_page(phone, app_url + path)
        wait_until_settled(phone)
        assert [url for url in requested if not url.startswith((app_url, "data:", "blob:"))] == []
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
