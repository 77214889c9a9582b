"""Step through visited without a browser, and what its tests read from it."""

from __future__ import annotations

import io
import json

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.browsing import ROOT

STEP_THROUGH = str(ROOT / "pages" / "step_through.py")


def visit(**parameters: str) -> AppTest:
    """Open Step through at an address and run it."""
    page = AppTest.from_file(STEP_THROUGH, default_timeout=120)
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def picture_bytes(size: tuple[int, int] = (120, 90), kind: str = "PNG") -> bytes:
    """A dark bar on white paper."""
    pixels = np.full((size[1], size[0]), 255, np.uint8)
    pixels[size[1] // 4 : -size[1] // 4, size[0] // 3 : size[0] // 2] = 0
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def shown(text: str) -> str:
    """Markdown as a reader sees it."""
    return text.replace("\\", "")


def parameter(page: AppTest, name: str) -> str:
    value = page.query_params[name]
    return value[0] if isinstance(value, list) else value


def traced(page: AppTest) -> dict:
    """The trace that the player was given."""
    *_, player = page.get("bidi_component")  # a canvas stands before it
    return json.loads(json.loads(player.proto.json)["trace"])
