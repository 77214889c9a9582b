"""Downloads of a trace: a list of formats and one button. The file is created when the button is pressed."""

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

LONGEST_LINK = 1900  # characters of the interventions; some programs cut an address after 2,000


class Kind(NamedTuple):
    """One format."""

    ending: str
    mime: str
    about: str


KINDS = {
    "Strip, as PNG": Kind("png", "image/png", "The whole trace at a glance, as an image."),
    "Strip, as SVG": Kind("svg", "image/svg+xml", "The whole trace at a glance, as vector graphics."),
    "Strip, as PDF": Kind("pdf", "application/pdf", "The whole trace at a glance, for a paper."),
    "Animation, as GIF": Kind("gif", "image/gif", "Moment by moment. Takes a few seconds to create."),
    "Animation, as WebP": Kind("webp", "image/webp", "Like the GIF, in full color. Takes a few seconds to create."),
    "Player, as a page": Kind("html", "text/html", "This player in one file, which opens offline."),
    "Trace, as JSON": Kind("json", "application/json", "All its numbers. Upload opens it again."),
    "Python": Kind("py", "text/x-python", "A few lines that compute the same trace."),
}


def downloads(trace: Trace, text: str) -> None:
    """The list and the button; text: the trace as JSON."""
    if len(pack(trace.interventions)) > LONGEST_LINK:
        st.info("The interventions of this trace are too long for a link: download the trace as JSON and send the "
                "file. Upload opens it again.", icon=":material/link_off:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Download as", list(KINDS), width=240)
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
    """A function that creates the file; raises HsalError if it is known in advance that it cannot be created."""
    if ending in ("png", "svg", "pdf"):
        return lambda: cache.strip(text, ending, False)
    if ending in ("gif", "webp"):
        return lambda: cache.film(text, ending)
    if ending == "py":
        lines = lines_of(trace)
        return lambda: lines
    return (lambda: standalone_html(trace)) if ending == "html" else (lambda: text)
