"""The replay: people's scanpaths and a model's over one photo, or the visitor's guesses before both.

Stepping, playing, the choice of a person and of a view happen in the browser, which also writes them to the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.component import custom_element, join_files
from hsal.export.player.page import HERE as PLAYER
from hsal.export.player.page import base

HERE = Path(__file__).parent
PURE = (HERE / "densities.js",)  # the tests run it on its own
SCRIPTS = (  # one module, in the order of use
    *(PLAYER / name for name in ("maps.js", "marks.js", "highlights.js")), *PURE,
    *(HERE / name for name in ("photo_view.js", "panes.js", "words.js", "guesses.js", "controls.js", "replay.js")),
)


def scanpath_replay(data: Mapping[str, Any], *, linked: Mapping[str, str] | None = None, key: str) -> None:
    """Show scanpaths on a photo.

    Args:
        data: from `app.people.data.replay_data`.
        linked: view, person and fixation of the link; None keeps the address as it is.
        key: identity of the element; its state is restored under it for the same photo.
    """
    custom_element("hsal_scanpath_replay", *bundle())(data={**data, "linked": linked, "key": key}, key=key)


@cache
def bundle() -> tuple[str, str, str]:
    """HTML, CSS and JavaScript; the JavaScript is a module with one default export."""
    css, colors_js = base()
    return (join_files(HERE / "replay.html"), f"{css}\n{join_files(HERE / 'replay.css')}",
            f"{colors_js}\n{join_files(*SCRIPTS)}")
