"""The order of models: means over images with bootstrap confidence intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hsal.evaluation.metrics import resampled_sums
from hsal.gaze.benchmark.table import Benchmark
from hsal.gaze.metrics.catalog import METRICS

RESAMPLES = 2000
FIRST = ("shuffled_auc", "auc", "box_auc")  # models are ranked by the first of these that was measured


class MeanInterval(NamedTuple):
    """A mean over images and its 95% bootstrap confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class LeaderboardRow:
    """A model and its means."""

    model: str
    title: str
    kind: str
    """model, baseline or upper bound, see `hsal.saliency.base.About`."""
    means: Mapping[str, MeanInterval]
    """Metric -> mean."""
    milliseconds: float
    """Median over images."""


def ranking_metric(benchmark: Benchmark) -> str:
    """The metric that models are ranked by."""
    return next((name for name in FIRST if name in benchmark.metrics), benchmark.metrics[0])


def leaderboard_rows(benchmark: Benchmark, by: str | None = None) -> list[LeaderboardRow]:
    """Rank all models, best first.

    Args:
        benchmark: the results.
        by: the metric to rank by; `ranking_metric` if None.
    """
    by = by or ranking_metric(benchmark)
    models, images, metrics = benchmark.values.shape
    flat = benchmark.values.transpose(1, 0, 2).reshape(images, models * metrics)
    low, high = _interval(flat).reshape(2, models, metrics)
    means = benchmark.values.mean(axis=1, dtype=np.float64)  # (M,K)
    rows = []
    for place, model in enumerate(benchmark.models):
        about = benchmark.about.get("models", {}).get(model, {})
        ends = zip(means[place].tolist(), low[place].tolist(), high[place].tolist(), strict=True)
        rows.append(LeaderboardRow(
            model, about.get("title", model), about.get("kind", "model"),
            {metric: MeanInterval(*three) for metric, three in zip(benchmark.metrics, ends, strict=True)},
            float(np.median(benchmark.milliseconds[place])),
        ))
    return sorted(rows, key=lambda row: row.means[by].value, reverse=METRICS[by].higher_is_better)


def _interval(columns: np.ndarray, seed: int = 0) -> np.ndarray:
    """The 95% interval of each column's mean: (P,n) -> (2,n). All columns use the same resamples of images."""
    sums = resampled_sums(columns, RESAMPLES, seed)
    return np.percentile(sums / len(columns), [2.5, 97.5], axis=0)


def mean_difference(benchmark: Benchmark, metric: str, one: str, other: str) -> MeanInterval:
    """The mean difference of two models in a metric, paired by image; above 0 if the first is better."""
    values = benchmark.of(metric)
    first, second = (values[benchmark.models.index(model)] for model in (one, other))
    difference = (first - second).astype(np.float64)  # (P,)
    difference = difference if METRICS[metric].higher_is_better else -difference
    low, high = _interval(difference[:, None])[:, 0].tolist()
    return MeanInterval(float(difference.mean()), low, high)


def best(rows: Sequence[LeaderboardRow], metric: str) -> str:
    """The best model in a metric; upper bounds, which use the fixations themselves, are excluded."""
    candidates = [row for row in rows if row.kind != "upper bound"] or list(rows)
    sign = 1 if METRICS[metric].higher_is_better else -1
    return max(candidates, key=lambda row: sign * row.means[metric].value).model
