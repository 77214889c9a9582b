"""The table of a scanpath benchmark: as text, as a Markdown page, and as JSON with the same figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from hsal.gaze.metrics.scanpaths.catalog import SCANPATH_METRICS
from hsal.scanpaths.benchmark.intervals import Estimate, Table, difference, estimate
from hsal.scanpaths.benchmark.partial import Row

MAIN = ("bits", "nss", "scanmatch", "sequence_score", "return_rate")  # with intervals; the others follow
OTHERS = tuple(name for name in SCANPATH_METRICS if name not in MAIN)
PEOPLE, ELSEWHERE = "people", "other_photo"
LIKELIHOOD_FIRST = (
    "Models are ordered by bits per fixation: how much more probable, as a power of two, each next fixation was under"
    " the model than under the center bias, given the fixations before. The other scores compare one path of the model"
    " with each person's, and flatter a model that always shows the same typical path."
)


def summary(rows: Sequence[Row], seed: int = 0) -> dict[str, dict[str, Estimate]]:
    """Model -> metric -> estimate, the best model by bits first."""
    models = list(dict.fromkeys(row["model"] for row in rows))
    found = {
        model: {metric: estimate(_table(rows, model, metric), seed) for metric in SCANPATH_METRICS} for model in models
    }
    # NaN, of models without a likelihood, comes last
    return dict(sorted(found.items(), key=lambda item: -np.nan_to_num(item[1]["bits"].mean, nan=-np.inf)))


def against(rows: Sequence[Row], reference: str, seed: int = 0) -> dict[str, Estimate]:
    """Model -> mean difference of its bits from those of a reference, on the same photos and people."""
    models = dict.fromkeys(row["model"] for row in rows)
    bits = {model: _table(rows, model, "bits") for model in models}
    return {model: difference(table, bits[reference], seed) for model, table in bits.items() if model != reference}


def text_table(rows: Sequence[Row], titles: Mapping[str, str], reference: str = "", seed: int = 0) -> list[str]:
    """The table as lines of Markdown."""
    found = summary(rows, seed)
    compared = against(rows, reference, seed) if reference in found else {}
    head = ["model", *(SCANPATH_METRICS[name].title for name in MAIN)]
    if compared:
        head.append(f"bits over {titles.get(reference, reference)}")
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for model, scores in found.items():
        cells = [titles.get(model, model), *(str(scores[metric]) for metric in MAIN)]
        if compared:
            cells.append(str(compared[model]) if model in compared else "")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def write_report(
    out: Path, rows: Sequence[Row], titles: Mapping[str, str], about: Mapping[str, Any], reference: str = ""
) -> Path:
    """Write a Markdown page; returns its path."""
    seed = about["settings"]["seed"]
    page = [f"# {about['title']}", "", LIKELIHOOD_FIRST, "", *text_table(rows, titles, reference, seed), ""]
    page += [*_other_metrics(rows, titles, seed), ""]
    page += [f"- **{metric.title}**: {metric.meaning} {metric.citation}." for metric in SCANPATH_METRICS.values()]
    time = "" if about["seconds"] is None else f", {about['seconds']:.0f} s"
    page += ["", f"{about['data']}; saliency: {about['settings']['saliency']}; in brackets: 95% intervals over photos"
             f" and people. {about['machine']}{time}.", "", f"    {about['command']}", ""]
    page += [f"- {note}" for note in about["notes"]]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(page).rstrip() + "\n", encoding="utf-8")
    return out


def _other_metrics(rows: Sequence[Row], titles: Mapping[str, str], seed: int) -> list[str]:
    """The means of the other metrics, as lines of Markdown."""
    head = ["model", *(SCANPATH_METRICS[name].title for name in OTHERS)]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for model, scores in summary(rows, seed).items():
        means = (scores[name].mean for name in OTHERS)
        cells = [titles.get(model, model), *("" if mean != mean else f"{mean:.3g}" for mean in means)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def write_figures(
    out: Path, rows: Sequence[Row], titles: Mapping[str, str], about: Mapping[str, Any], reference: str = ""
) -> None:
    """Write the figures of the table as JSON."""
    seed = about["settings"]["seed"]
    figures = {
        model: {"title": titles.get(model, model), **{metric: asdict(value) for metric, value in scores.items()}}
        for model, scores in summary(rows, seed).items()
    }
    content = {"about": dict(about), "models": figures, "reference": reference,
               "over_reference": {model: asdict(one) for model, one in against(rows, reference, seed).items()}
               if reference in figures else {}}
    out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _table(rows: Sequence[Row], model: str, metric: str) -> Table:
    return {(row["photo"], row["subject"]): row[metric] for row in rows if row["model"] == model}
