"""The metrics by pysaliency; started by benchmarks/fixation_metrics.py with the Python of pysaliency's environment."""

from __future__ import annotations

import numpy as np
import pysaliency  # type: ignore[import-not-found]  # installed in an environment of its own
from pysaliency.models import SaliencyMapNormalizingModel  # type: ignore[import-not-found]
from pysaliency.saliency_map_models import FixationMap, SaliencyMapModel  # type: ignore[import-not-found]

from benchmarks.fixation_job import SIGMA_PX, Job, serve


class FixedMap(SaliencyMapModel):
    """The same map for every image."""

    def __init__(self, values: np.ndarray) -> None:
        super().__init__(caching=False)
        self.values = values

    def _saliency_map(self, stimulus: np.ndarray) -> np.ndarray:
        return self.values.copy()  # some metrics modify their input


def fixations(points: np.ndarray) -> pysaliency.Fixations:
    """(2,n) rows and columns, on image 0."""
    rows, columns = points.astype(float)
    return pysaliency.Fixations.create_without_history(columns, rows, np.zeros(len(rows), int))


def values(job: Job, image: int, maps: np.ndarray) -> list[list[float]]:
    """The metrics of each map, in the order of fixation_job.METRICS."""
    stimuli = pysaliency.Stimuli([np.zeros((*job.size, 3), np.uint8)])
    fixated, others = fixations(job.points[image]), fixations(job.others(image))
    truth = FixationMap(stimuli, fixated, kernel_size=SIGMA_PX)  # caches its map
    baseline = SaliencyMapNormalizingModel(FixedMap(job.baseline()), minimum_value=1e-20)
    found = []
    for model in map(FixedMap, maps):
        density = SaliencyMapNormalizingModel(model, minimum_value=1e-20)
        found.append([
            model.AUC(stimuli, fixated, average="image"),
            model.AUC_Judd(stimuli, fixated),
            model.AUC(stimuli, fixated, average="image", nonfixations=others),
            model.NSS(stimuli, fixated),
            model.CC(stimuli, truth),
            model.SIM(stimuli, truth),
            model.KLDiv(stimuli, truth),
            density.information_gain(stimuli, fixated, baseline),
        ])  # fmt: skip
    return np.array(found, float).tolist()


if __name__ == "__main__":
    serve(values)
