"""How well each map tells where people looked, or where the digits are; reckoned beside the pages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.compare.images import ComparedImage, Targets, other_targets
from app.compare.jobs import JobResult, jobs
from app.compare.models import RenderedMap
from hsal.gaze.metrics.catalog import GroundTruth, box_share, compute_metrics, fixation_density, rescale_pixels
from hsal.saliency.gaussian import center_bump

CENTER_WIDTH = 0.25  # of the guess that information gain is measured against: sigma as a share of each side
COST_S = 0.3
OTHERS_S = 3.0


def request_scores(subject: ComparedImage, drawn: RenderedMap) -> JobResult | None:
    """name of a metric -> score of one map, once it was reckoned; see `Jobs.request`."""
    others = _others(subject)
    key = ("scores", subject.digest, drawn.digest, others is not None)

    def work() -> dict[str, float]:
        scores = compute_metrics(drawn.values[None], ground_truth(subject, others or []))
        return {name: float(values[0]) for name, values in scores.items()}

    return jobs().request(key, work, cost_s=COST_S, size_of=lambda scores: 128 * len(scores))


def can_be_scored(subject: ComparedImage) -> bool:
    """Whether anything is known to measure maps against."""
    return subject.picture.fixations is not None or bool(subject.picture.boxes)


def chances(subject: ComparedImage) -> dict[str, float]:
    """What a map that knows nothing scores, in metrics where that is another on each image."""
    picture = subject.picture
    if picture.fixations is not None or not picture.boxes:
        return {}
    return {"box_share": float(box_share(np.zeros((1, *picture.image.shape[:2])), picture.boxes)[0])}


def waits_for_others(subject: ComparedImage) -> bool:
    """Whether what needs fixations on other images is still to come."""
    return _others(subject) is None


def _others(subject: ComparedImage) -> list[Targets] | None:
    """Of the other photographs, once they were read: seconds for a hundred. None until then."""
    if subject.root is None:
        return []
    made = jobs().request(("others", subject.root), lambda: len(other_targets(subject)), cost_s=OTHERS_S)
    if made is None:
        return None
    return [] if made.error else other_targets(subject)


def ground_truth(subject: ComparedImage, other: Sequence[Targets]) -> GroundTruth:
    """Fixations, and those on other images where there are any, or boxes."""
    picture = subject.picture
    if picture.fixations is None:
        return GroundTruth(boxes=picture.boxes)
    size = picture.image.shape[:2]
    rows, columns = picture.targets()
    others = [rescale_pixels(*points, shape, size) for *points, shape in other]
    carried = [np.concatenate(axis) for axis in zip(*others, strict=True)] if others else [None, None]
    return GroundTruth(
        rows, columns, other_rows=carried[0], other_columns=carried[1], density=fixation_density(rows, columns, size),
        baseline=center_bump(*size, CENTER_WIDTH).numpy(),
    )
