"""Elements of our own on a page: html, css and js, of which the server is asked nothing while they are used."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HOSTED = Path(__file__).with_name("hosted.js")
WIDE = Path(__file__).with_name("wide.css")  # of what may be wider than its place; wants --back, the ground's color


def join_files(*paths: Path) -> str:
    """The texts of files, one after another: scripts in the order of use make one module."""
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def element_module(js: str) -> str:
    """A module of an element, with `hosted` for its default export: what Streamlit calls."""
    return f"{join_files(HOSTED)}\n{js}"


@cache
def custom_element(name: str, html: str, css: str, js: str) -> ComponentRenderer:
    """An element, registered on first use and not on import: its name then lands on the runtime that runs the page.

    Once a process; the renderer registers itself again where a test brings another runtime.

    Args:
        name: its own, over the whole app. js: a module with one default export, which may use `hosted` of hosted.js.
    """
    return st.components.v2.component(name, html=html, css=css, js=element_module(js), isolate_styles=True)
