"""Results of training runs, summarized over seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hsal.reproduce.results import Result, position


@dataclass(frozen=True)
class SeedSummary:
    """One measure, summarized over the seeds of a row."""

    mean: float
    low: float
    """Minimum over seeds."""
    high: float
    """Maximum over seeds."""
    interval: tuple[float, float] | None
    """95% bootstrap interval over test scenes, whose ends are means over seeds; None if it was not measured."""


@dataclass(frozen=True)
class MethodSummary:
    """The results of one task, method and ablation, summarized over seeds: one row of a table."""

    task: str
    method: str
    ablation: str
    results: tuple[Result, ...]
    """One result per seed."""
    macro_f1: SeedSummary
    exact_match: SeedSummary
    attn_ratio: float | None
    """attn_saliency at the end of training divided by that before it, mean over seeds; None if it was not measured."""
    mask_peak: float | None
    """Mean over test scenes of the mask's maximum; None without attention."""
    minutes: float
    """Wall time of one training run, mean over seeds."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds, in order."""
        return tuple(result.seed for result in self.results)


def summarize(results: Iterable[Result]) -> list[MethodSummary]:
    """Summarize results over seeds, in the order of the table."""
    groups: dict[tuple[str, str, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.task, result.method, result.ablation), []).append(result)
    ordered = sorted(groups, key=lambda key: position(*key))
    return [_summary(sorted(groups[key], key=lambda result: result.seed)) for key in ordered]


def _summary(group: Sequence[Result]) -> MethodSummary:
    first = group[0]
    peaks = [result.test["mask_peak"] for result in group if "mask_peak" in result.test]
    ratios = [ratio for result in group if (ratio := attn_ratio(result)) is not None]
    return MethodSummary(
        first.task, first.method, first.ablation, tuple(group), _over_seeds(group, "macro_f1"),
        _over_seeds(group, "exact_match"), _mean(ratios) if ratios else None, _mean(peaks) if peaks else None,
        _mean([result.seconds / 60 for result in group]),
    )  # fmt: skip


def _over_seeds(group: Sequence[Result], measure: str) -> SeedSummary:
    values = [float(result.test[measure]) for result in group]
    ends = [
        result.test["intervals"][measure] for result in group if measure in result.test.get("intervals", {})
    ]
    interval = (_mean([low for low, _ in ends]), _mean([high for _, high in ends])) if ends else None
    return SeedSummary(_mean(values), min(values), max(values), interval)


def attn_ratio(result: Result) -> float | None:
    """attn_saliency at the end of the curve divided by that at step 0; None if either is missing."""
    points = {point["step"]: point.get("attn_saliency") for point in result.curve}
    start, end = points.get(0), points[max(points)] if points else None
    return end / start if start and end is not None else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
