"""The report of a scanpath benchmark: as text, as a Markdown page, and as JSON with the same figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
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


@dataclass(frozen=True)
class Report:
    """What a benchmark found."""

    rows: Sequence[Row]
    titles: Mapping[str, str]
    """Of the models; a model without one is called by its name."""
    about: Mapping[str, Any]
    """Title, data, machine, seconds, command, notes and settings."""
    reference: str = ""
    """Model that the others' bits are also compared with."""

    @property
    def _seed(self) -> int:
        return int(self.about["settings"]["seed"])

    @cached_property
    def scores(self) -> dict[str, dict[str, Estimate]]:
        """Model -> metric -> estimate, the best model by bits first. Takes seconds."""
        found = {
            model: {metric: estimate(self._table(model, metric), self._seed) for metric in SCANPATH_METRICS}
            for model in dict.fromkeys(row["model"] for row in self.rows)
        }
        # NaN, of models without a likelihood, comes last
        return dict(sorted(found.items(), key=lambda item: -np.nan_to_num(item[1]["bits"].mean, nan=-np.inf)))

    @cached_property
    def over_reference(self) -> dict[str, Estimate]:
        """Model -> mean difference of its bits from the reference's, on the same photos and people."""
        if self.reference not in self.scores:
            return {}
        bits = {model: self._table(model, "bits") for model in self.scores}
        reference = bits.pop(self.reference)
        return {model: difference(table, reference, self._seed) for model, table in bits.items()}

    def table(self) -> list[str]:
        """The main scores as lines of Markdown."""
        head = [SCANPATH_METRICS[name].title for name in MAIN]
        rows = {model: [str(scores[metric]) for metric in MAIN] for model, scores in self.scores.items()}
        if self.over_reference:
            head.append(f"bits over {self._title(self.reference)}")
            for model, cells in rows.items():
                cells.append(str(self.over_reference.get(model, "")))
        return self._lines(head, rows)

    def write_page(self, out: Path) -> None:
        """Write a Markdown page."""
        about = self.about
        page = [f"# {about['title']}", "", LIKELIHOOD_FIRST, "", *self.table(), "", *self._other_metrics(), ""]
        page += [f"- **{metric.title}**: {metric.meaning} {metric.citation}." for metric in SCANPATH_METRICS.values()]
        time = "" if about["seconds"] is None else f", {about['seconds']:.0f} s"
        page += ["", f"{about['data']}; saliency: {about['settings']['saliency']}; in brackets: 95% intervals over"
                 f" photos and people. {about['machine']}{time}.", "", f"    {about['command']}", ""]
        page += [f"- {note}" for note in about["notes"]]
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("\n".join(page).rstrip() + "\n", encoding="utf-8")

    def write_figures(self, out: Path) -> None:
        """Write the figures as JSON."""
        models = {
            model: {"title": self._title(model), **{metric: asdict(value) for metric, value in scores.items()}}
            for model, scores in self.scores.items()
        }
        over = {model: asdict(one) for model, one in self.over_reference.items()}
        content = {"about": dict(self.about), "models": models, "reference": self.reference, "over_reference": over}
        out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    def _other_metrics(self) -> list[str]:
        """The means of the other metrics, as lines of Markdown."""
        return self._lines([SCANPATH_METRICS[name].title for name in OTHERS], {
            model: ["" if np.isnan(scores[name].mean) else f"{scores[name].mean:.3g}" for name in OTHERS]
            for model, scores in self.scores.items()
        })

    def _lines(self, head: Sequence[str], rows: Mapping[str, Iterable[str]]) -> list[str]:
        """A table of Markdown with a row for each model."""
        cells = [["model", *head], *([self._title(model), *row] for model, row in rows.items())]
        lines = [f"| {' | '.join(row)} |" for row in cells]
        return [lines[0], "|---" * len(cells[0]) + "|", *lines[1:]]

    def _title(self, model: str) -> str:
        return self.titles.get(model, model)

    def _table(self, model: str, metric: str) -> Table:
        return {(row["photo"], row["subject"]): row[metric] for row in self.rows if row["model"] == model}
