"""A component that shows a grid of saliency maps over one image, and their values at a shared point.

Pointing, opacity and overlays are handled in the browser; maps appear as they are computed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from app.component import custom_element, join_files

HERE = Path(__file__).parent
SCRIPTS = ("colors.js", "tile.js", "maps.js")  # together one module, in this order


def saliency_maps(grid: dict[str, Any], *, key: str) -> None:
    """Show the maps of one image; see `app.compare.grid.grid_data`."""
    custom_element("hsal_saliency_maps", *bundle())(data=grid, key=key)


@cache
def bundle() -> tuple[str, str, str]:
    """HTML, CSS and JavaScript of the component; the JavaScript is a module with one default export."""
    return join_files(HERE / "maps.html"), join_files(HERE / "maps.css"), join_files(*(HERE / name for name in SCRIPTS))
