"""Reaching into the attention process: what somebody does in place of the model, as plain data.

An `Edit` holds for one meta-step, a `Rule` from a meta-step on. They live in the trace and in its JSON, go into a
rollout as `Overrides`, and leave to the model whatever they do not name. Meta-steps, glimpses, rows and columns count
from 0, as in a trace; only the centers of Gaussians count cells from 1, as the paper does.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

Cell = tuple[int, int]  # row, column


@dataclass(frozen=True)
class Edit:
    """What is done at one meta-step; what is left out is the model's own."""

    step: int
    """The meta-step."""
    gaussians: tuple[tuple[float, float, float, float], ...] = ()
    """Weight, inverse width (1 / cell^2), row and column (1-based) of each, in place of the model's; weights are
    divided by their sum."""
    paint: tuple[tuple[int, int, float], ...] = ()
    """Row, column and saliency (0 to 1) of cells painted before the step."""
    look: tuple[Cell | None, ...] = ()
    """Where each glimpse falls; None leaves one to the model."""
    bar: tuple[Cell, ...] = ()
    """Cells where no glimpse may fall."""
    blind: tuple[int, ...] = ()
    """Glimpses that see nothing, as in an empty place: 0 is the broad one, 1 the first sharp one."""
    label: int | None = None
    """The label that is named, stop being the last."""
    veto: tuple[int, ...] = ()
    """Labels that may not be named."""


@dataclass(frozen=True)
class Rule:
    """What holds from one meta-step on; None leaves it as it was."""

    step: int = 0
    """The first meta-step."""
    covert: bool | None = None
    """Whether there is a spotlight; without, the mask is 1 everywhere."""
    glimpses: int | None = None
    """Glimpses in a meta-step (k); with 0 nothing is looked at sharply."""
    inhibition: bool | None = None
    """Whether what was attended loses its saliency."""
    temperature: float | None = None
    """Of sampled cells and labels: 0 takes the most probable, 1 draws by the model's own probabilities."""
    seed: int = 0
    """Of the samples."""


@dataclass(frozen=True)
class Interventions:
    """All that is done to one walk."""

    edits: tuple[Edit, ...] = ()
    rules: tuple[Rule, ...] = ()
    hidden: tuple[tuple[int, int, int, int], ...] = ()
    """Top, left, bottom and right (exclusive) of parts of the image that are covered, px."""
    saliency: str = ""
    """Name of the saliency model in place of the weights' own."""

    def __bool__(self) -> bool:
        return self != Interventions()

    def held(self, number: int) -> dict[str, Any]:
        """What the rules say at a meta-step: of each thing the last word up to there."""
        now: dict[str, Any] = {"covert": None, "glimpses": None, "inhibition": None, "temperature": None, "seed": 0}
        for rule in sorted(self.rules, key=lambda rule: rule.step):
            if rule.step <= number:
                said = {name: value for name, value in asdict(rule).items() if name in now and value is not None}
                if rule.temperature is None:
                    said.pop("seed")
                now |= said
        return now

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, without what is left to the model."""
        return {
            name: value for name, value in (
                ("edits", [_short(edit) for edit in self.edits]), ("rules", [_short(rule) for rule in self.rules]),
                ("hidden", [list(box) for box in self.hidden]), ("saliency", self.saliency),
            ) if value
        }


NONE = Interventions()


def cover(image: np.ndarray, hidden: tuple[tuple[int, int, int, int], ...]) -> np.ndarray:
    """A copy of an image (H,W[,3]) uint8 with parts of it in its median color."""
    covered = image.copy()
    ground = np.median(image.reshape(-1, *image.shape[2:]), axis=0).astype(np.uint8)
    for top, left, bottom, right in hidden:
        covered[top:bottom, left:right] = ground
    return covered


def _short(one: Edit | Rule) -> dict[str, Any]:
    """The fields that say something."""
    return {f.name: _plain(getattr(one, f.name)) for f in fields(one) if getattr(one, f.name) != f.default}


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
