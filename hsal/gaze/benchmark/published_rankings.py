"""What the literature says of the order of models, and whether a benchmark finds the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hsal.gaze.benchmark.ranking import lead
from hsal.gaze.benchmark.table import Benchmark
from hsal.gaze.metrics.catalog import METRICS


@dataclass(frozen=True)
class Claim:
    """One model is ahead of another."""

    ahead: str
    behind: str
    metric: str
    source: str
    """Who found it, and on what."""


BORJI = "Borji, Tavakoli, Sihite, Itti, ICCV 2013"
BMS = "Zhang, Sclaroff, ICCV 2013: ahead of ten models on five eye-tracking sets"
JUDD = "Judd, Durand, Torralba, MIT-CSAIL-TR-2012-001: MIT300"
SIGNATURE = "Hou, Harel, Koch, PAMI 2012: Bruce and Tsotsos's photographs"
TATLER = "Tatler, Baddeley, Gilchrist, Vision Research 2005: by the metric's making"

CLAIMS = (
    Claim("boolean_map", "itti_koch", "shuffled_auc", BMS),
    Claim("boolean_map", "gbvs", "shuffled_auc", BMS),
    Claim("boolean_map", "image_signature", "shuffled_auc", BMS),
    Claim("image_signature", "itti_koch", "shuffled_auc", SIGNATURE),
    Claim("image_signature", "gbvs", "shuffled_auc", SIGNATURE),
    Claim("gbvs", "itti_koch", "auc", "Harel, Koch, Perona, NIPS 2006: photographs of natural scenes"),
    Claim("gbvs", "center_prior", "auc_judd", JUDD),
    Claim("center_prior", "itti_koch", "auc_judd", JUDD),
    Claim("itti_koch", "frequency_tuned", "auc_judd", JUDD),
    Claim("itti_koch", "center_prior", "shuffled_auc", TATLER),
    Claim("human", "boolean_map", "auc_judd", JUDD),
)

KNOWN = f"""## What is known, and where this differs

No ranking is the ranking. On plain AUC a center prior beats many models, since people look at the middle of photographs
and photographers put things there ({JUDD}); on shuffled AUC it is worth nothing, and models that are sharp and free of
a bias to the center gain ({BORJI}, who find AWS, LG, AIM and Hou's coding-length model ahead of 32 on four sets, and
GBVS good at where people look all the same). Blurring a map alone moves it by several places, as both find. On OSIE,
what people look at are objects, faces and text (Xu, Jiang, Wang, Kankanhalli, Zhao, Journal of Vision 2014), which no
model of low-level contrast knows of: the distance to people is large, and DeepGaze, which was taught with such
networks, closes most of it elsewhere (Linardos, Kümmerer, Press, Bethge, ICCV 2021). Frequency-tuned saliency was made
to cut out objects, not to tell where people look (Achanta, Hemami, Estrada, Süsstrunk, CVPR 2009).

Each line is an order that was published, on other images and with the authors' own code, and what is found here: the
mean difference over images, above 0 where the order holds, with its 95 % interval.
"""


def verdicts(benchmark: Benchmark) -> Iterator[tuple[Claim, str, str]]:
    """Of every claim on models and metrics that were measured: the claim, the difference found, and the verdict."""
    for claim in CLAIMS:
        if {claim.ahead, claim.behind} <= set(benchmark.models) and claim.metric in benchmark.metrics:
            gap = lead(benchmark, claim.metric, claim.ahead, claim.behind)
            told = "holds" if gap.low > 0 else "differs" if gap.high < 0 else "undecided"
            yield claim, f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]", told


def verdict_table(benchmark: Benchmark) -> Iterator[str]:
    """`verdicts` as a Markdown table; nothing where there are none."""
    rows = list(verdicts(benchmark))
    if not rows:
        return
    told = Counter(verdict for _, _, verdict in rows)
    yield f"Of {len(rows)} orders {told['holds']} hold, {told['differs']} differ, {told['undecided']} are undecided.\n"
    titles = {name: told["title"] for name, told in benchmark.about["models"].items()}
    yield "| published order | by | source | found here | |\n|---|---|---|---|---|"
    for claim, gap, verdict in rows:
        order = f"{titles[claim.ahead]} ahead of {titles[claim.behind]}"
        yield f"| {order} | {METRICS[claim.metric].title} | {claim.source} | {gap} | {verdict} |"
    yield ""
