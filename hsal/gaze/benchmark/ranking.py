"""Who is ahead: means over images with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hsal.evaluation.metrics import resampled_sums
from hsal.gaze.benchmark.table import Benchmark
from hsal.gaze.metrics.catalog import METRICS

RESAMPLES = 2000
FIRST = ("shuffled_auc", "auc", "box_auc")  # the metric that ranks: the first of these that was measured


class Mean(NamedTuple):
    """A mean over images with the ends of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Standing:
    """A model's place."""

    model: str
    title: str
    kind: str
    """model, floor or ceiling, as `hsal.saliency.base.About` has it."""
    means: Mapping[str, Mean]
    """Metric -> mean."""
    milliseconds: float
    """Median over images."""


def ranking_metric(benchmark: Benchmark) -> str:
    """The metric by which models are ranked."""
    return next((name for name in FIRST if name in benchmark.metrics), benchmark.metrics[0])


def standings(benchmark: Benchmark, by: str | None = None) -> list[Standing]:
    """All models, best first by one metric.

    Args:
        by: a metric; `ranking_metric` where None.
    """
    by = by or ranking_metric(benchmark)
    models, pictures, metrics = benchmark.values.shape
    flat = benchmark.values.transpose(1, 0, 2).reshape(pictures, models * metrics)
    low, high = _interval(flat).reshape(2, models, metrics)
    means = benchmark.values.mean(axis=1, dtype=np.float64)  # (M,K)
    found = []
    for place, model in enumerate(benchmark.models):
        told = benchmark.about.get("models", {}).get(model, {})
        ends = zip(means[place].tolist(), low[place].tolist(), high[place].tolist(), strict=True)
        found.append(Standing(
            model, told.get("title", model), told.get("kind", "model"),
            {metric: Mean(*three) for metric, three in zip(benchmark.metrics, ends, strict=True)},
            float(np.median(benchmark.milliseconds[place])),
        ))
    return sorted(found, key=lambda one: one.means[by].value, reverse=METRICS[by].higher_is_better)


def _interval(columns: np.ndarray, seed: int = 0) -> np.ndarray:
    """(P,n) -> (2,n): the ends of the 95 % interval of each column's mean. The same images are drawn for all."""
    sums = resampled_sums(columns, RESAMPLES, seed)
    return np.percentile(sums / len(columns), [2.5, 97.5], axis=0)


def lead(benchmark: Benchmark, metric: str, one: str, other: str) -> Mean:
    """How much better one model is than another in a metric, image by image; above 0 where it is better."""
    rows = benchmark.of(metric)
    gap = (rows[benchmark.models.index(one)] - rows[benchmark.models.index(other)]).astype(np.float64)  # (P,)
    gap = gap if METRICS[metric].higher_is_better else -gap
    low, high = _interval(gap[:, None])[:, 0].tolist()
    return Mean(float(gap.mean()), low, high)


def best(found: Sequence[Standing], metric: str) -> str:
    """The best model in a metric; a ceiling, which knows the answer, does not compete."""
    rivals = [one for one in found if one.kind != "ceiling"] or list(found)
    sign = 1 if METRICS[metric].higher_is_better else -1
    return max(rivals, key=lambda one: sign * one.means[metric].value).model
