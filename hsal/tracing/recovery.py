"""Traces from files that people bring: whole, or as much as can be restored, with a sentence for each fault."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

from hsal.data.images import quoted
from hsal.tracing.interventions.codec import restore_interventions
from hsal.tracing.schema import READABLE_SCHEMAS, SCHEMA, Trace
from hsal.tracing.validation import TraceError, require

MAX_BYTES = 10 * 2**20
MAX_TEXT = 2000
MAX_STEPS, MAX_SIDE_PX, MAX_CELLS, MAX_CLASSES, MAX_PARTS = 100, 1024, 128, 1001, 64
_NAMES = {"schema", *Trace.__dataclass_fields__}


def looks_like_json(data: bytes) -> bool:
    """Whether a file's bytes begin as a JSON object does; no image does."""
    return data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def recover_trace(data: bytes, name: str = "trace.json") -> tuple[Trace, list[str]]:
    """The trace in a file of `Trace.to_json` or `hsal trace --json`, and one sentence for each fault.

    Damaged parts are left out where the rest is valid without them: true labels, boxes, notes, interventions, and all
    meta-steps from the first damaged one on.

    Args:
        data: the file's bytes, from anybody; at most MAX_BYTES.
        name: the file's name, for the sentences.
    Raises:
        TraceError: nothing can be restored; one sentence says why and what to do.
    """
    shown = quoted(name)
    if len(data) > MAX_BYTES:
        raise TraceError(f"{shown} is larger than {MAX_BYTES // 2**20} MB, and no trace is: choose a trace file.")
    values = _parse(data, shown)
    remarks: list[str] = []
    _check_version(values, shown, remarks)
    trace = _read_whole(values) or _read_parts(values, shown, remarks)
    _check_sizes(trace, shown)
    covered = bool(trace.interventions.hidden)
    if not covered and hashlib.sha256(trace.image.tobytes()).hexdigest() != trace.source.image_sha256:
        remarks.append(f"The image in {shown} is not the one that the trace was made from: the file was changed.")
    if any(not np.allclose(step.priority, step.mask * step.saliency, atol=1e-4) for step in trace.steps):
        remarks.append(f"The maps in {shown} do not follow from each other: the file was changed.")
    return trace, remarks


def _check_sizes(trace: Trace, shown: str) -> None:
    """Refuse a trace that is too large to be drawn."""
    step = trace.steps[0]
    for size, most, unit in (
        (len(trace.steps), MAX_STEPS, "meta-steps"), (max(trace.image.shape[:2]), MAX_SIDE_PX, "pixels on a side"),
        (max(step.saliency.shape), MAX_CELLS, "cells on a side"), (len(trace.class_names), MAX_CLASSES, "classes"),
        (max(len(step.gaussians) for step in trace.steps), MAX_PARTS, "Gaussians in a meta-step"),
        (max(len(step.glimpses) for step in trace.steps), MAX_PARTS, "glimpses in a meta-step"),
        (len(trace.boxes), MAX_PARTS, "boxes"),
    ):
        if size > most:
            raise TraceError(f"{shown} has {size:,} {unit}; at most {most:,} can be shown.")


def _parse(data: bytes, shown: str) -> dict[str, Any]:
    """The JSON object; for a file of `hsal trace --json`, the trace in its first line."""
    try:
        text = data.decode("utf-8-sig")
        first, *rest = text.split("\n", 2)
        values = json.loads(first if len(rest) == 2 and _is_json(first) else text)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise TraceError(f"{shown} is not JSON, or was cut off: nothing of it could be restored.") from error
    if isinstance(values, dict) and isinstance(values.get("trace"), dict):
        values = values["trace"]
    if not isinstance(values, dict) or "steps" not in values:
        raise TraceError(f"{shown} is JSON, but not a trace: choose a trace that was downloaded from the app.")
    return values


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _check_version(values: dict[str, Any], shown: str, remarks: list[str]) -> None:
    found = values.get("schema")
    if type(found) is int and found > SCHEMA:
        raise TraceError(f"{shown} was made by a newer version of HSAL Explorer: open it with that version.")
    if found not in READABLE_SCHEMAS or type(found) is not int:
        remarks.append(f"{shown} does not state its version; it is read as version {SCHEMA}.")
        values["schema"] = SCHEMA
    elif found < SCHEMA:
        remarks.append(f"{shown} is of an older version ({found}, now {SCHEMA}); all of it was restored.")


def _read_whole(values: dict[str, Any]) -> Trace | None:
    try:
        return _read(values)
    except TraceError:
        return None


def _read(values: dict[str, Any]) -> Trace:
    """`Trace.from_dict`, with limits for texts and interventions that a page shows."""
    trace = Trace.from_dict(values)
    texts = [*trace.class_names, *trace.notes, *(text for text in vars(trace.source).values() if isinstance(text, str))]
    require(all(len(text) <= MAX_TEXT for text in texts), "a name or a note is too long")
    h, w = trace.steps[0].saliency.shape
    for edit in trace.interventions.edits:
        cells = [*(cell for cell in edit.look if cell), *edit.bar, *(cell[:2] for cell in edit.paint)]
        require(all(0 <= row < h and 0 <= column < w for row, column in cells), "an edit lies outside the map")
        labels = [*edit.veto, *([] if edit.label is None else [edit.label])]
        require(all(0 <= label <= trace.stop for label in labels), "an edit has a class that does not exist")
    return trace


def _read_parts(values: dict[str, Any], shown: str, remarks: list[str]) -> Trace:
    """As much as is valid: first source, image and meta-steps, then each part that fits them."""
    required = {name: value for name, value in values.items() if name in _NAMES}
    required |= {"truth": None, "boxes": [], "notes": [], "interventions": {}}
    if unknown := sorted(set(values) - _NAMES):
        remarks.append(f"{shown} has fields that no trace has ({', '.join(unknown)[:80]}); they were left out.")
    interventions, problems = restore_interventions(values.get("interventions", {}))
    remarks += problems
    try:
        trace = _read_longest({**required, "interventions": interventions.to_dict()}, shown, remarks)
    except TraceError:
        trace = _read_longest(required, shown, remarks)
        if interventions:
            remarks.append(f"The interventions in {shown} do not fit its meta-steps; they were left out.")
    for part, noun in (("truth", "the true labels"), ("boxes", "the boxes"), ("notes", "the notes")):
        try:
            trace = _read({**trace.to_dict(), part: values[part]})
        except (TraceError, KeyError):
            remarks.append(f"In {shown}, {noun} cannot be read; they were left out.")
    return trace


def _read_longest(values: dict[str, Any], shown: str, remarks: list[str]) -> Trace:
    """The trace up to its first damaged meta-step, by bisection: each beginning of a valid trace is valid."""
    steps = values["steps"] if isinstance(values["steps"], list) else []
    good, bad, trace, reason = 0, min(len(steps), MAX_STEPS) + 1, None, "it has no meta-steps"
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            trace, good = _read({**values, "steps": steps[:middle]}), middle
        except TraceError as error:
            reason, bad = str(error), middle
    reason = reason if len(reason) <= 120 else reason[:119] + "…"
    if trace is None:
        raise TraceError(f"{shown} is damaged, and no meta-step could be restored ({reason}).")
    if good < len(steps):
        remarks.append(f"{shown} is damaged from meta-step {good + 1} on ({reason}); it is shown up to there.")
    return trace
