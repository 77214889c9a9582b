"""The report's section on saliency models: what each map does to attention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hsal.reproduce import plots
from hsal.reproduce.results import Result

INTRODUCTION = """## What each saliency map does to attention

The paper calls the saliency map its bottleneck. Here is the same model on other maps, on {scenes:,} validation scenes
of MNIST Multiset: the shipped weights, trained on channel energy, shown that map without retraining; and
retrained on it, {steps} updates on {training:,} scenes, one seed. `attn_saliency` is a share of each map's own
maximum, so it
compares the two figures of a row, not rows; glimpses on digits compare all.
"""


def saliency_lines(found: Sequence[Result], figures: Path) -> Iterator[str]:
    """The section's lines, of `load_on_maps`; draws its figure. None where nothing was measured yet."""
    if not found:
        return
    first = found[0]
    yield INTRODUCTION.format(
        scenes=first.test["scenes"], steps=first.training["steps"], training=first.training["scenes"]
    )
    yield (
        "| saliency model | without retraining: macro-F1 / 0-1 | `attn_saliency` | glimpses on digits"
        " | retrained: macro-F1 / 0-1 | `attn_saliency` | glimpses on digits | mask peak | minutes |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for one in found:
        yield (
            f"| {one.title} | {_cells(one.not_retrained)} | {_cells(one.test)} | {one.test['mask_peak']:.2f}"
            f" | {one.seconds / 60:.0f} |"
        )
    plots.retraining([(one.title, *_both(one)) for one in reversed(found)], figures / "saliency_models.svg")
    yield "\nHollow: without retraining. Filled: retrained.\n"
    yield "![0-1 and glimpses on digits for each saliency model, retrained or not](figures/saliency_models.svg)\n"


def _cells(measured: dict[str, Any]) -> str:
    located = measured["localization"]["glimpses_in_digit"]
    return (
        f"{measured['macro_f1']:.3f} / {measured['exact_match']:.3f} | {measured['attn_saliency']:.2f} | {located:.2f}"
    )


def _both(result: Result) -> tuple[plots.Change, plots.Change]:
    """0-1 and the share of glimpses on digits, each without retraining and with it."""
    before, after = result.not_retrained, result.test
    return (
        plots.Change(before["exact_match"], after["exact_match"]),
        plots.Change(*(one["localization"]["glimpses_in_digit"] for one in (before, after))),
    )
