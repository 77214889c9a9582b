"""A page with an attention player in it, for the tests of the player."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from hsal.player.page import standalone_html
from hsal.trace import Trace

ADDRESS = "http://player.test/"  # answered by the test itself
# counts what must not happen: animation frames asked for, writes to the address, scripts smuggled in by names
COUNTING = """
window.frames_asked = 0; window.writes = 0; window.hit = 0;
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (act) => { window.frames_asked += 1; return ask(act); };
const write = history.replaceState.bind(history);
history.replaceState = (...all) => { window.writes += 1; return write(...all); };
"""


def new_page(browser: Browser, *, clock: bool) -> tuple[Page, list[str]]:
    """A page, and the list that its errors will be in; with `clock` its time moves only when told to."""
    page, errors = browser.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(COUNTING)
    if clock:
        page.clock.install(time=0)
        page.clock.pause_at(1000)
    return page, errors


class Shown:
    """The one player on a page, read as a visitor reads it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def moment(self) -> int:
        """The 0-based moment shown; the page counts from 1."""
        return int(self.text(".count").split()[1].rstrip(",")) - 1

    @property
    def sentence(self) -> str:
        """What is happening now."""
        return self.text(".spoken")

    @property
    def playing(self) -> bool:
        """Whether the play button offers to pause."""
        return self.page.get_by_role("button", name="Pause").count() == 1

    def text(self, selector: str) -> str:
        """A part's visible text, with plain spaces."""
        return self.page.locator(selector).inner_text().replace("\u00a0", " ")

    def press(self, *keys: str) -> Shown:
        """Press keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def pressed(self, name: str) -> str:
        """Whether a switch is on: "true" or "false"."""
        return self.page.get_by_role("button", name=name, exact=True).get_attribute("aria-pressed")

    def pixel(self, moment: int, across: float, down: float) -> list[int]:
        """Red, green and blue of one point of the picture, given as shares of its width and height."""
        self.page.locator(".scrub").fill(str(moment))
        return self.page.evaluate(
            """([across, down]) => {
                const canvas = document.querySelector(".picture");
                const spot = [Math.floor(across * canvas.width), Math.floor(down * canvas.height)];
                return [...canvas.getContext("2d").getImageData(...spot, 1, 1).data].slice(0, 3);
            }""",
            [across, down],
        )

    def pixels(self) -> str:
        """The picture as it is drawn."""
        return self.page.evaluate("() => document.querySelector('.picture').toDataURL()")


class Bench:
    """Shows one player after another, on a page whose time runs and on one whose time stands still."""

    def __init__(self, browser: Browser) -> None:
        self.pages = {clock: new_page(browser, clock=clock) for clock in (False, True)}
        for page, _ in self.pages.values():
            page.route(f"{ADDRESS}**", lambda route: route.fulfill(body=self.document, content_type="text/html"))

    def show(
        self, trace: Trace, query: str = "", *, moment: int = 0, width: int = 1140,
        still: bool = True, clock: bool = False,
    ) -> Shown:
        """A stand-alone page; `still` for a visitor who wants no motion, `clock` for time that stands still."""
        self.document = standalone_html(trace, moment)
        page, _ = self.pages[clock]
        page.emulate_media(reduced_motion="reduce" if still else "no-preference")
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(ADDRESS + query)
        page.locator(".attention-player").focus()
        return Shown(page)


@contextmanager
def player_bench(browser: Browser) -> Iterator[Bench]:
    """A bench; an error on one of its pages is an error here."""
    bench = Bench(browser)
    yield bench
    for page, errors in bench.pages.values():
        page.close()
        assert errors == []
