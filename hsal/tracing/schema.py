"""One rollout on one image, frozen: what the app, the command line, exports and tests all read.

Arrays are numpy, small, and checked on construction: shapes agree, numbers are finite,
probabilities sum to 1, and each step's outgoing saliency is the next step's incoming one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from hsal.data.base import Box
from hsal.tracing.interventions.codec import read_interventions
from hsal.tracing.interventions.schema import NONE, Interventions
from hsal.tracing.validation import TraceError, check_trace, require

SCHEMA = 2
READABLE = (1, 2)  # before 2, nothing could be done to a walk


@dataclass(frozen=True)
class Source:
    """Enough to make the trace again."""

    kind: str
    """Where the image came from: sample, scene, upload, drawing or file."""
    name: str
    """Sample name, scene description or file name."""
    image_sha256: str
    """Hash of the image, as uint8 bytes row by row, before any part of it was hidden."""
    weights: str
    """Name of the weights."""
    saliency: str
    """Name of the saliency model."""
    seed: int | None = None
    """Seed of the scene, where it was rendered."""


@dataclass(frozen=True)
class Glimpse:
    """One overt look of the controller."""

    probabilities: np.ndarray  # (h,w) float32, sums to 1
    cell: tuple[int, int]  # row, column of the cell looked at
    value: float  # the controller's estimate of the coming reward
    reward: float  # priority at the cell


@dataclass(frozen=True)
class Step:
    """One meta-step: covert mask, overt glimpses, one label."""

    saliency: np.ndarray  # (h,w) float32 in [0,1], before this step
    gaussians: np.ndarray  # (K,4) float32: weight alpha, inverse width beta, row, column (1-based cells)
    mask: np.ndarray  # (h,w) float32 in (0,1]
    priority: np.ndarray  # (h,w) float32, mask * saliency
    broad_weights: np.ndarray  # (h,w) float32, the initial glimpse's weight of each cell, sums to 1
    glimpses: tuple[Glimpse, ...]  # k
    class_probabilities: np.ndarray  # (N+1,) float32, stop last
    label: int  # 0..N, N is stop
    value: float  # state value at the class step
    reward: float | None  # +1 or -1 where the truth is known
    next_saliency: np.ndarray  # (h,w) float32, after inhibition of return


@dataclass(frozen=True)
class Trace:
    """The whole path of attention over one image."""

    source: Source
    image: np.ndarray  # (H,W) uint8 gray or (H,W,3) uint8 RGB, as the model saw it
    class_names: tuple[str, ...]  # N+1, the last is "stop"
    saliency_scale: float  # the undivided map's maximum: times saliency gives the paper's scale
    steps: tuple[Step, ...]
    truth: tuple[int, ...] | None = None  # the label multiset, sorted, where known
    boxes: tuple[Box, ...] = ()
    notes: tuple[str, ...] = ()  # what was done to the image before the model saw it
    interventions: Interventions = NONE  # what was done in place of the model

    def __post_init__(self) -> None:
        check_trace(self)

    @property
    def stop(self) -> int:
        """Index of the class stop."""
        return len(self.class_names) - 1

    @property
    def labels(self) -> tuple[int, ...]:
        """The objects named, in order, without stop."""
        return tuple(s.label for s in self.steps if s.label != self.stop)

    @property
    def ended_by_stop(self) -> bool:
        """Whether the model said stop, rather than running out of meta-steps."""
        return self.steps[-1].label == self.stop

    @property
    def moments(self) -> int:
        """How many moments the walk has: per meta-step saliency, mask, priority, broad glimpse, the glimpses,
        the label and, but for stop, inhibition of return."""
        return sum(5 + len(step.glimpses) + (step.label != self.stop) for step in self.steps)

    @property
    def exact(self) -> bool | None:
        """Whether the named labels are the true multiset; None where the truth is not known."""
        return None if self.truth is None else sorted(self.labels) == sorted(self.truth)

    @property
    def attn_saliency(self) -> float:
        """Mean saliency at the glimpsed cells, as a share of the map's maximum, 0..1; 0 where none was looked at."""
        looked = [s.saliency[g.cell] for s in self.steps for g in s.glimpses]
        return float(np.mean(looked)) if looked else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; every array as {dtype, shape, data} with data row by row."""
        return {"schema": SCHEMA, **_plain(self)}

    def to_json(self) -> str:
        """`to_dict` as one line of strict JSON: no NaN, no infinity."""
        return self._json

    @cached_property
    def _json(self) -> str:
        """Made once: a walk that is shown is asked for it again and again."""
        return json.dumps(self.to_dict(), allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Trace:
        """The trace that `to_dict` gave.

        Raises:
            TraceError: another schema, a missing or unknown key, or contents that do not agree.
        """
        schema = values.get("schema") if isinstance(values, dict) else None
        known = " or ".join(map(str, READABLE))
        require(schema in READABLE, f"this is not a trace of schema {known} (schema: {schema!r})")
        try:
            return _trace({key: value for key, value in values.items() if key != "schema"})
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, IndexError) as error:
            raise TraceError(f"the trace could not be read: {error}") from error

    @classmethod
    def from_json(cls, text: str) -> Trace:
        """The trace that `to_json` wrote; raises TraceError as `from_dict` does."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise TraceError(f"the trace is not JSON: {error}") from error
        return cls.from_dict(values)


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        # float32 printed by its own shortest repr: it reads back to the same bits
        flat = [float(str(x)) for x in value.ravel()] if value.dtype == np.float32 else value.ravel().tolist()
        return {"dtype": str(value.dtype), "shape": list(value.shape), "data": flat}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Interventions):
        return value.to_dict()
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


def _array(value: dict[str, Any]) -> np.ndarray:
    dtype = {"float32": np.float32, "uint8": np.uint8}[value["dtype"]]
    return np.asarray(value["data"], dtype=dtype).reshape(value["shape"])


def _trace(values: dict[str, Any]) -> Trace:
    truth = values.pop("truth")
    return Trace(
        source=Source(**values.pop("source")),
        image=_array(values.pop("image")),
        class_names=tuple(values.pop("class_names")),
        steps=tuple(_step(step) for step in values.pop("steps")),
        truth=None if truth is None else tuple(truth),
        boxes=tuple(Box(**box) for box in values.pop("boxes")),
        notes=tuple(values.pop("notes")),
        interventions=read_interventions(values.pop("interventions", {})),
        **values,
    )


def _step(values: dict[str, Any]) -> Step:
    glimpses = tuple(_glimpse(glimpse) for glimpse in values["glimpses"])
    arrays = {name: _array(value) for name, value in values.items() if isinstance(value, dict)}
    return Step(**{**values, **arrays, "glimpses": glimpses})


def _glimpse(values: dict[str, Any]) -> Glimpse:
    row, column = values["cell"]
    return Glimpse(**{**values, "probabilities": _array(values["probabilities"]), "cell": (row, column)})
