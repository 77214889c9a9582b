"""Figures of trainings as `hsal reproduce` wrote them, summed up over seeds, and the paper's beside them.

Neither torch nor an image is needed to read them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

from hsal.config import TASKS
from hsal.errors import ResultsError

SALIENCY_FOLDER = "saliency"  # the folder of what `load_on_maps` reads
ROWS = {  # in the order of the table
    "reinforce": "REINFORCE (the paper's HSAL-RL)",
    "cross-entropy": "Cross-Entropy (the paper's baseline)",
    "multiset": "Multiset loss (beyond the paper)",
    "count": "CNN with a count head (no attention)",
}


def short_name(row: str) -> str:
    """A row's name without what stands in brackets, for legends."""
    return ROWS[row].partition(" (")[0]


class Pair(NamedTuple):
    """The two measures of the paper's Table 1."""

    macro_f1: float
    exact_match: float


# Welleck et al. 2017, Table 1, on test sets; (task, row) -> figures
PAPER = {
    ("mnist-set", "reinforce"): Pair(0.990, 0.960),
    ("mnist-multiset", "reinforce"): Pair(0.978, 0.935),
    ("svhn-multiset", "reinforce"): Pair(0.973, 0.947),
    ("mnist-set", "cross-entropy"): Pair(0.735, 0.478),
    ("mnist-multiset", "cross-entropy"): Pair(0.726, 0.477),
    ("svhn-multiset", "cross-entropy"): Pair(0.589, 0.307),
}
# attn_saliency on the paper's own scale, which is not ours: its backbone is another. Ratios compare.
PAPER_ATTN_START, PAPER_ATTN_END = 58.7, 126.5  # REINFORCE, before and after training
PAPER_ATTN_CROSS_ENTROPY = 25.0  # about, all along
PAPER_ATTN_RATIO = PAPER_ATTN_END / PAPER_ATTN_START  # 2.155


@dataclass(frozen=True)
class Result:
    """One training and what it came to."""

    name: str
    """Of the recipe."""
    task: str
    """One of hsal.config.TASKS."""
    row: str
    """One of `ROWS`."""
    seed: int
    seconds: float
    """Wall time of the training."""
    test: dict[str, Any]
    """What `hsal evaluate --json` tells, at least exact_match and macro_f1; of an ablation, on validation scenes."""
    curve: tuple[dict[str, float], ...]
    """Validation measures by step, the untrained model's first where it was measured."""
    ablation: str = ""
    """What is changed, in few words; empty for the rows of the table."""
    commit: str = ""
    machine: str = ""
    command: str = ""
    model: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    without_inhibition: dict[str, Any] | None = None
    """As `test`, with inhibition of return switched off."""
    before: dict[str, Any] | None = None
    """As `test`, of the weights that the training started from."""
    not_retrained: dict[str, Any] | None = None
    """As `test`, of the shipped weights on the saliency map that this training had, without retraining."""
    title: str = ""
    """Of that saliency model."""
    samples: dict[str, dict[str, int]] = field(default_factory=dict)
    """SVHN's full sample images, before and after: how many there are, and how many are named right."""
    extrapolation: dict[str, dict[str, Any]] = field(default_factory=dict)
    """As `test`, on scenes such as no training has shown, by their title."""


def load_results(folder: Path) -> list[Result]:
    """Every result in a folder, in the table's order; none where there is no such folder.

    Raises:
        ResultsError: a file is damaged or not a result.
    """
    found = [_load(path) for path in sorted(folder.glob("*.json"))]
    return sorted(found, key=lambda one: (*_place(one.task, one.row, one.ablation), one.seed))


def load_on_maps(folder: Path) -> list[Result]:
    """Attention that starts from one saliency model's map after another, the best 0-1 after retraining first; each has
    `title`, `not_retrained`, and with both measures attn_saliency and the localization of glimpses.

    Args:
        folder: of all results; none where it holds no such folder.
    Raises:
        ResultsError: a file is damaged or not such a result.
    """
    found = load_results(folder / SALIENCY_FOLDER)
    for one in found:
        try:
            both = (one.test, one.not_retrained or {})
            numbers = [each[name] for each in both for name in ("attn_saliency", "mask_peak", "scenes")]
            numbers += [each["localization"]["glimpses_in_digit"] for each in both]
            whole = bool(one.title) and all(math.isfinite(number) for number in numbers)
        except (KeyError, TypeError):
            whole = False
        if not whole:
            raise ResultsError(f"The result of {one.name} is damaged: delete it, and `hsal reproduce` makes it again.")
    return sorted(found, key=lambda one: -one.test["exact_match"])


def _place(task: str, row: str, ablation: str) -> tuple[int, int, str]:
    return TASKS.index(task), list(ROWS).index(row), ablation


def _load(path: Path) -> Result:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.get("ablation"):  # settings are chosen on validation scenes
            found["test"] = found.pop("validation")
        known = {f.name: found[f.name] for f in fields(Result) if f.name in found or _needed(f)}
        result = Result(**known | {"curve": tuple(known["curve"])})
        _check(result)
    except OSError as error:
        raise ResultsError(f"The results file {path.name} cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ResultsError(
            f"The results file {path.name} is damaged: delete it, and `hsal reproduce` makes it again."
        ) from error
    return result


def _needed(f: Any) -> bool:
    return f.default is MISSING and f.default_factory is MISSING


def _check(result: Result) -> None:
    """What every reader relies on; raises ValueError, TypeError, KeyError or AttributeError."""
    _place(result.task, result.row, result.ablation)
    others = [one for one in (result.without_inhibition, result.before, result.not_retrained) if one is not None]
    evaluations = [result.test, *others, *result.extrapolation.values()]
    numbers = [result.seed, result.seconds]
    for one in evaluations:
        numbers += [one["exact_match"], one["macro_f1"]]
        numbers += [end for low, high in one.get("intervals", {}).values() for end in (low, high)]
    for point in result.curve:
        numbers += [point["step"], *point.values()]
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError("not a finite number")
    for name in ("name", "ablation", "commit", "machine", "command", "title"):
        if not isinstance(getattr(result, name), str):
            raise TypeError(name)


@dataclass(frozen=True)
class Figure:
    """One measure over the seeds of a row."""

    mean: float
    low: float
    """Of the seeds' figures, the smallest."""
    high: float
    """The largest."""
    interval: tuple[float, float] | None
    """95 % bootstrap interval over test scenes: the mean of the seeds' ends; None where none was measured."""


@dataclass(frozen=True)
class Row:
    """The seeds of one task, objective and ablation, summed up."""

    task: str
    row: str
    ablation: str
    results: tuple[Result, ...]
    """One a seed."""
    macro_f1: Figure
    exact_match: Figure
    attn_ratio: float | None
    """attn_saliency at the end of training over that before it, mean over seeds; None where it was not measured."""
    mask_peak: float | None
    """Mean height of the mask's highest cell on test scenes; None without attention."""
    minutes: float
    """Of one training, mean over seeds."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, in order."""
        return tuple(one.seed for one in self.results)


def summary(results: Iterable[Result]) -> list[Row]:
    """One row for each task, objective and ablation, in the table's order."""
    groups: dict[tuple[str, str, str], list[Result]] = {}
    for one in results:
        groups.setdefault((one.task, one.row, one.ablation), []).append(one)
    return [_row(sorted(groups[key], key=lambda one: one.seed)) for key in sorted(groups, key=lambda key: _place(*key))]


def _row(group: Sequence[Result]) -> Row:
    first = group[0]
    peaks = [one.test["mask_peak"] for one in group if "mask_peak" in one.test]
    ratios = [ratio for one in group if (ratio := attn_ratio(one)) is not None]
    return Row(
        first.task, first.row, first.ablation, tuple(group), figure(group, "macro_f1"), figure(group, "exact_match"),
        _mean(ratios) if ratios else None, _mean(peaks) if peaks else None, _mean([one.seconds / 60 for one in group]),
    )


def figure(group: Sequence[Result], measure: str) -> Figure:
    """A test measure over the seeds of one row."""
    values = [float(one.test[measure]) for one in group]
    ends = [one.test["intervals"][measure] for one in group if measure in one.test.get("intervals", {})]
    interval = (_mean([low for low, _ in ends]), _mean([high for _, high in ends])) if ends else None
    return Figure(_mean(values), min(values), max(values), interval)


def attn_ratio(result: Result) -> float | None:
    """attn_saliency at the end of the curve over that at step 0; None where either is missing."""
    points = {point["step"]: point.get("attn_saliency") for point in result.curve}
    start, end = points.get(0), points[max(points)] if points else None
    return end / start if start and end is not None else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
