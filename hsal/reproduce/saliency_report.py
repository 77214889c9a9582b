"""The report's section on the effect of each saliency model on attention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hsal.reproduce import plots
from hsal.reproduce.results import Result

INTRODUCTION = """## Effect of the saliency model on attention

The paper calls the saliency map its bottleneck. Here the same model gets the maps of other saliency models, on
{scenes:,} validation scenes of MNIST Multiset: with the shipped weights, which were trained on channel energy, without
retraining; and after retraining on these maps, with {steps} updates on {training:,} scenes and one seed.
`attn_saliency` is relative to each map's own maximum, so compare it only within a row. Glimpses on digits can be
compared between rows.
"""


def saliency_lines(found: Sequence[Result], figures: Path) -> Iterator[str]:
    """Yield the section's lines and draw its figure; nothing if there are no results.

    Args:
        found: Results of `load_saliency_results`.
        figures: Folder of the figure.
    """
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
    yield "![0-1 and glimpses on digits before and after retraining](figures/saliency_models.svg)\n"


def _cells(measured: dict[str, Any] | None) -> str:
    assert measured is not None  # `load_saliency_results` checks it
    located = measured["localization"]["glimpses_in_digit"]
    return (
        f"{measured['macro_f1']:.3f} / {measured['exact_match']:.3f} | {measured['attn_saliency']:.2f} | {located:.2f}"
    )


def _both(result: Result) -> tuple[plots.BeforeAfter, plots.BeforeAfter]:
    """0-1 and the share of glimpses on digits, each without and with retraining."""
    before, after = result.not_retrained, result.test
    assert before is not None  # `load_saliency_results` checks it
    inside = [measured["localization"]["glimpses_in_digit"] for measured in (before, after)]
    return plots.BeforeAfter(before["exact_match"], after["exact_match"]), plots.BeforeAfter(*inside)
