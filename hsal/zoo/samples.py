"""Recorded traces of the sample scenes, which fill a page and a document before any model is loaded."""

from __future__ import annotations

import json
from functools import lru_cache

from hsal.paths import ASSETS
from hsal.tracing.schema import Trace

FEATURED = "3"  # the sample that is displayed first


@lru_cache(maxsize=1)
def recorded() -> dict[str, Trace]:
    """The recorded traces of the sample scenes, by name; `make assets` writes them."""
    lines = (ASSETS / "traces" / "samples.jsonl").read_text().splitlines()
    return {f"{number}": Trace.from_dict(json.loads(line)["trace"]) for number, line in enumerate(lines, 1)}
