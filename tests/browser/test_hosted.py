"""hosted.js, called as Streamlit does: one import per call, and cleanup of outdated calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.component import element_module
from tests.fixtures.players import new_page

SHOWN = """
class Text {
  constructor(root, data) {
    this.root = root;
    this.load(data);
  }
  load({ text, remembered }) {
    this.root.textContent = text;
    this.root.dataset.loads = Number(this.root.dataset.loads ?? 0) + 1;
    this.root.dataset.remembered = remembered ?? "";
  }
  state() { return this.root.textContent; }
  destroy() { this.root.dataset.gone = "yes"; }
}
export default hosted(".text", (root, data) => new Text(root, data));
"""
# like Streamlit's frontend: a change of data cleans up the previous call and imports the module again
STREAMLIT = """(js) => {
    const url = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
    let parent, over, leave;
    window.enter = () => {
        parent = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
        parent.innerHTML = "<p class=text></p>";
        over = leave = null;
    };
    window.change = async (data) => {
        if (over) over.yes = true;
        const call = over = { yes: false };
        const cleanup = await (async () => (await import(url)).default({ data, parentElement: parent }))();
        if (call.yes) Promise.resolve(cleanup).then((run) => run());
        else leave = cleanup;
    };
    window.go = async () => {
        over.yes = true;
        parent.host.remove();
        (await Promise.resolve(leave))?.();
    };
    window.acted = () => new Promise((act) => setTimeout(act, 5));
    window.enter();
}"""


@pytest.fixture
def page(browser: object, tmp_path: Path) -> Iterator[Page]:
    page, errors = new_page(browser, clock=False)
    (tmp_path / "host.html").write_text("<!doctype html><body></body>")
    page.goto((tmp_path / "host.html").as_uri())
    yield page
    page.close()
    assert errors == []


def change(page: Page, text: str) -> None:
    page.evaluate("async (data) => { await window.change(data); await window.acted(); }", {"text": text, "key": "a"})


def text(page: Page) -> str:
    return page.locator(".text").inner_text()


def test_the_newest_data_are_shown_in_any_order_of_the_imports(page: Page) -> None:
    for attempt in range(20):  # Chromium reverses about half of such pairs
        page.evaluate(STREAMLIT, f"{element_module(SHOWN)}// {attempt}")
        page.evaluate("""async () => {
            const changes = ["old", "older", "new"].map((text) => window.change({ text }));
            await Promise.all(changes);
            await window.acted();
        }""")
        assert text(page) == "new"
        assert page.locator(".text").get_attribute("data-loads") == "1"
        page.evaluate("window.go()")


def test_each_change_is_shown_and_the_state_is_restored(page: Page) -> None:
    page.evaluate(STREAMLIT, element_module(SHOWN))
    for number, sent in enumerate(("one", "two"), start=1):
        change(page, sent)
        assert text(page) == sent
        assert page.locator(".text").get_attribute("data-loads") == str(number)
    page.evaluate("async () => { await window.go(); window.enter(); }")
    change(page, "three")
    assert page.locator(".text").get_attribute("data-remembered") == "two"


def test_an_element_removed_before_its_newest_data_is_destroyed(page: Page) -> None:
    page.evaluate(STREAMLIT, element_module(SHOWN))
    change(page, "one")
    gone = page.evaluate("""async () => {
        const shown = document.querySelector("div").shadowRoot.querySelector(".text");
        await window.change({ text: "two" });
        await window.go();
        await window.acted();
        return [shown.dataset.gone, shown.textContent];
    }""")
    assert gone == ["yes", "one"]
