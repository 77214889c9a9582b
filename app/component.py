"""Custom elements: HTML, CSS and JavaScript that run in the browser, without a request to the server on each use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HOSTED = Path(__file__).with_name("hosted.js")
WIDE = Path(__file__).with_name("wide.css")  # scrolling of wide content; uses --back, the background color


def join_files(*paths: Path) -> str:
    """Concatenate text files; scripts in the order of use make one module."""
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def element_module(js: str) -> str:
    """Put `hosted` of hosted.js, which a module's default export uses, before the module."""
    return f"{join_files(HOSTED)}\n{js}"


@cache
def custom_element(name: str, html: str, css: str, js: str) -> ComponentRenderer:
    """Register a custom element, once per process.

    Call it when the page runs and not on import, so that the element is registered with the running Streamlit
    runtime. The renderer registers itself again with another runtime, as in tests.

    Args:
        name: unique in the app.
        html: the element's HTML.
        css: its styles, isolated from the page.
        js: a module with one default export, which may use `hosted` of hosted.js.
    """
    return st.components.v2.component(name, html=html, css=css, js=element_module(js), isolate_styles=True)
