"""The browser's Back on every page with a link: one press leads to the former page, or to the former state."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.browser import wait_for_parameter, wait_until_settled


def press(role: str, name: str) -> Callable[[Page], None]:
    """Click one control of the page."""
    return lambda page: page.get_by_role(role, name=name, exact=True).first.click()


# path -> a link to it, a parameter of its completed form, and a change by the visitor
CASES: dict[str, tuple[str, str, Callable[[Page], None]]] = {
    "step-through": ("input=sample", "weights", press("radio", "Random")),
    "covert-and-overt": ("chapter=2", "chapter", lambda page: page.get_by_role("radio").nth(3).click()),
    "exercises": ("answers=1", "answers", lambda page: page.get_by_text("Show all answers").click()),
    "you-against-the-model": ("seed=7", "seed", press("button", "New scene")),
    "compare-saliency": ("input=sample", "sample", press("radio", "Random")),
    "results": ("answers=wrong", "answers", press("button", "missed")),
    "train": (
        "of=mnist-multiset", "watch", lambda page: page.get_by_role("slider", name="After update").press("Home"),
    ),
}


def query(page: Page) -> str:
    """The parameters of the address without those that the page itself writes."""
    return page.evaluate("""() => [...new URLSearchParams(location.search)]
        .filter(([name]) => !["moment", "opacity", "marks", "first", "second"].includes(name))
        .map((pair) => pair.join("=")).sort().join("&")""")


@pytest.mark.parametrize("path", list(CASES))
def test_back_leads_to_the_former_state_and_then_to_the_former_page(page: Page, app_url: str, path: str) -> None:
    link, complete, change = CASES[path]
    page.goto(f"{app_url}/try-it")
    page.get_by_role("heading", name="Try it yourself").wait_for()
    page.goto(f"{app_url}/{path}?{link}")
    page.get_by_role("heading", level=1).wait_for()
    wait_for_parameter(page, complete)
    wait_until_settled(page)
    before = query(page)
    entries = page.evaluate("history.length")
    change(page)
    page.wait_for_function("(entries) => history.length > entries", arg=entries)
    wait_until_settled(page)
    assert query(page) != before
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    wait_until_settled(page)
    assert query(page) == before
    page.go_back()
    expect(page).to_have_url(re.compile("/try-it"))


@pytest.mark.parametrize("path", ["step-through", "covert-and-overt", "you-against-the-model"])
def test_back_leaves_a_page_that_was_opened_in_the_app(page: Page, app_url: str, path: str) -> None:
    page.goto(app_url)
    page.get_by_role("heading", name="See attention work").wait_for()
    wait_until_settled(page)
    page.locator(f"a[href*='{path}']").first.click()
    page.wait_for_url(re.compile(path))
    wait_until_settled(page)
    assert query(page)
    page.go_back()
    page.get_by_role("heading", name="See attention work").wait_for()


def test_each_change_in_a_fragment_reaches_the_address(page: Page, app_url: str) -> None:
    page.goto(f"{app_url}/results?digits=2")
    page.get_by_role("button", name="missed", exact=True).wait_for()
    wait_until_settled(page)
    for name, answers in (("missed", "missed"), ("extra", "missed,extra")):
        entries = page.evaluate("history.length")
        press("button", name)(page)
        wait_for_parameter(page, "answers", answers)
        wait_until_settled(page)
        assert page.evaluate("history.length") == entries + 1
