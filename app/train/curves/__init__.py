"""Training curves that keep zoom and hidden lines while new values arrive.

This is a custom element, because Streamlit rebuilds its own charts with every change of their data: zoom and hidden
lines would be lost every second.
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
    """HTML, CSS and JavaScript, each as one text; the JavaScript is a module with one default export."""
    scripts = join_files(*(HERE / name for name in SCRIPTS))
    return join_files(HERE / "curves.html"), join_files(HERE / "curves.css"), scripts
