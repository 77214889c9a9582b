"""pysaliency's side of benchmarks/fixation_metrics.py, which starts it with the python of pysaliency's environment."""

from __future__ import annotations

import numpy as np
import pysaliency
from pysaliency.models import SaliencyMapNormalizingModel
from pysaliency.saliency_map_models import FixationMap, SaliencyMapModel

from benchmarks.fixation_job import SIGMA_PX, Job, answer


class Given(SaliencyMapModel):
    """The same map for every image."""

    def __init__(self, values: np.ndarray) -> None:
        super().__init__(caching=False)
        self.values = values

    def _saliency_map(self, stimulus: np.ndarray) -> np.ndarray:
        return self.values.copy()  # some metrics write into what they get


def fixations(points: np.ndarray) -> pysaliency.Fixations:
    """(2,n) rows and columns, on image 0."""
    rows, columns = points.astype(float)
    return pysaliency.Fixations.create_without_history(columns, rows, np.zeros(len(rows), int))


def values(job: Job, picture: int, maps: np.ndarray) -> list[list[float]]:
    """Of each map its metrics, in the order of fixation_job.METRICS."""
    stimuli = pysaliency.Stimuli([np.zeros((*job.size, 3), np.uint8)])
    looked, others = fixations(job.points[picture]), fixations(job.others(picture))
    truth = FixationMap(stimuli, looked, kernel_size=SIGMA_PX)  # keeps its map
    baseline = SaliencyMapNormalizingModel(Given(job.baseline()), minimum_value=1e-20)
    found = []
    for model in map(Given, maps):
        density = SaliencyMapNormalizingModel(model, minimum_value=1e-20)
        found.append([
            model.AUC(stimuli, looked, average="image"),
            model.AUC_Judd(stimuli, looked),
            model.AUC(stimuli, looked, average="image", nonfixations=others),
            model.NSS(stimuli, looked),
            model.CC(stimuli, truth),
            model.SIM(stimuli, truth),
            model.KLDiv(stimuli, truth),
            density.information_gain(stimuli, looked, baseline),
        ])  # fmt: skip
    return np.array(found, float).tolist()


if __name__ == "__main__":
    answer(values)
