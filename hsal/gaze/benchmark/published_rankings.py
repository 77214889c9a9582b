"""Orders of models that were published, and whether a benchmark confirms them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hsal.gaze.benchmark.ranking import mean_difference
from hsal.gaze.benchmark.table import Benchmark
from hsal.gaze.metrics.catalog import METRICS


@dataclass(frozen=True)
class PublishedComparison:
    """A published result: one model is ahead of another."""

    ahead: str
    behind: str
    metric: str
    source: str
    """The publication, and its dataset."""


BORJI = "Borji, Tavakoli, Sihite, Itti, ICCV 2013"
BMS = "Zhang, Sclaroff, ICCV 2013: ahead of ten models on five eye-tracking datasets"
JUDD = "Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001: MIT300"
SIGNATURE = "Hou, Harel, Koch, PAMI 2012: Bruce and Tsotsos's photographs"
TATLER = "Tatler, Baddeley, Gilchrist, Vision Research 2005: by the metric's definition"

PUBLISHED = (
    PublishedComparison("boolean_map", "itti_koch", "shuffled_auc", BMS),
    PublishedComparison("boolean_map", "gbvs", "shuffled_auc", BMS),
    PublishedComparison("boolean_map", "image_signature", "shuffled_auc", BMS),
    PublishedComparison("image_signature", "itti_koch", "shuffled_auc", SIGNATURE),
    PublishedComparison("image_signature", "gbvs", "shuffled_auc", SIGNATURE),
    PublishedComparison("gbvs", "itti_koch", "auc", "Harel, Koch, Perona, NIPS 2006: photographs of natural scenes"),
    PublishedComparison("gbvs", "center_prior", "auc_judd", JUDD),
    PublishedComparison("center_prior", "itti_koch", "auc_judd", JUDD),
    PublishedComparison("itti_koch", "frequency_tuned", "auc_judd", JUDD),
    PublishedComparison("itti_koch", "center_prior", "shuffled_auc", TATLER),
    PublishedComparison("human", "boolean_map", "auc_judd", JUDD),
)

DISCUSSION = f"""## What the literature reports

Rankings depend on the metric. Under plain AUC, a center prior beats many models, since people look at the middle of
photographs and photographers place objects there ({JUDD}). Under shuffled AUC it gains nothing, and models with sharp
maps and no center bias do better ({BORJI}, who rank AWS, LG, AIM and Hou's coding-length model above 32 others on four
datasets, and find that GBVS predicts fixations well too). Both report that blurring a map changes its rank by several
places. On OSIE, people look at objects, faces and text (Xu, Jiang, Wang, Kankanhalli, Zhao, Journal of Vision 2014),
which no model of low-level contrast represents: the distance to human fixations is large. On other datasets, DeepGaze,
which uses networks trained on objects, closes most of it (Linardos, Kümmerer, Press, Bethge, ICCV 2021).
Frequency-tuned saliency was designed to segment objects, not to predict fixations (Achanta, Hemami, Estrada,
Süsstrunk, CVPR 2009).

Each row is an order that was published, on other images and with the authors' own code, and the result here: the mean
difference over images, above 0 if the order holds, with its 95% interval.
"""


def check_published(benchmark: Benchmark) -> Iterator[tuple[PublishedComparison, str, str]]:
    """Compare published orders with the benchmark; yields the order, the difference found, and the verdict."""
    for result in PUBLISHED:
        if {result.ahead, result.behind} <= set(benchmark.models) and result.metric in benchmark.metrics:
            difference = mean_difference(benchmark, result.metric, result.ahead, result.behind)
            verdict = "holds" if difference.low > 0 else "differs" if difference.high < 0 else "undecided"
            yield result, f"{difference.value:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}]", verdict


def verdict_table(benchmark: Benchmark) -> Iterator[str]:
    """`check_published` as a Markdown table; no lines if no published order applies."""
    rows = list(check_published(benchmark))
    if not rows:
        return
    counts = Counter(verdict for _, _, verdict in rows)
    yield (
        f"Of {len(rows)} orders, {counts['holds']} hold, {counts['differs']} differ, and {counts['undecided']} are"
        " undecided.\n"
    )
    titles = {name: model["title"] for name, model in benchmark.about["models"].items()}
    yield "| published order | by | source | difference here | |\n|---|---|---|---|---|"
    for result, difference, verdict in rows:
        order = f"{titles[result.ahead]} ahead of {titles[result.behind]}"
        yield f"| {order} | {METRICS[result.metric].title} | {result.source} | {difference} | {verdict} |"
    yield ""
