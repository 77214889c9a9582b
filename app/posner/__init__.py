"""Posner's cueing task. A session runs, is timed and evaluated in the browser; nothing is sent to the server."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.component import custom_element, join_files
from hsal.export.player.page import base

HERE = Path(__file__).parent
SCRIPTS = ("trials.js", "run.js", "plot.js", "results.js", "posner.js")  # one module, in this order

PRACTICE = {"valid": 3, "neutral": 1, "invalid": 2}
LENGTHS = (  # three of four arrows that point to one side are valid
    {"counts": {"valid": 36, "neutral": 12, "invalid": 12}},
    {"counts": {"valid": 18, "neutral": 6, "invalid": 6}},
)


def cueing_task(*, key: str) -> None:
    """Show the task; it sends nothing to the server."""
    custom_element("hsal_cueing_task", *bundle())(data={"practice": PRACTICE, "lengths": LENGTHS}, key=key)


@cache
def bundle() -> tuple[str, str, str]:
    """HTML, CSS and JavaScript; the JavaScript is a module with one default export."""
    css, _ = base()
    scripts = join_files(*(HERE / name for name in SCRIPTS))
    return join_files(HERE / "posner.html"), f"{css}\n{join_files(HERE / 'posner.css')}", scripts
