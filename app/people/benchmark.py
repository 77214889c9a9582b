"""The shipped benchmark of scanpath models, and what each part of the free-viewing model explains."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from app.results.tables import table
from hsal.paths import RESULTS

FOLDER = RESULTS / "scanpaths"
HEAD = ("", "bits per fixation<small>over the center bias</small>", "ScanMatch", "sequence score", "return rate")
ABOUT = "In parentheses: 95% intervals over photos and people. Printed by `hsal benchmark-scanpaths`."
PARTS_HEAD = (*HEAD[:2], "more than static saliency<small>paired</small>")


def show_benchmark() -> None:
    """Draw both tables, where they are shipped."""
    models, parts = _read("osie"), _read("parts")
    if models:
        with st.expander("All scanpath models on OSIE's 120 test photos"):
            st.html(table(HEAD, [_row(each) for each in models["models"].values()]))
            st.caption(ABOUT)
    if parts:
        with st.expander("What does each part of the model explain?"):
            st.html(table(PARTS_HEAD, [
                (each["title"], _interval(each["bits"]), _interval(parts["over_reference"].get(name)))
                for name, each in parts["models"].items() if name not in ("people", "other_photo")
            ]))
            st.caption(f"Each variant was trained alike, without the parts that it lacks. {ABOUT}")


def _row(each: dict[str, Any]) -> tuple[str, ...]:
    scores = (f"{each[name]['mean']:.2f}" for name in ("scanmatch", "sequence_score", "return_rate"))
    return each["title"], _interval(each["bits"]), *scores


def _interval(one: dict[str, float] | None) -> str:
    return f"{one['mean']:.2f} ({one['low']:.2f} to {one['high']:.2f})" if one else ""


def _read(name: str) -> dict[str, Any] | None:
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        return None
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report
