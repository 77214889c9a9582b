"""A grid of saliency maps over one image, which all read the same point.

An element of its own: pointing, opacity and marks change it in the browser alone, and it fills in while maps come.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from app.component import custom_element, join_files

HERE = Path(__file__).parent
SCRIPTS = ("colors.js", "tile.js", "maps.js")  # one module, in the order of use


def saliency_maps(grid: dict[str, Any], *, key: str) -> None:
    """Show the maps of one image; see `app.compare.grid.grid`."""
    custom_element("hsal_saliency_maps", *bundle())(data=grid, key=key)


@cache
def bundle() -> tuple[str, str, str]:
    """The element's html, css and js, each as one text; the js is a module with one default export."""
    return join_files(HERE / "maps.html"), join_files(HERE / "maps.css"), join_files(*(HERE / name for name in SCRIPTS))
