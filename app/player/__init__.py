"""The attention player as an element of a page: it holds a whole trace and walks it in the browser.

Stepping, playing and scrubbing ask the server nothing. hsal/export/player holds its html, css and js.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.component import custom_element, join_files
from hsal.export.player import page
from hsal.tracing.schema import Trace

HOSTED = Path(__file__).with_name("hosted_player.js")


def attention_player(
    trace: Trace, *, moment: int = 0, key: str, compact: bool = False, stay: bool = False, group: str = "",
    title: str = "", mark: int | None = None,
) -> None:
    """Show `trace` as a player inside the running Streamlit script.

    Args:
        trace: the walk to show.
        moment: 0-based moment to begin at; an impossible one is clamped. The place the visitor has reached
            is kept over reruns for as long as the trace stays the same one, whatever `moment` says then.
        key: the element's identity on the page.
        compact: image, sentence, timeline and play button alone; plays by itself once, and leaves the
            address bar alone. Otherwise the address bar carries `?moment=N`.
        stay: keep the visitor's place over to another walk, to compare walks at the same moment.
        group: players of the same group are always at the same moment, which the address bar carries, and none
            plays by itself; a walk that ends early waits at its end. Empty for a player on its own.
        title: a heading above the image.
        mark: the moment at which this walk parts from another, marked on the timeline.
    """
    data = {"trace": trace.to_json(), "moment": moment, "compact": compact, "stay": stay, "key": key}
    data |= {"group": group, "title": title, "mark": mark}
    custom_element("hsal_attention_player", *bundle())(data=data, key=key)


@cache
def bundle() -> tuple[str, str, str]:
    """Html, css and js, each as one text; the js is a module with one default export."""
    html, css, js = page.bundle()
    return html, css, f"{js}\n{join_files(HOSTED)}"
