"""The results file of `hsal cueing`; it is read without torch."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from hsal.errors import ResultsError

CONDITIONS = ("valid", "neutral", "invalid")
MEASURES = {
    "right": "probability of the target's label",
    "stop": "share of scenes where stop is predicted",
    "on_target": "share of glimpses on the target",
}


class Estimate(NamedTuple):
    """A mean over scenes and its 95% interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class CueingFigures:
    """Results on scenes with one number of digits."""

    digits: int
    scenes: int
    conditions: dict[str, dict[str, Estimate]]
    """Condition -> measure -> estimate, in the first meta-step."""
    effect: Estimate
    """Probability of the target's label, valid minus invalid."""


@dataclass(frozen=True)
class CueingResult:
    """One run of `hsal cueing`."""

    weights: str
    digits: str
    """Source of the digits."""
    split: str
    seed: int
    width_cells: float
    """Standard deviation of the Gaussian."""
    command: str
    machine: str
    seconds: float
    cued: tuple[CueingFigures, ...]
    """One entry per number of digits."""

    def to_json(self) -> str:
        """The file's text."""
        return json.dumps(asdict(self), indent=1) + "\n"

    def lines(self) -> Iterator[str]:
        """The results as lines of text."""
        yield f"weights {self.weights}, {self.digits}, {self.split}, seed {self.seed}, {self.seconds} s, {self.machine}"
        for one in self.cued:
            yield f"\n{one.digits} in the scene, {one.scenes} scenes"
            for measure, meaning in MEASURES.items():
                parts = [f"{name} {_text(one.conditions[name][measure])}" for name in CONDITIONS]
                yield f"  {meaning + ':':38} {'  '.join(parts)}"
            yield f"  {'validity effect, valid minus invalid:':38} {_text(one.effect)}"


def _text(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def load_cueing(path: Path) -> CueingResult:
    """Read a results file.

    Raises:
        ResultsError: the file is missing or damaged.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return CueingResult(**found | {"cued": tuple(_cued(one) for one in found["cued"])})
    except OSError as error:
        raise ResultsError(f"The results file {path.name} cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ResultsError(
            f"The results file {path.name} is damaged: `hsal cueing --json {path.name}` makes it again."
        ) from error


def _cued(found: dict[str, Any]) -> CueingFigures:
    conditions = {
        name: {measure: _estimate(found["conditions"][name][measure]) for measure in MEASURES} for name in CONDITIONS
    }
    return CueingFigures(found["digits"], found["scenes"], conditions, _estimate(found["effect"]))


def _estimate(numbers: list[float]) -> Estimate:
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError("not a finite number")
    return Estimate(*numbers)
