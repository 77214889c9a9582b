"""hsal's side of benchmarks/fixation_metrics.py, which starts it."""

from __future__ import annotations

import numpy as np

from benchmarks.fixation_job import METRICS, SIGMA_PX, Job, answer
from hsal.gaze.metrics.catalog import Known, fixation_density, measured


def values(job: Job, picture: int, maps: np.ndarray) -> list[list[float]]:
    """Of each map its metrics, in the order of METRICS."""
    (rows, columns), (other_rows, other_columns) = job.points[picture], job.others(picture)
    known = Known(
        rows, columns, other_rows=other_rows, other_columns=other_columns, baseline=job.baseline(),
        density=fixation_density(rows, columns, job.size, SIGMA_PX),
    )  # fmt: skip
    found = measured(maps, known, METRICS)
    return np.stack([found[name] for name in METRICS], axis=1).tolist()


if __name__ == "__main__":
    answer(values)
