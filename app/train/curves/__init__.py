"""Curves of trainings that stay as the visitor left them while new figures come in.

An element of its own, since Streamlit builds its charts anew with every change of their data: a zoom or a hidden
line would be lost once a second.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from app.component import custom_element, join_files

HERE = Path(__file__).parent
SCRIPTS = ("scale.js", "chart.js", "curves.js")  # one module, in the order of use


def training_curves(figure: dict[str, Any], *, key: str) -> None:
    """Show charts that share one zoom, one cursor and one list of runs; see `app.train.figures.figure`."""
    custom_element("hsal_training_curves", *bundle())(data={**figure, "key": key}, key=key)


@cache
def bundle() -> tuple[str, str, str]:
    """The element's html, css and js, each as one text; the js is a module with one default export."""
    scripts = join_files(*(HERE / name for name in SCRIPTS))
    return join_files(HERE / "curves.html"), join_files(HERE / "curves.css"), scripts
