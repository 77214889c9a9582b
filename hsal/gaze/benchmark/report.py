"""A benchmark in words: the leaderboard on the terminal, and a page of docs/ with its figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hsal.gaze.benchmark import plots
from hsal.gaze.benchmark.published_rankings import KNOWN, verdict_table
from hsal.gaze.benchmark.ranking import RESAMPLES, Standing, best, lead, ranking_metric, standings
from hsal.gaze.benchmark.table import Benchmark, load_benchmark
from hsal.gaze.metrics.catalog import METRICS

KINDS = {"model": "", "floor": " (floor)", "ceiling": " (ceiling)"}
CENTER = "center_prior"


def text_table(benchmark: Benchmark) -> Iterator[str]:
    """The leaderboard in lines of a terminal, the best of each metric with a star."""
    found = standings(benchmark)
    leaders = {metric: best(found, metric) for metric in benchmark.metrics}
    width = max(len(named(one)) for one in found)
    yield " ".join([" " * width, *(f"{METRICS[metric].title:>17}" for metric in benchmark.metrics), f"{'ms':>7}"])
    for one in found:
        cells = [
            f"{one.means[metric].value:>16.3f}{'*' if leaders[metric] == one.model else ' '}"
            for metric in benchmark.metrics
        ]
        yield " ".join([f"{named(one):{width}}", *cells, f"{one.milliseconds:>7.1f}"])


def named(one: Standing) -> str:
    """A model's title, and what it is where it is no model proper."""
    return one.title + KINDS[one.kind]


def write_report(table: Path, docs: Path) -> Path:
    """Write NAME.md and figures/NAME.svg from a benchmark's file NAME.parquet; returns the page's path.

    Raises:
        BenchmarkError: the file is damaged.
    """
    benchmark = load_benchmark(table)
    page, figure = docs / f"{table.stem}.md", docs / "figures" / f"{table.stem}.svg"
    plots.leaderboard(benchmark, figure)
    page.write_text("\n".join(_lines(benchmark, table.name, figure.name)) + "\n", encoding="utf-8")
    return page


def _lines(benchmark: Benchmark, table: str, figure: str) -> Iterator[str]:
    found, by = standings(benchmark), ranking_metric(benchmark)
    yield (
        f"# Where people look, and what models say\n\nWritten by `hsal benchmark-saliency` from `{table}`; nothing"
        f" in the tables is typed in by hand.\n{benchmark.about['data']}: {len(benchmark.pictures)} images,"
        f" {len(found)} models and floors. Brackets: 95 % bootstrap interval\nof the mean over images"
        f" ({RESAMPLES:,} resamples). Bold: the best in a column; who knows the answer does not compete.\n"
    )
    yield f"## Leaderboard\n\nBest first by {METRICS[by].title}.\n"
    yield from _table(benchmark, found)
    yield f"![Every model's mean with its interval, a panel a metric](figures/{figure})\n"
    yield from _against_the_center(benchmark, found, by)
    yield "## What the metrics mean\n"
    yield "| metric | meaning | better | knows nothing | source |\n|---|---|---|---|---|"
    for name in benchmark.metrics:
        metric = METRICS[name]
        better = "higher" if metric.higher_is_better else "lower"
        yield f"| {metric.title} | {metric.meaning} | {better} | {metric.chance} | {metric.citation} |"
    yield ""
    yield KNOWN
    yield from verdict_table(benchmark)
    yield from _making(benchmark)


def _table(benchmark: Benchmark, found: Sequence[Standing]) -> Iterator[str]:
    leaders = {metric: best(found, metric) for metric in benchmark.metrics}
    yield "| | " + " | ".join(METRICS[metric].title for metric in benchmark.metrics) + " | ms, median |"
    yield "|---|" + "---|" * (len(benchmark.metrics) + 1)
    for one in found:
        cells = []
        for metric in benchmark.metrics:
            mean = one.means[metric]
            value = f"**{mean.value:.3f}**" if leaders[metric] == one.model else f"{mean.value:.3f}"
            cells.append(f"{value} [{mean.low:.3f}, {mean.high:.3f}]")
        yield f"| {named(one)} | " + " | ".join(cells) + f" | {one.milliseconds:.1f} |"
    yield ""


def _against_the_center(benchmark: Benchmark, found: Sequence[Standing], by: str) -> Iterator[str]:
    first = next((one for one in found if one.kind == "model"), None)
    if first is None or CENTER not in benchmark.models:
        return
    gap = lead(benchmark, by, first.model, CENTER)
    yield (
        f"The best model, {first.title}, is {gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}] from the center prior in"
        f" {METRICS[by].title}, image by image.\n"
    )


def _making(benchmark: Benchmark) -> Iterator[str]:
    about, settings = benchmark.about, benchmark.about["settings"]
    commits = sorted({told["commit"] for told in about["models"].values()})
    yield "## How it was measured\n"
    yield (
        "- Maps as the models give them"
        + (f", blurred by {settings['smooth']:g} of the longer side" if settings["smooth"] else "")
        + (f", center prior: {settings['center_prior']}" if settings["center_prior"] != "none" else "")
        + ", of the images' own size; a longer side than 800 px is reduced to that first.\n"
        f"- Network behind the models that look through one: {settings['network'] or 'none'}."
        " Milliseconds are of the model and its network alone, on a machine of which"
        f" {about['load']:.1f} processes wanted each core: with more than one, too many.\n"
        f"- Shuffled AUC: against the fixations on all other images, or {settings['others']:,} of them drawn by the"
        " seed where there are more.\n"
        f"- Information gain: over the map of `{settings['baseline']}`. Maps count as densities by their sum alone and"
        " are not calibrated, so that a map with dark places loses by them: a distance to a good density, no ranking.\n"
        "- People as a ceiling: the fixations of a random half of the people, blurred, tell those of the other half,"
        " and the other way round; the mean of both. More people would tell more; KL and information gain"
        " suffer from places that nobody of a half looked at.\n"
        f"- Seed {settings['seed']}; {about['seconds']:.0f} s; {about['machine']}; commit {', '.join(commits)}."
    )
    for note in about["notes"]:
        yield f"- {note}"
    yield "\n| | source |\n|---|---|"
    for name in benchmark.models:
        yield f"| {about['models'][name]['title']} | {about['models'][name]['citation']} |"
