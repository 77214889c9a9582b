"""Interventions in a rollout, as plain data: what is forced in place of the model.

An `Edit` holds for one meta-step, a `Rule` from a meta-step on. They are stored in a trace and its JSON and reach the
rollout as `Overrides`. Whatever they do not set is left to the model. Meta-steps, glimpses, rows and columns count
from 0, as in a trace; only the centers of Gaussians count cells from 1, as in the paper.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Annotated, Any

import msgspec
import numpy as np

LARGEST = 1_000_000_000  # of any number
Number = Annotated[float, msgspec.Meta(gt=-LARGEST, lt=LARGEST)]  # NaN fails both comparisons
Cell = tuple[int, int]  # row, column


@dataclass(frozen=True)
class Edit:
    """What is forced at one meta-step."""

    step: int
    """The meta-step."""
    gaussians: tuple[tuple[Number, Number, Number, Number], ...] = ()
    """Weight, inverse width (1 / cell^2), row and column (1-based) of each Gaussian, in place of the model's. The
    weights are divided by their sum."""
    paint: tuple[tuple[int, int, Number], ...] = ()
    """Row, column and saliency (0 to 1) of cells that are set before the meta-step."""
    look: tuple[Cell | None, ...] = ()
    """The cell of each glimpse; None leaves a glimpse to the model."""
    bar: tuple[Cell, ...] = ()
    """Cells that no glimpse may choose."""
    blind: tuple[int, ...] = ()
    """Glimpses whose features are set to zero: 0 is the broad glimpse, 1 the first sharp one."""
    label: int | None = None
    """The predicted label; stop is the last."""
    veto: tuple[int, ...] = ()
    """Labels that may not be predicted."""


@dataclass(frozen=True)
class Rule:
    """What holds from one meta-step on; None changes nothing."""

    step: int = 0
    """The first meta-step."""
    covert: bool | None = None
    """Whether there is a covert mask; without one, the mask is 1 everywhere."""
    glimpses: int | None = None
    """Glimpses in a meta-step (k); with 0, the label rests on the broad glimpse alone."""
    inhibition: bool | None = None
    """Whether inhibition of return lowers the saliency of attended cells."""
    temperature: Number | None = None
    """Of sampled cells and labels: 0 takes the most probable, 1 samples from the model's own probabilities."""
    seed: int = 0
    """Of the samples; used together with temperature."""


@dataclass(frozen=True)
class Interventions:
    """All interventions in one rollout."""

    edits: tuple[Edit, ...] = ()
    rules: tuple[Rule, ...] = ()
    hidden: tuple[tuple[int, int, int, int], ...] = ()
    """Top, left, bottom and right (exclusive) of covered parts of the image, px."""
    saliency: str = ""
    """Name of a saliency model in place of the weights' own."""

    def __bool__(self) -> bool:
        return self != NONE

    def rule_at(self, step: int) -> Rule:
        """All rules that hold at a meta-step as one; later rules win."""
        values: dict[str, Any] = {}
        for rule in sorted(self.rules, key=lambda rule: rule.step):
            if rule.step <= step:
                values |= {name: value for name, value in vars(rule).items() if value is not None and name != "seed"}
                if rule.temperature is not None:
                    values["seed"] = rule.seed
        return Rule(**values | {"step": step})

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, without what has its default value."""
        return _without_defaults(self)


NONE = Interventions()


def cover(image: np.ndarray, hidden: tuple[tuple[int, int, int, int], ...]) -> np.ndarray:
    """A copy of an image (H,W[,3]) uint8 with some rectangles filled with its median color."""
    covered = image.copy()
    background = np.median(image.reshape(-1, *image.shape[2:]), axis=0).astype(np.uint8)
    for top, left, bottom, right in hidden:
        covered[top:bottom, left:right] = background
    return covered


def _without_defaults(value: Any) -> Any:
    if isinstance(value, Edit | Rule | Interventions):
        changed = [field.name for field in fields(value) if getattr(value, field.name) != field.default]
        return {name: _without_defaults(getattr(value, name)) for name in changed}
    return [_without_defaults(item) for item in value] if isinstance(value, tuple) else value
