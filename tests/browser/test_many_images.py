"""Many images in a browser: a zip becomes a table, work can be stopped, and a click on a row opens its trace."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from hsal.paths import ASSETS
from tests.data.test_archive import zipped
from tests.fixtures.axe import findings
from tests.fixtures.browser import new_tab, wait_until_settled
from tests.fixtures.step_through import image_bytes

PATIENCE_MS = 120_000
HEAD_PX, ROW_PX = 35, 84  # a row has four lines where there is a note


def drop(page: Page, app_url: str, *entries: tuple[str, bytes]) -> None:
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{app_url}/many-pictures")
    upload = {"name": "images.zip", "mimeType": "application/zip", "buffer": zipped(*entries)}
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(upload)


def samples() -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted((ASSETS / "samples").glob("*.png"))]


def test_a_zip_becomes_a_table_whose_rows_open_in_step_through(page: Page, app_url: str) -> None:
    drop(page, app_url, *samples(), ("bad.png", b"none"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Table as CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert len(lines) == 10
    assert lines[1].startswith("scene-5-00000.png,8 8 0,")
    assert "is not a PNG" in lines[9]
    with page.expect_download() as download:
        page.get_by_role("button", name="Table as Parquet").click()
    assert Path(download.value.path()).read_bytes()[:4] == b"PAR1"
    second = {"x": HEAD_PX / 2, "y": HEAD_PX + 1.5 * ROW_PX}  # the box of the second row
    page.get_by_test_id("stDataFrame").click(position=second)
    expect(page).to_have_url(re.compile("/step-through"), timeout=PATIENCE_MS)
    page.get_by_text("This is scene-5-00001.png, as uploaded before.").wait_for()
    page.locator(".attention-player canvas.image").first.wait_for()
    page.get_by_role("link", name="Many images").click()
    page.get_by_role("button", name="Table as CSV").wait_for()  # the page shows the same state
    page.get_by_text("9 files:").wait_for()


@pytest.mark.timeout(600)
def test_work_can_be_stopped_and_continued(page: Page, app_url: str) -> None:
    noise = np.random.default_rng(0)
    # so many that a fast machine does not finish before the click
    images = [(f"{n}.png", image_bytes((60 + int(noise.integers(40)), 60 + n))) for n in range(160)]
    drop(page, app_url, *images)
    page.get_by_role("button", name="Stop").click()
    stopped = page.get_by_text(re.compile(r"Stopped: \d+ of 160 images are done"))
    stopped.wait_for()
    assert int(re.search(r"(\d+) of", stopped.inner_text())[1]) < 160
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("160 images read.").wait_for(timeout=300_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_full_table_has_no_serious_finding_and_fits_a_phone(browser: Browser, app_url: str, scheme: str) -> None:
    with new_tab(browser, viewport={"width": 390, "height": 844}, color_scheme=scheme) as phone:
        drop(phone, app_url, *samples()[:2], ("../out.png", b"x"))
        phone.get_by_role("button", name="Table as CSV").wait_for()
        wait_until_settled(phone)
        assert findings(phone) == []
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
