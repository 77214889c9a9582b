"""Curves of trainings that stay as the visitor left them while new figures come in.

An element of its own, since Streamlit builds its charts anew with every change of their data: a zoom or a hidden
line would be lost once a second.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent
SCRIPTS = ("scale.js", "chart.js", "curves.js")  # one module, in the order of use


def training_curves(figure: dict[str, Any], *, key: str) -> None:
    """Show charts that share one zoom, one cursor and one list of runs; see `app.train_figures.figure`."""
    _component()(data={**figure, "key": key}, key=key)


@cache
def _component() -> ComponentRenderer:
    js = "\n".join(_read(name) for name in SCRIPTS)
    return st.components.v2.component(
        "hsal_training_curves", html=_read("curves.html"), css=_read("curves.css"), js=js, isolate_styles=True
    )


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
