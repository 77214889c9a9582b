"""Photos on Step through in a browser: an upload goes to the model for photos, and can be switched to digits."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from hsal.zoo.samples import sample_photos
from hsal.zoo.suitability import WITHHELD
from tests.fixtures.browser import choose_option, wait_until_settled, wait_until_still

PLAYER = ".attention-player"


def test_an_uploaded_photo_is_named_as_a_photo_and_digits_are_withheld(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/step-through?input=upload")
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    wait_until_settled(page)
    chooser.set_input_files(sample_photos()["coffee"])
    expect(page.get_by_text("This looks like a photo, so the model for photos looks at it.")).to_be_visible()
    player = page.locator(PLAYER)
    player.locator("canvas.image").wait_for()
    wait_until_settled(page)
    wait_until_still(player.locator("canvas.image"))
    box = player.locator("canvas.image").bounding_box()
    assert box
    assert abs(box["width"] / box["height"] - 1.5) < 0.05  # of 600 x 400: neither cut nor squared
    player.focus()
    player.press("End")
    expect(player).to_contain_text("espresso")
    digits = re.compile(r"^MNIST Multiset \(mnist-multiset\)$|^MNIST Multiset$")
    choose_option(page, "Model trained on", digits)
    expect(page.get_by_text(WITHHELD).first).to_be_visible()
    expect(player).to_contain_text("Labels are not shown")
    expect(page).to_have_url(re.compile("weights=mnist-multiset"))


def test_a_sample_photo_is_chosen_by_its_button_and_restored_by_its_link(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/step-through?input=photo")
    page.locator(f"{PLAYER} canvas.image").wait_for()
    wait_until_settled(page)
    page.get_by_role("button", name="Rocket").click()
    expect(page).to_have_url(re.compile("photo=rocket"))
    page.goto(page.url)
    page.locator(f"{PLAYER} canvas.image").wait_for()
    expect(page.get_by_role("button", name="Rocket")).to_have_attribute("kind", "primary")
