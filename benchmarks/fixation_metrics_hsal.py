"""The metrics by hsal; started by benchmarks/fixation_metrics.py."""

from __future__ import annotations

import numpy as np

from benchmarks.fixation_job import METRICS, SIGMA_PX, Job, serve
from hsal.gaze.metrics.catalog import GroundTruth, compute_metrics, fixation_density


def values(job: Job, image: int, maps: np.ndarray) -> list[list[float]]:
    """The metrics of each map, in the order of METRICS."""
    (rows, columns), (other_rows, other_columns) = job.points[image], job.others(image)
    truth = GroundTruth(
        rows, columns, other_rows=other_rows, other_columns=other_columns, baseline=job.baseline(),
        density=fixation_density(rows, columns, job.size, SIGMA_PX),
    )  # fmt: skip
    found = compute_metrics(maps, truth, METRICS)
    return np.stack([found[name] for name in METRICS], axis=1).tolist()


if __name__ == "__main__":
    serve(values)
