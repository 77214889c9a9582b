"""The JSON Schema of a trace, generated from its dataclasses; published as assets/trace.schema.json.

`python -m hsal.tracing.json_schema` prints it. It covers the types of all values; whether they agree with each other
is checked by `hsal.tracing.validation`.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import msgspec
import numpy as np
from docstring_parser import parse_from_object

from hsal.data.base import Box
from hsal.paths import ASSETS
from hsal.tracing.interventions.schema import Edit, Interventions, Rule
from hsal.tracing.schema import READABLE_SCHEMAS, Glimpse, Source, Step, Trace

FILE = ASSETS / "trace.schema.json"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
OPTIONAL = (Edit, Rule, Interventions)  # written without what has its default value
LATER = {"interventions", "viewing", "withheld", "labels"}  # fields that traces of earlier schemas lack
RECORDS = (Source, Box, Glimpse, Step, Trace, *OPTIONAL)


def schema() -> dict[str, Any]:
    """The schema as plain JSON values (draft 2020-12)."""
    generated = msgspec.json.schema(Trace, schema_hook=_array_schema)
    definitions = json.loads(json.dumps(generated["$defs"]))  # defaults are tuples
    for record in RECORDS:
        _complete(definitions[record.__name__], record)
    trace = definitions.pop("Trace")
    trace["properties"] = {"schema": {"enum": list(READABLE_SCHEMAS)}, **trace["properties"]}
    trace["required"] = ["schema", *trace["required"]]
    about = "Attention on one image, meta-step by meta-step, as HSAL Explorer writes it. Rows, columns, labels and " \
            "meta-steps count from 0."
    return {"$schema": DRAFT, **trace, "title": "HSAL trace", "description": about, "$defs": definitions}


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=1) + "\n"


def _array_schema(kind: type) -> dict[str, Any]:
    """An array's schema stands in its annotation (`hsal.tracing.arrays.array_schema`)."""
    if kind is not np.ndarray:
        raise NotImplementedError
    return {}


def _complete(definition: dict[str, Any], record: type) -> None:
    """Add what msgspec does not know: descriptions, and that fields are neither left out nor added."""
    definition["additionalProperties"] = False
    if record not in OPTIONAL:
        definition["required"] = [field.name for field in fields(record) if field.name not in LATER]
    for part in parse_from_object(record).params:
        if part.description and part.arg_name in definition["properties"]:
            definition["properties"][part.arg_name]["description"] = " ".join(part.description.split())


if __name__ == "__main__":
    print(text(), end="")
