"""A page with the cueing task in it, whose time moves only when told to, and fingers that need a known time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from app.element import module
from app.posner import bundle

ADDRESS = "http://posner.test/"  # answered by the test itself
PRACTICE = {"valid": 1, "neutral": 1, "invalid": 1}
COUNTS = {"valid": 6, "neutral": 4, "invalid": 4}

# presses the side of each dot so many ms after it is there; another side or moment where a plan says so
FINGERS = """(delays) => {
  const root = document.querySelector(".posner") ?? [...document.querySelectorAll("*")]
    .map((one) => one.shadowRoot?.querySelector(".posner")).find(Boolean);
  const press = (side) => document.dispatchEvent(
    new KeyboardEvent("keydown", { key: side === "left" ? "ArrowLeft" : "j", bubbles: true, cancelable: true }));
  new MutationObserver(() => {
    const { shows, cue, target } = root.dataset;
    if (shows !== "target") return;
    const condition = cue === "both" ? "neutral" : cue === target ? "valid" : "invalid";
    if (delays[condition] !== null) setTimeout(() => press(target), delays[condition]);
  }).observe(root, { attributes: true, attributeFilter: ["data-shows"] });
}"""


def document(seed: int) -> str:
    """A stand-alone page with a short task."""
    html, css, js = bundle()
    options = {"practice": PRACTICE, "lengths": [{"counts": COUNTS}, {"counts": COUNTS}], "seed": seed}
    return (
        f"<!doctype html><html lang=en><title>Task</title><style>{css}</style><main><h1>Task</h1>{html}</main>"
        f'<script type="module">{module(js)}\n'
        f'new Posner(document.querySelector(".posner"), {json.dumps(options)});</script>'
    )


@contextmanager
def task(browser: Browser, seed: int = 3) -> Iterator[Page]:
    """The page, standing still; an error on it is an error here."""
    context, errors = browser.new_context(viewport={"width": 900, "height": 800}), []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(f"{ADDRESS}**", lambda route: route.fulfill(body=document(seed), content_type="text/html"))
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.goto(ADDRESS)
    yield page
    context.close()
    assert errors == []
