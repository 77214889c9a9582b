"""The attention player as a custom element: it plays a whole trace in the browser.

Stepping, playing and scrubbing send no request to the server. Its HTML, CSS and JavaScript are in hsal/export/player.
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
        trace: the trace to show.
        moment: index of the first moment to show, clamped to the trace. Reruns with the same trace ignore it and keep
            the visitor's position.
        key: the element's identity on the page.
        compact: show only image, sentence, timeline and play button; play once automatically, and do not change the
            address bar. Otherwise the address bar shows `?moment=N`.
        stay: keep the visitor's position when the trace changes, to compare traces at the same moment.
        group: players of the same group always show the same moment, which the address bar shows, and do not play
            automatically; a shorter trace waits at its end. Empty for a single player.
        title: a heading above the image.
        mark: a moment to mark on the timeline, where this trace first differs from another.
    """
    data = {"trace": trace.to_json(), "moment": moment, "compact": compact, "stay": stay, "key": key}
    data |= {"group": group, "title": title, "mark": mark}
    custom_element("hsal_attention_player", *bundle())(data=data, key=key)


@cache
def bundle() -> tuple[str, str, str]:
    """HTML, CSS and JavaScript, each as one text; the JavaScript is a module with one default export."""
    html, css, js = page.bundle()
    return html, css, f"{js}\n{join_files(HOSTED)}"
