"""A grid of saliency maps over one picture, which all read the same point.

An element of its own: pointing, opacity and marks change it in the browser alone, and it fills in while maps come.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent
SCRIPTS = ("colours.js", "tile.js", "maps.js")  # one module, in the order of use


def saliency_maps(grid: dict[str, Any], *, key: str) -> None:
    """Show the maps of one picture; see `app.compare_grid.grid`."""
    _component()(data=grid, key=key)


@cache
def bundle() -> tuple[str, str, str]:
    """The element's html, css and js, each as one text; the js is a module with one default export."""
    return _read("maps.html"), _read("maps.css"), "\n".join(_read(name) for name in SCRIPTS)


@cache
def _component() -> ComponentRenderer:
    html, css, js = bundle()
    return st.components.v2.component("hsal_saliency_maps", html=html, css=css, js=js, isolate_styles=True)


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
