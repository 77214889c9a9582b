"""The tables of Results as HTML: measured values with the paper's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from hsal.config import TASKS
from hsal.reproduce.results import METHODS, PAPER, REFERENCE_ABLATION, Result, Scores, short_name
from hsal.reproduce.summary import MethodSummary, SeedSummary
from hsal.zoo.weights import TITLES

STYLE = """<style>
.figures table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 0.95rem }
.figures th, .figures td { text-align: left; vertical-align: top; padding: 0.55rem 1rem 0.55rem 0; min-width: 8.5rem;
  border-bottom: 1px solid color-mix(in srgb, currentColor 16%, transparent) }
.figures th { font-weight: 600 }
.figures small { display: block; opacity: 0.72; line-height: 1.4; font-weight: 400 }
.figures code { overflow-wrap: anywhere; font-size: 0.85em }
.figures.close :is(th, td) { min-width: 5.2rem; padding-block: 0.35rem }
.figures.close th[scope=row] { min-width: 9.5rem }
.figures.board :is(th, td) { min-width: 5.6rem; padding-block: 0.35rem }
</style>"""


def table(head: Iterable[str], body: Iterable[Iterable[str]], style: str = "") -> str:
    """A table as HTML.

    Args:
        head: the column headers, as HTML.
        body: the rows, as HTML cells; the first cell of a row is its header.
        style: "close" or "board", with narrower columns, for a table of many columns.
    """
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    rows = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for first, *cells in body
    )
    # focusable, so that the keyboard can scroll it on a narrow screen
    opening = f'<div class="figures wide {style}" tabindex="0" role="group" aria-label="Table">'
    return f'{STYLE}{opening}<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table></div>'


def main_table(rows: Sequence[MethodSummary]) -> str:
    """macro-F1 / 0-1 of objectives (rows) on tasks (columns), measured here and reported in the paper."""
    by_task = {(row.task, row.method): row for row in rows if not row.ablation}
    measured = {task for task, _ in by_task}
    head = ["macro-F1 / 0-1", *(TITLES[task] + ("" if task in measured else _missing(task)) for task in TASKS)]
    body = (
        [_name(row), *(_cell(by_task.get((task, row)), PAPER.get((task, row))) for task in TASKS)] for row in METHODS
    )
    return table(head, body)


def _missing(task: str) -> str:
    return f"<small>not measured here: run <code>hsal reproduce --task {task}</code></small>"


def _name(row: str) -> str:
    name, _, rest = METHODS[row].partition(" (")
    return f"{name}<small>{rest.removesuffix(')')}</small>"


def _cell(row: MethodSummary | None, paper: Scores | None) -> str:
    parts = [_measured(row) if row else "–"]
    if paper:
        parts.append(f"<small>paper {paper.macro_f1:.3f} / {paper.exact_match:.3f}</small>")
    return "".join(parts)


def _measured(row: MethodSummary) -> str:
    seeds = len(row.seeds)
    return (
        f"{row.macro_f1.mean:.3f} / {row.exact_match.mean:.3f}"
        f"<small>{_spread(row.macro_f1)} / {_spread(row.exact_match)}</small>"
        f"<small>{seeds} seed{'' if seeds == 1 else 's'}</small>"
    )


def _spread(figure: SeedSummary) -> str:
    return f"[{figure.interval[0]:.3f}, {figure.interval[1]:.3f}]" if figure.interval else "no interval"


def ablation_table(rows: Sequence[MethodSummary]) -> str:
    """The ablations, the reference without changes first."""
    listed = sorted((row for row in rows if row.ablation), key=lambda row: row.results[0].name != REFERENCE_ABLATION)
    head = ["What is changed", "Task", "macro-F1 / 0-1", "Saliency at glimpses, relative to the start of training",
            "Mask's peak"]
    return table(head, (
        [escape(row.ablation), TITLES[row.task], _measured(row),
         _or_dash(row.attn_ratio, "×{:.2f}"), _or_dash(row.mask_peak, "{:.2f}")] for row in listed
    ))


def _or_dash(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def saliency_table(found: Sequence[Result]) -> str:
    """The effect of each saliency model on attention, from `load_saliency_results`, with and without retraining."""
    head = ["Saliency model", *(f"{title}<small>{when}</small>" for when in ("without retraining", "retrained")
                                for title in ("macro-F1 / 0-1", "Saliency at glimpses", "Glimpses on digits"))]
    return table(head, ([escape(one.title), *_on_map(one.not_retrained), *_on_map(one.test)] for one in found))


def _on_map(measured: dict[str, Any] | None) -> tuple[str, str, str]:
    if measured is None:
        return "–", "–", "–"
    return (
        f"{measured['macro_f1']:.3f} / {measured['exact_match']:.3f}", f"{measured['attn_saliency']:.2f}",
        f"{measured['localization']['glimpses_in_digit']:.2f}",
    )


def extrapolation_table(rows: Sequence[MethodSummary]) -> str:
    """0-1 and F1 on scenes unlike the training scenes, without inhibition of return, and before further training.

    One column per training run, since there are fewer of them than of kinds of scenes.
    """
    some = [row for row in rows
            if not row.ablation and ((one := row.results[0]).extrapolation or one.without_inhibition or one.before)]
    firsts = [row.results[0] for row in some]
    kinds: dict[str, list[dict[str, Any] | None]] = {
        "as trained": [one.test for one in firsts], "before further training": [one.before for one in firsts],
        "without inhibition of return": [one.without_inhibition for one in firsts],
    }
    kinds |= {title: [one.extrapolation.get(title) for one in firsts] for first in firsts
              for title in first.extrapolation}
    head = ["macro-F1 / 0-1", *(_whole_name(row, f"seed {row.results[0].seed}") for row in some)]
    return table(head, (
        [escape(kind), *(f"{one['macro_f1']:.3f} / {one['exact_match']:.3f}" if one else "–" for one in measured)]
        for kind, measured in kinds.items()
    ), "board")


def _whole_name(row: MethodSummary, *further: str) -> str:
    """The objective, with task, ablation and further text on the line below."""
    under = ", ".join(filter(None, [TITLES[row.task], row.ablation, *further]))
    return f"{short_name(row.method)}<small>{escape(under)}</small>"


def how_made(rows: Sequence[MethodSummary]) -> str:
    """Command, machine and duration of every row."""
    def several(values: Iterable[str]) -> str:
        return "<br>".join(escape(value) for value in dict.fromkeys(values) if value)

    return table(["Row", "Command", "Machine", "Minutes per run", "Commit"], (
        [_whole_name(row), f"<code>{several(one.command for one in row.results)}</code>",
         several(one.machine for one in row.results),
         f"{row.minutes:.1f}", several(one.commit[:7] for one in row.results)] for row in rows
    ))
