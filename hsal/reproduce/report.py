"""docs/results.md and its figures, made from the results alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hsal.config import TASKS, ModelConfig
from hsal.export.strip import save_strip
from hsal.reproduce import plots
from hsal.reproduce.results import (
    PAPER,
    PAPER_ATTN_END,
    PAPER_ATTN_RATIO,
    PAPER_ATTN_START,
    ROWS,
    Figure,
    Result,
    Row,
    load_on_maps,
    load_results,
    summary,
)
from hsal.reproduce.saliency_report import saliency_lines
from hsal.zoo.samples import FEATURED, recorded
from hsal.zoo.weights import TITLES

PLACES = {
    "glimpses_in_digit": "glimpses inside a digit's box, all meta-steps",
    "glimpses_touching_digit": "glimpses whose cell touches one",
    "glimpses_in_named": "glimpses inside the box of the digit then named",
    "mask_in_digits": "mask mass inside digit boxes",
    "mask_in_named": "mask mass inside the box of the digit then named",
    "priority_on_unnamed": "mask mass, weighted by saliency, inside boxes of digits not yet named",
}
INTRODUCTION = """# Results

Written by `hsal reproduce` from the files in `results/`, which hold every figure with its seed, commit, machine and
time; nothing here is typed in by hand. Greedy, one pass. Brackets: 95 % bootstrap interval over test scenes, mean of
the seeds' ends. Training and test digits never mix; the SVHN rows split by house number.
"""


def write_report(results: Path, docs: Path) -> Path:
    """Write results.md and its figures; returns its path.

    Raises:
        ResultsError: a results file is damaged.
    """
    found, on_maps = load_results(results), load_on_maps(results)
    docs.mkdir(parents=True, exist_ok=True)
    page = docs / "results.md"
    page.write_text("\n".join(_lines(found, on_maps, docs / "figures")) + "\n", encoding="utf-8")
    return page


def _lines(found: Sequence[Result], on_maps: Sequence[Result], figures: Path) -> Iterator[str]:
    rows = summary(found)
    table = [row for row in rows if not row.ablation]
    yield INTRODUCTION
    yield from _table_one(table)
    yield from _details(table)
    yield from _walk(figures)
    yield from _curves([one for one in found if one.task == "mnist-multiset" and not one.ablation], figures)
    yield from _localization(table)
    yield from _further([one for one in found if not one.ablation])
    yield from _ablations([row for row in rows if row.ablation])
    yield from saliency_lines(on_maps, figures)
    yield from _making(table)


def _table_one(rows: Sequence[Row]) -> Iterator[str]:
    by_key = {(row.task, row.row): row for row in rows}
    yield "## Table 1\n\nmacro-F1 / 0-1 on the test set: the paper's, then ours as the mean over seeds.\n"
    yield "| | " + " | ".join(TITLES[task] for task in TASKS) + " |"
    yield "|---|" + "---|" * len(TASKS)
    for name, title in ROWS.items():
        pairs = (PAPER.get((task, name)) for task in TASKS)
        paper = (f"{pair.macro_f1:.3f} / {pair.exact_match:.3f}" if pair else "" for pair in pairs)
        yield f"| {title}: paper | " + " | ".join(paper) + " |"
        yield "| **ours** | " + " | ".join(_cell(by_key.get((task, name)), task, name) for task in TASKS) + " |"
    yield ""


def _cell(row: Row | None, task: str, name: str) -> str:
    if row is None:
        return f"not measured here: run `hsal reproduce --task {task} --objective {name}`"
    seeds = "1 seed" if len(row.seeds) == 1 else f"{len(row.seeds)} seeds"
    return f"{row.macro_f1.mean:.3f} / {row.exact_match.mean:.3f} ({seeds})"


def _details(rows: Sequence[Row]) -> Iterator[str]:
    yield "| task | row | macro-F1: mean, seeds' range, interval | 0-1 | `attn_saliency`, end over start | mask peak |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        ratio, peak = (_number(value, 2) for value in (row.attn_ratio, row.mask_peak))
        yield (
            f"| {TITLES[row.task]} | {row.row} | {_figure(row.macro_f1)} | {_figure(row.exact_match)}"
            f" | {ratio} | {peak} |"
        )
    yield (
        f"\nThe paper's `attn_saliency` goes from {PAPER_ATTN_START} to {PAPER_ATTN_END} with REINFORCE:"
        f" x{PAPER_ATTN_RATIO:.2f}.\n"
    )


def _figure(figure: Figure) -> str:
    ends = f" [{figure.interval[0]:.4f}, {figure.interval[1]:.4f}]" if figure.interval else ""
    return f"{figure.mean:.4f}, {figure.low:.4f}..{figure.high:.4f}{ends}"


def _number(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"


def _walk(figures: Path) -> Iterator[str]:
    walk = recorded()[FEATURED]
    figures.mkdir(parents=True, exist_ok=True)
    save_strip(walk, figures / "walk.png")
    yield "## A walk\n\nAs in the paper's attention figure: every step of the shipped weights on one sample scene.\n"
    yield f"![Saliency, mask, priority, glimpses and label in each of {len(walk.steps)} steps](figures/walk.png)\n"


def _curves(found: Sequence[Result], figures: Path) -> Iterator[str]:
    if not any(one.row == "reinforce" for one in found):
        return
    plots.attn_saliency(found, figures / "attn_saliency.svg")
    plots.measure(found, "exact_match", "0-1 on validation scenes", figures / "exact_match.svg")
    attending = [one for one in found if one.row != "count"]
    plots.measure(attending, "mask_peak", "mean peak of the mask", figures / "mask_peak.svg", 0.4)
    scenes = found[0].training["validation_scenes"]
    yield f"## Curves\n\nMNIST Multiset, a line a seed, on {scenes:,} validation scenes.\n"
    yield "![attn_saliency over training, with the paper's values marked](figures/attn_saliency.svg)\n"
    yield "![0-1 over training](figures/exact_match.svg)\n"
    yield "Covert attention stays alive: below the dashed line (0.4) the mask would be fading.\n"
    yield "![Mean peak of the mask over training](figures/mask_peak.svg)\n"


def _localization(rows: Sequence[Row]) -> Iterator[str]:
    located = [row for row in rows if all(one.test.get("localization") for one in row.results)]
    if not located:
        return
    yield "## Where attention lies\n\nTest scenes, mean over seeds. A glimpse is inside a box if its cell's center is."
    yield "The stop step, at which nothing is left to be named, counts in the lines on all digits alone.\n"
    yield "| | " + " | ".join(f"{TITLES[row.task]}, {row.row}" for row in located) + " |"
    yield "|---|" + "---|" * len(located)
    for name, title in PLACES.items():
        means = [sum(one.test["localization"][name] for one in row.results) / len(row.results) for row in located]
        yield f"| {title} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |"
    yield ""


def _further(found: Sequence[Result]) -> Iterator[str]:
    rows = []
    for one in found:
        name = f"{TITLES[one.task]}, {one.row}, seed {one.seed}"
        if one.without_inhibition:
            rows.append((f"{name}: inhibition of return switched off", one.without_inhibition))
        if one.before:
            rows.append((f"{name}: before its last training", one.before))
        rows += [(f"{name}: {title}", measured) for title, measured in one.extrapolation.items()]
    if not rows:
        return
    yield "## Beyond the task\n\nWithout retraining; seed 0's weights.\n"
    yield "| scenes | number | macro-F1 | 0-1 | meta-steps |\n|---|---|---|---|---|"
    for title, measured in rows:
        yield (
            f"| {title} | {measured['scenes']:,} | {measured['macro_f1']:.3f} | {measured['exact_match']:.3f}"
            f" | {measured['mean_steps']:.2f} |"
        )
    yield ""
    for one in found:
        for when, told in one.samples.items():
            yield (
                f"{TITLES[one.task]}, seed {one.seed}, {when} that training: {told['right']} of {told['pictures']} full"
                " SVHN sample images that were not trained on are named without error.\n"
            )


def _ablations(rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    steps = rows[0].results[0].training["steps"]
    yield "## Ablations\n\nMNIST Multiset, REINFORCE, one seed, validation scenes, on the backbone before the last."
    yield f"With only {steps} updates these are differences, not records.\n"
    yield (
        "| change | macro-F1 | 0-1 | `attn_saliency`, end over start | mask peak | mask mass"
        " | glimpses on more than one cell | 0-1 with 5 digits |\n|---|---|---|---|---|---|---|---|"
    )
    for row in sorted(rows, key=lambda row: -row.exact_match.mean):
        measured, five = row.results[0].test, row.results[0].extrapolation.get("5 digits")
        yield (
            f"| {row.ablation} | {row.macro_f1.mean:.3f} | {row.exact_match.mean:.3f} | {_number(row.attn_ratio, 2)}"
            f" | {measured['mask_peak']:.2f} | {measured['mask_mass']:.1f} | {measured['moving']:.2f}"
            f" | {_number(five and five['exact_match'], 3)} |"
        )
    yield ""


def _making(rows: Sequence[Row]) -> Iterator[str]:
    yield "## How these were made\n"
    yield "| row | map | command | minutes of one training | commit | machine |\n|---|---|---|---|---|---|"
    for row in rows:
        first = row.results[0]
        side = ModelConfig(**first.model).map_side if first.model else "?"
        yield (
            f"| {TITLES[row.task]}, {row.row} | {side}x{side} cells"
            f" | `hsal reproduce --task {row.task} --objective {row.row}` | {row.minutes:.0f}"
            f" | {first.commit} | {first.machine} |"
        )
    yield ""
