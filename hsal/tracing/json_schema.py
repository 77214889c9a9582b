"""The JSON Schema of a trace, made from the dataclasses themselves; assets/trace.schema.json holds it for everybody.

`python -m hsal.tracing.json_schema` prints it. It says what kinds of values stand where; that they also agree with
each other is for `hsal.tracing.validation` to see.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
from docstring_parser import parse_from_object

from hsal.data.base import Box
from hsal.paths import ASSETS
from hsal.tracing.interventions.schema import Edit, Interventions, Rule
from hsal.tracing.schema import READABLE, Glimpse, Source, Step, Trace

FILE = ASSETS / "trace.schema.json"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
RECORDS = (Source, Box, Glimpse, Step, Edit, Rule, Interventions)

# of each array: type of its numbers, how many dimensions, what it holds
ARRAYS: dict[str, tuple[str, tuple[int, ...], str]] = {
    "image": ("uint8", (2, 3), "The image as the model saw it: height and width, px; of a colored one RGB last."),
    "probabilities": ("float32", (2,), "Of looking at each cell; rows before columns."),
    "saliency": ("float32", (2,), "What stands out in each cell before the meta-step, 0 to 1."),
    "gaussians": ("float32", (2,), "A row a Gaussian: weight, inverse width (1 / cell^2), row and column from 1."),
    "mask": ("float32", (2,), "The covert mask, 0 to 1."),
    "priority": ("float32", (2,), "Mask times saliency."),
    "broad_weights": ("float32", (2,), "The weight of each cell in the broad first glimpse."),
    "class_probabilities": ("float32", (1,), "Of each class, in the order of class_names."),
    "next_saliency": ("float32", (2,), "Saliency after inhibition of return."),
}
_PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number", NoneType: "null"}


def schema() -> dict[str, Any]:
    """The schema as plain JSON values (draft 2020-12)."""
    whole = _record(Trace)
    whole["properties"] = {"schema": {"enum": list(READABLE)}, **whole["properties"]}
    whole["required"] = ["schema", *whole["required"]]
    about = "One walk of attention over one image, as HSAL Explorer writes it. Rows, columns, labels and steps " \
            "count from 0."
    return {"$schema": DRAFT, "title": "HSAL trace", "description": about, **whole,
            "$defs": {kind.__name__: _record(kind) for kind in RECORDS}}


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=1) + "\n"


def _record(kind: type) -> dict[str, Any]:
    """An object for a dataclass: every field, and none besides; those that have a default may be left out."""
    hints = get_type_hints(kind)
    told = {part.arg_name: part.description for part in parse_from_object(kind).params if part.description}
    properties, required = {}, []
    for field in fields(kind):
        properties[field.name] = _array(field.name) if hints[field.name] is np.ndarray else _value(hints[field.name])
        if field.name in told and hints[field.name] is not np.ndarray:
            properties[field.name]["description"] = " ".join(told[field.name].split())
        written = kind not in (Edit, Rule, Interventions) and hints[field.name] is not Interventions
        if written or field.default is MISSING:
            required.append(field.name)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _array(name: str) -> dict[str, Any]:
    dtype, dimensions, about = ARRAYS[name]
    number = {"type": "integer", "minimum": 0, "maximum": 255} if dtype == "uint8" else {"type": "number"}
    size = {"minItems": min(dimensions), "maxItems": max(dimensions), "items": {"type": "integer", "minimum": 0}}
    properties = {"dtype": {"const": dtype}, "shape": {"type": "array", **size},
                  "data": {"type": "array", "items": number, "description": "Row by row."}}
    return {"type": "object", "description": about, "properties": properties, "required": list(properties),
            "additionalProperties": False}


def _value(kind: Any) -> dict[str, Any]:
    """The schema of a type: plain, a record, a tuple of one kind or of several, or one of several types."""
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if kind in RECORDS:
        return {"$ref": f"#/$defs/{kind.__name__}"}
    parts = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        return {"anyOf": [_value(part) for part in parts]}
    if parts[-1] is Ellipsis:
        return {"type": "array", "items": _value(parts[0])}
    return {"type": "array", "prefixItems": [_value(part) for part in parts], "minItems": len(parts), "items": False}


if __name__ == "__main__":
    print(text(), end="")
