"""How well each map tells where people looked, or where the digits are; reckoned beside the pages."""

from __future__ import annotations

import numpy as np

from app.compare_jobs import Made, jobs
from app.compare_models import Drawn
from app.compare_pictures import Subject, other_targets
from hsal.fixation_metrics import Known, carried_over, fixation_density, measured
from hsal.gaussian import centre_bump

CENTRE_WIDTH = 0.25  # of the guess that information gain is measured against: sigma as a share of each side
COST_S = 0.3


def ask_scores(subject: Subject, drawn: Drawn) -> Made | None:
    """name of a metric -> score of one map, once it was reckoned; see `Jobs.ask`."""
    key = ("scores", subject.digest, drawn.digest)

    def work() -> dict[str, float]:
        scores = measured(drawn.values[None], what_is_known(subject))
        return {name: float(values[0]) for name, values in scores.items()}

    return jobs().ask(key, work, cost_s=COST_S, weigh=lambda scores: 128 * len(scores))


def can_be_scored(subject: Subject) -> bool:
    """Whether anything is known to measure maps against."""
    return subject.picture.fixations is not None or bool(subject.picture.boxes)


def what_is_known(subject: Subject) -> Known:
    """Fixations, and those on other pictures where there are any, or boxes."""
    picture = subject.picture
    if picture.fixations is None:
        return Known(boxes=picture.boxes)
    size = picture.image.shape[:2]
    rows, columns = picture.targets()
    others = [carried_over(*points, other, size) for *points, other in other_targets(subject)]
    carried = [np.concatenate(axis) for axis in zip(*others, strict=True)] if others else [None, None]
    return Known(
        rows, columns, other_rows=carried[0], other_columns=carried[1], density=fixation_density(rows, columns, size),
        baseline=centre_bump(*size, CENTRE_WIDTH).numpy(),
    )
