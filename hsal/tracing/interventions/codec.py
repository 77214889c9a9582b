"""Interventions from JSON and in links: all of them, or as many as can be restored."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

import msgspec

from hsal.tracing.interventions.checks import InterventionError
from hsal.tracing.interventions.schema import NONE, Edit, Interventions, Rule

LARGEST_BYTES = 100_000  # of a link's JSON: some hundred interventions
_LISTS = {"edits": (Edit, "edit"), "rules": (Rule, "rule"), "hidden": (tuple[int, int, int, int], "hidden part")}


class _Problem(NamedTuple):
    """What is wrong with a part: as an error, and as a remark that this part was left out."""

    refused: str
    left_out: str


def read_interventions(values: object) -> Interventions:
    """The interventions that `Interventions.to_dict` wrote.

    Raises:
        InterventionError: not an object, an unknown field, or a value of the wrong type.
    """
    read, problems = _read(values)
    if problems:
        raise InterventionError(problems[0].refused)
    return read


def restore_interventions(values: object) -> tuple[Interventions, list[str]]:
    """As much of `Interventions.to_dict` as can be read, and one sentence for each part that cannot."""
    read, problems = _read(values)
    return read, [problem.left_out for problem in problems]


def pack(interventions: Interventions) -> str:
    """Interventions as a short URL-safe string; the empty string for none."""
    if not interventions:
        return ""
    text = json.dumps(interventions.to_dict(), separators=(",", ":"), allow_nan=False)
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).rstrip(b"=").decode()


def unpack(packed: str) -> tuple[Interventions, list[str]]:
    """The interventions in a string of `pack`, as far as possible, and one sentence for each part that cannot be read.

    Never unpacks more than LARGEST_BYTES.
    """
    if not packed:
        return NONE, []
    try:
        compressed = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        text = zlib.decompressobj().decompress(compressed, LARGEST_BYTES + 1)
        if len(text) > LARGEST_BYTES:
            return NONE, ["The link's interventions are larger than a link can hold; none was restored."]
        values = json.loads(text)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return NONE, ["The link's interventions are damaged; none was restored."]
    return restore_interventions(values)


def _read(values: object) -> tuple[Interventions, list[_Problem]]:
    if not isinstance(values, Mapping):
        wrong = "The interventions are not a JSON object"
        return NONE, [_Problem(f"{wrong}.", f"{wrong}; none was restored.")]
    problems: list[_Problem] = []
    if unknown := _unknown_fields(values, Interventions):
        wrong = f"The interventions have {unknown}"
        problems.append(_Problem(f"{wrong}.", f"{wrong}; they were left out."))
    lists = {name: tuple(_read_list(values.get(name, []), *how, problems)) for name, how in _LISTS.items()}
    saliency = values.get("saliency", "")
    if not isinstance(saliency, str):
        wrong = "The saliency model of the interventions is not a name"
        problems.append(_Problem(f"{wrong}.", f"{wrong}; the weights' own is used."))
        saliency = ""
    return Interventions(**lists, saliency=saliency), problems


def _read_list(values: object, kind: Any, noun: str, problems: list[_Problem]) -> list[Any]:
    """All entries of a list that can be read; adds a problem for each that cannot."""
    if not isinstance(values, list):
        wrong = f"The {noun}s of the interventions are not a list"
        problems.append(_Problem(f"{wrong}.", f"{wrong}; none was restored."))
        return []
    read = []
    for number, value in enumerate(values, 1):
        try:
            if isinstance(value, Mapping) and is_dataclass(kind) and (unknown := _unknown_fields(value, kind)):
                raise msgspec.ValidationError(f"it has {unknown}")
            read.append(msgspec.convert(value, kind))
        except msgspec.ValidationError as error:
            which, reason = f"The {noun} {number} of the interventions", explain_invalid(error)
            problems.append(_Problem(f"{which} cannot be read: {reason}.", f"{which} was left out: {reason}."))
    return read


def explain_invalid(error: msgspec.ValidationError) -> str:
    """A validation error as a phrase, such as "label: expected int, got str"."""
    message, _, path = str(error).replace("`", "").partition(" - at $")
    message = message[:1].lower() + message[1:]
    return f"{path.lstrip('.')}: {message}" if path else message


def _unknown_fields(values: Mapping[Any, Any], kind: Any) -> str:
    """The fields that a record does not have, and those that it has; the empty string where all are known."""
    known = [field.name for field in fields(kind)]
    unknown = ", ".join(sorted(map(str, set(values) - set(known))))[:80]
    return f"unknown fields ({unknown}; known are {', '.join(known)})" if unknown else ""
