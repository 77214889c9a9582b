"""How well each map predicts fixations or highlights the digits, computed in the background."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.compare.images import ComparedImage, Targets, other_targets
from app.compare.jobs import JobResult, jobs
from app.compare.models import RenderedMap
from hsal.gaze.metrics.catalog import GroundTruth, box_share, compute_metrics, fixation_density, rescale_pixels
from hsal.saliency.gaussian import center_bump

CENTER_WIDTH = 0.25  # sigma of the center prior, the baseline of information gain, as a share of each side
COST_S = 0.3
OTHERS_S = 3.0


def request_scores(image: ComparedImage, rendered: RenderedMap) -> JobResult | None:
    """name of a metric -> score of one map; see `Jobs.request`."""
    others = _others(image)
    key = ("scores", image.digest, rendered.digest, others is not None)

    def work() -> dict[str, float]:
        scores = compute_metrics(rendered.values[None], ground_truth(image, others or []))
        return {name: float(values[0]) for name, values in scores.items()}

    return jobs().request(key, work, cost_s=COST_S, size_of=lambda scores: 128 * len(scores))


def can_be_scored(image: ComparedImage) -> bool:
    """Whether the image has fixations or boxes to score maps against."""
    return image.fixated.fixations is not None or bool(image.fixated.boxes)


def chances(image: ComparedImage) -> dict[str, float]:
    """name of a metric -> score of a uniform map on this image, for metrics where that differs between images."""
    if image.fixated.fixations is not None or not image.fixated.boxes:
        return {}
    return {"box_share": float(box_share(np.zeros((1, *image.size)), image.fixated.boxes)[0])}


def waits_for_others(image: ComparedImage) -> bool:
    """Whether the fixations on other images are still being loaded."""
    return _others(image) is None


def _others(image: ComparedImage) -> list[Targets] | None:
    """Targets of the other photos of the dataset; None until they are loaded, which takes seconds."""
    if image.root is None:
        return []
    result = jobs().request(("others", image.root), lambda: len(other_targets(image)), cost_s=OTHERS_S)
    if result is None:
        return None
    return [] if result.error else other_targets(image)


def ground_truth(image: ComparedImage, others: Sequence[Targets]) -> GroundTruth:
    """The fixations, with those on other images if there are any, or the boxes."""
    if image.fixated.fixations is None:
        return GroundTruth(boxes=image.fixated.boxes)
    rows, columns = image.fixated.targets()
    rescaled = [rescale_pixels(rows, columns, size, image.size) for rows, columns, size in others]
    return GroundTruth(
        rows, columns,
        other_rows=np.concatenate([rows for rows, _ in rescaled]) if rescaled else None,
        other_columns=np.concatenate([columns for _, columns in rescaled]) if rescaled else None,
        density=fixation_density(rows, columns, image.size), baseline=center_bump(*image.size, CENTER_WIDTH).numpy(),
    )
