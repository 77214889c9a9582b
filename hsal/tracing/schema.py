"""A trace: one rollout on one image as a frozen record, read by the app, the command line, exports and tests.

Arrays are numpy arrays and small. A trace is checked on construction: shapes agree, numbers are finite, probabilities
sum to 1, and the saliency after each meta-step is the saliency before the next.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from typing import Any, Literal, get_args, get_type_hints

import msgspec
import numpy as np

from hsal.data.base import Box
from hsal.tracing.arrays import Image, Map, Vector, array_encoder, array_from_builtins
from hsal.tracing.interventions.checks import InterventionError
from hsal.tracing.interventions.codec import explain_invalid, read_interventions
from hsal.tracing.interventions.schema import NONE, Interventions
from hsal.tracing.validation import TraceError, check_trace, require

SCHEMA = 3
READABLE_SCHEMAS = (1, 2, 3)  # traces of schema 1 have no interventions; those before 3 are of digits alone
UNSURE = 0.2  # a label of a photo with a lower probability is unsure


@dataclass(frozen=True)
class Source:
    """All that is needed to compute the trace again."""

    kind: str
    """Where the image came from: sample, scene, upload, drawing, file or array (given in Python)."""
    name: str
    """Sample name, scene description or file name."""
    image_sha256: str
    """Hash of the image's uint8 bytes row by row, before any part of it was hidden."""
    weights: str
    """Name of the weights."""
    saliency: str
    """Name of the saliency model."""
    seed: int | None = None
    """Seed of the scene, where it was rendered."""


@dataclass(frozen=True)
class Glimpse:
    """One overt glimpse of the controller."""

    probabilities: Map
    """(h,w) float32: the probability of choosing each cell, sums to 1."""
    cell: tuple[int, int]
    """Row and column of the chosen cell."""
    value: float
    """The controller's estimate of the return."""
    reward: float
    """Priority at the cell."""
    labels: tuple[tuple[int, float], ...] = ()
    """The most probable labels of the cell alone and their probabilities, highest first; empty where the model does
    not name single glimpses."""


@dataclass(frozen=True)
class Step:
    """One meta-step: covert mask, overt glimpses, one label."""

    saliency: Map
    """(h,w) float32 in [0,1]: saliency before the meta-step."""
    gaussians: Map
    """(K,4) float32: weight alpha, inverse width beta (1 / cell^2), row and column (cells, from 1) of each Gaussian."""
    mask: Map
    """(h,w) float32 in (0,1]: the covert mask."""
    priority: Map
    """(h,w) float32: mask times saliency."""
    broad_weights: Map
    """(h,w) float32: the weight of each cell in the broad first glimpse, sums to 1."""
    glimpses: tuple[Glimpse, ...]
    """The k glimpses, in order."""
    class_probabilities: Vector
    """(N+1,) float32: the probability of each class in the order of class_names, stop last."""
    label: int
    """The predicted label, 0..N; N is stop."""
    value: float
    """State value at the classification."""
    reward: float | None
    """+1 or -1; None where the true labels are not known."""
    next_saliency: Map
    """(h,w) float32 in [0,1]: saliency after inhibition of return."""


@dataclass(frozen=True)
class Trace:
    """Attention on one image, meta-step by meta-step."""

    source: Source
    """Where the image came from, and the models."""
    image: Image
    """(H,W) uint8 gray or (H,W,3) uint8 RGB, as the model received it."""
    class_names: tuple[str, ...]
    """N+1 names; the last is "stop"."""
    saliency_scale: float
    """Maximum of the saliency map before it was divided by it; times saliency gives the paper's scale."""
    steps: tuple[Step, ...]
    """The meta-steps, in order."""
    truth: tuple[int, ...] | None = None
    """The true labels, sorted; None where they are not known."""
    boxes: tuple[Box, ...] = ()
    """True places of the objects, where they are known."""
    notes: tuple[str, ...] = ()
    """What was done to the image before the model received it, one sentence each."""
    interventions: Interventions = NONE
    """What was forced in place of the model."""
    viewing: Literal["objects", "free"] = "objects"
    """The model's task: one label per meta-step (the paper's), or free viewing of a photo."""
    withheld: str = ""
    """Why the labels are not to be shown, a sentence; empty where they are. The labels of digit weights on a photo
    mean nothing."""

    def __post_init__(self) -> None:
        check_trace(self)

    @property
    def stop(self) -> int:
        """Index of the class "stop"."""
        return len(self.class_names) - 1

    @property
    def labels(self) -> tuple[int, ...]:
        """The predicted labels, in order, without stop."""
        return tuple(step.label for step in self.steps if step.label != self.stop)

    @property
    def ended_by_stop(self) -> bool:
        """Whether the model predicted stop, rather than running out of meta-steps."""
        return self.steps[-1].label == self.stop

    @property
    def moments(self) -> int:
        """Number of moments: per meta-step saliency, mask, priority, broad glimpse, each glimpse, the label (unless
        labels are withheld) and, except after stop, inhibition of return."""
        shown = 4 + (not self.withheld)
        return sum(shown + len(step.glimpses) + (step.label != self.stop) for step in self.steps)

    @property
    def exact(self) -> bool | None:
        """Whether the predicted labels are the true multiset; None where the true labels are not known."""
        return None if self.truth is None else sorted(self.labels) == sorted(self.truth)

    @property
    def attn_saliency(self) -> float:
        """Mean saliency at the glimpsed cells, as a share of the map's maximum, 0..1; 0 without glimpses."""
        glimpsed = [step.saliency[glimpse.cell] for step in self.steps for glimpse in step.glimpses]
        return float(np.mean(glimpsed)) if glimpsed else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; every array as {dtype, shape, data} with data row by row."""
        values: dict[str, Any] = json.loads(self.to_json())
        return values

    def to_json(self) -> str:
        """One line of strict JSON, without NaN and infinity."""
        return self._json

    @cached_property
    def _json(self) -> str:
        """Cached, since a page that shows the trace needs it again on every run."""
        arrays = [array for step in self.steps for array in vars(step).values() if isinstance(array, np.ndarray)]
        arrays += [glimpse.probabilities for step in self.steps for glimpse in step.glimpses]
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        values = {"schema": SCHEMA, **parts, "interventions": self.interventions.to_dict()}
        try:
            return msgspec.json.encode(values, enc_hook=array_encoder(arrays)).decode()
        except UnicodeEncodeError:  # a file name that is not valid UTF-8
            return json.dumps(msgspec.to_builtins(values, enc_hook=array_encoder(arrays)), separators=(",", ":"))

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Trace:
        """The trace that `to_dict` wrote.

        Raises:
            TraceError: another schema, a missing or unknown field, a value of the wrong type, or values that do not
                agree with each other.
        """
        schema = values.get("schema") if isinstance(values, dict) else None
        known = " or ".join(map(str, READABLE_SCHEMAS))
        require(schema in READABLE_SCHEMAS, f"this is not a trace of schema {known} (schema: {schema!r})")
        parts = {name: value for name, value in values.items() if name != "schema"}
        try:
            parts = parts if schema == SCHEMA else _upgraded(parts)
            interventions = read_interventions(parts.pop("interventions", {}))
            _check_names({**parts, "interventions": {}}, cls)
            return msgspec.convert({**parts, "interventions": interventions}, cls, dec_hook=array_from_builtins)
        except msgspec.ValidationError as error:
            raise TraceError(f"the trace could not be read: {explain_invalid(error)}") from error
        except (InterventionError, RecursionError) as error:
            raise TraceError(f"the trace could not be read: {error}") from error

    @classmethod
    def from_json(cls, text: str) -> Trace:
        """The trace that `to_json` wrote.

        Raises:
            TraceError: not JSON, or as in `from_dict`.
        """
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise TraceError(f"the trace is not JSON: {error}") from error
        return cls.from_dict(values)


def _upgraded(parts: dict[str, Any]) -> dict[str, Any]:
    """Fields of a trace of an earlier schema, with those that it did not have; a damaged one stays damaged."""
    steps = parts.get("steps")
    if isinstance(steps, list):
        steps = [_with_labels(step) for step in steps]
    return {"viewing": "objects", "withheld": "", **parts, **({} if steps is None else {"steps": steps})}


def _with_labels(step: Any) -> Any:
    glimpses = step.get("glimpses") if isinstance(step, dict) else None
    if not isinstance(glimpses, list):
        return step
    return {**step, "glimpses": [{"labels": [], **glimpse} if isinstance(glimpse, dict) else glimpse
                                 for glimpse in glimpses]}


_hints = cache(get_type_hints)


def _check_names(values: Any, kind: Any) -> None:
    """Refuse records that lack fields or have unknown ones: msgspec fills in defaults and ignores unknown fields."""
    if kind is Interventions:
        return
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(values, dict):
        hints = _hints(kind)
        if wrong := hints.keys() ^ values.keys():
            fault = "missing" if wrong <= hints.keys() else "unknown"
            names = ", ".join(sorted(map(str, wrong)))[:80]
            raise msgspec.ValidationError(f"{fault} fields ({names}) in {kind.__name__}")
        for name, hint in hints.items():
            _check_names(values[name], hint)
    elif isinstance(values, list) and get_args(kind):
        for value in values:
            _check_names(value, get_args(kind)[0])
