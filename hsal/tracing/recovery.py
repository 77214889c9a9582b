"""A walk taken home, opened again: whole, or as much of it as is left, with a sentence for each thing that is wrong."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

from hsal.data.images import quoted
from hsal.tracing.interventions.codec import restore_interventions
from hsal.tracing.schema import READABLE, SCHEMA, Trace
from hsal.tracing.validation import TraceError, require

MAX_BYTES = 10 * 2**20
MAX_TEXT = 2000
MAX_STEPS, MAX_SIDE_PX, MAX_CELLS, MAX_CLASSES, MAX_PARTS = 100, 1024, 128, 1000, 64
_NEWER = "it is of a newer version than this one; open it with the version that made it"


def looks_like_json(data: bytes) -> bool:
    """Whether a file's bytes begin as a JSON object does; no image does."""
    return data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def reopen(data: bytes, name: str = "walk.json") -> tuple[Trace, list[str]]:
    """The trace in a file that `Trace.to_json` or `hsal trace --json` wrote, and what is to be said of it.

    What is damaged is left out where the rest can stand without it: truth, boxes, notes, interventions, and the
    meta-steps from the first bad one on.

    Args:
        data: the file's bytes, a stranger's; at most MAX_BYTES.
        name: the file's name, for the sentences alone.
    Raises:
        TraceError: nothing can be restored; one sentence says why, and what to do.
    """
    shown = quoted(name)
    if len(data) > MAX_BYTES:
        raise TraceError(f"{shown} is larger than {MAX_BYTES // 2**20} MB, and no walk is: choose a trace from here.")
    values = _values(data, shown)
    said: list[str] = []
    _know_version(values, shown, said)
    trace = _whole(values) or _rest(values, shown, said)
    _check_sizes(trace, shown)
    covered = bool(trace.interventions.hidden)
    if not covered and hashlib.sha256(trace.image.tobytes()).hexdigest() != trace.source.image_sha256:
        said.append(f"The image in {shown} is not the one that the walk was made from: the file was changed.")
    if any(not np.allclose(step.priority, step.mask * step.saliency, atol=1e-4) for step in trace.steps):
        said.append(f"The maps in {shown} do not follow from each other: the file was changed.")
    return trace, said


def _check_sizes(trace: Trace, shown: str) -> None:
    """What nobody can look at is refused before anything is drawn of it."""
    step = trace.steps[0]
    for size, most, word in (
        (len(trace.steps), MAX_STEPS, "meta-steps"), (max(trace.image.shape[:2]), MAX_SIDE_PX, "pixels on a side"),
        (max(step.saliency.shape), MAX_CELLS, "cells on a side"), (len(trace.class_names), MAX_CLASSES, "classes"),
        (max(len(one.gaussians) for one in trace.steps), MAX_PARTS, "Gaussians in a meta-step"),
        (max(len(one.glimpses) for one in trace.steps), MAX_PARTS, "glimpses in a meta-step"),
        (len(trace.boxes), MAX_PARTS, "boxes"),
    ):
        if size > most:
            raise TraceError(f"{shown} has {size:,} {word}; at most {most:,} can be shown.")


def _values(data: bytes, shown: str) -> dict[str, Any]:
    """The JSON object, of `hsal trace --json` the trace in its first line."""
    try:
        text = data.decode("utf-8-sig")
        values = json.loads(text if text.count("\n") < 2 or not _a_line(text) else text[: text.index("\n")])
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise TraceError(f"{shown} is no JSON, or was cut off: nothing of it could be restored.") from error
    if isinstance(values, dict) and isinstance(values.get("trace"), dict):
        values = values["trace"]
    if not isinstance(values, dict) or "steps" not in values:
        raise TraceError(f"{shown} is JSON, but no trace: choose one that was taken home from Step through.")
    return values


def _a_line(text: str) -> bool:
    """Whether the first line is JSON by itself, as in a file of many walks."""
    try:
        json.loads(text[: text.index("\n")])
    except (ValueError, RecursionError):
        return False
    return True


def _know_version(values: dict[str, Any], shown: str, said: list[str]) -> None:
    found = values.get("schema")
    if type(found) is int and found > SCHEMA:
        raise TraceError(f"{shown} cannot be opened: {_NEWER}.")
    if found not in READABLE or type(found) is not int:
        said.append(f"{shown} does not say of which version it is; it is read as version {SCHEMA}.")
        values["schema"] = SCHEMA
    elif found < SCHEMA:
        said.append(f"{shown} is of an older version ({found}, now {SCHEMA}); all of it was restored.")


def _whole(values: dict[str, Any]) -> Trace | None:
    try:
        return _read(values)
    except TraceError:
        return None


def _read(values: dict[str, Any]) -> Trace:
    """`Trace.from_dict`, and the kinds of all that a page writes out or counts with."""
    trace = Trace.from_dict(values)
    source = vars(trace.source)
    texts = [*trace.class_names, *trace.notes, *(text for name, text in source.items() if name != "seed")]
    require(all(isinstance(text, str) and len(text) <= MAX_TEXT for text in texts), "a name or a note is no short text")
    require(trace.source.seed is None or isinstance(trace.source.seed, int), "the seed is no whole number")
    require(all(isinstance(label, int) for label in trace.truth or ()), "truth is no list of whole numbers")
    h, w = trace.steps[0].saliency.shape
    for edit in trace.interventions.edits:
        cells = [*(cell for cell in edit.look if cell), *edit.bar, *(cell[:2] for cell in edit.paint)]
        require(all(0 <= row < h and 0 <= column < w for row, column in cells), "an edit lies outside the map")
        labels = [*edit.veto, *([] if edit.label is None else [edit.label])]
        require(all(0 <= label <= trace.stop for label in labels), "an edit names a class that is not there")
    return trace


def _rest(values: dict[str, Any], shown: str, said: list[str]) -> Trace:
    """As much as stands by itself: first the walk alone, then each part that fits onto it."""
    bare = {name: value for name, value in values.items() if name in _NAMES}
    bare |= {"truth": None, "boxes": [], "notes": [], "interventions": {}}
    if unknown := sorted(set(values) - _NAMES):
        said.append(f"{shown} has parts that no trace has ({', '.join(unknown)[:80]}); they were left out.")
    done, problems = restore_interventions(values.get("interventions", {}))
    said += problems
    try:
        trace = _longest({**bare, "interventions": done.to_dict()}, shown, said)
    except TraceError:
        trace = _longest(bare, shown, said)
        if done:
            said.append(f"The interventions in {shown} do not fit its walk; they were left out.")
    for part, word in (("truth", "what was truly there"), ("boxes", "where it was"), ("notes", "what was noted")):
        try:
            whole = {**trace.to_dict(), part: values[part]}
            trace = _read(whole)
        except (TraceError, KeyError):
            said.append(f"In {shown}, {word} cannot be read; it was left out.")
    return trace


def _longest(bare: dict[str, Any], shown: str, said: list[str]) -> Trace:
    """The walk up to its first bad meta-step, found by halving: a walk is good where all its beginnings are."""
    steps = bare["steps"] if isinstance(bare["steps"], list) else []
    good, bad, trace, why = 0, min(len(steps), MAX_STEPS) + 1, None, "it has no meta-steps"
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            trace, good = _read({**bare, "steps": steps[:middle]}), middle
        except TraceError as error:
            why, bad = str(error), middle
    if trace is None:
        raise TraceError(f"{shown} is damaged, and nothing of the walk could be restored ({_short(why)}).")
    if good < len(steps):
        reason = f"damaged from meta-step {good + 1} on ({_short(why)})"
        said.append(f"{shown} is {reason}; it is shown up to meta-step {good}.")
    return trace


def _short(why: str) -> str:
    return why if len(why) <= 120 else why[:119] + "…"


_NAMES = {"schema", *Trace.__dataclass_fields__}
