"""What can be taken home of a walk: one list to choose from, and one button. Nothing is made before it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from app import cache
from app.provenance import lines_of
from hsal.errors import HsalError
from hsal.export.player.page import standalone_html
from hsal.tracing.interventions.codec import pack
from hsal.tracing.schema import Trace

LONGEST_LINK = 1900  # letters of what was done; some programs cut an address after 2,000


class Kind(NamedTuple):
    """One thing to take home."""

    ending: str
    mime: str
    about: str


KINDS = {
    "Strip, as PNG": Kind("png", "image/png", "The whole walk at a glance, as an image."),
    "Strip, as SVG": Kind("svg", "image/svg+xml", "The whole walk at a glance, as lines that stay sharp."),
    "Strip, as PDF": Kind("pdf", "application/pdf", "The whole walk at a glance, for a paper."),
    "Walk, as GIF": Kind("gif", "image/gif", "Moment after moment, as a moving image. Takes a few seconds to make."),
    "Walk, as WebP": Kind("webp", "image/webp", "As the GIF, in all its colors. Takes a few seconds to make."),
    "Player, as a page": Kind("html", "text/html", "This player in one file, which opens offline."),
    "Trace, as JSON": Kind("json", "application/json", "All its numbers. Upload opens it again, just as it is."),
    "Python": Kind("py", "text/x-python", "A few lines that make the same walk again."),
}


def downloads(trace: Trace, text: str) -> None:
    """The list and the button; text: the trace as JSON."""
    if len(pack(trace.interventions)) > LONGEST_LINK:
        st.info("What was done to this walk is more than a link can well carry: take the trace home as JSON and send "
                "that. Upload opens it again.", icon=":material/link_off:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Take it home", list(KINDS), width=240)
        kind, data = KINDS[chosen], None
        try:
            data = maker(kind.ending, trace, text)
        except HsalError as error:
            st.caption(str(error))
        else:
            st.download_button("Download", data, f"hsal-{trace.source.image_sha256[:8]}.{kind.ending}", kind.mime,
                               icon=":material/download:", on_click="ignore")
            st.caption(kind.about)
    if kind.ending == "py" and data:
        st.code(data(), language=None, wrap_lines=True)  # the colors of a language are too faint for AA


def maker(ending: str, trace: Trace, text: str) -> Callable[[], str | bytes]:
    """What makes the file when it is wanted; raises HsalError where it is known before that it cannot be made."""
    if ending in ("png", "svg", "pdf"):
        return lambda: cache.strip(text, ending, False)
    if ending in ("gif", "webp"):
        return lambda: cache.film(text, ending)
    if ending == "py":
        lines = lines_of(trace)
        return lambda: lines
    return (lambda: standalone_html(trace)) if ending == "html" else (lambda: text)
