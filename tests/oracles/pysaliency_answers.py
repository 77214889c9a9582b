"""Write what pysaliency 0.2.22 answers on tests/oracles/fixation_cases.py into pysaliency.json beside this file.

It wants numpy below 2.4, so it has an environment of its own. From the project's root:

    python3 -m venv .oracle
    .oracle/bin/pip install "numpy<2.4" pysaliency==0.2.22 torch
    .oracle/bin/python -m tests.oracles.pysaliency_answers

tests/test_fixation_oracle.py holds hsal's metrics to the answers.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pysaliency
from pysaliency.models import SaliencyMapNormalizingModel
from pysaliency.saliency_map_models import FixationMap, SaliencyMapModel

from tests.oracles.fixation_cases import Case, cases

ANSWERS = Path(__file__).with_name("pysaliency.json")
FLOOR = 1e-20


class Given(SaliencyMapModel):
    """The same map for every picture."""

    def __init__(self, values: np.ndarray) -> None:
        super().__init__(caching=False)
        self.values = np.asarray(values, float)

    def _saliency_map(self, stimulus: np.ndarray) -> np.ndarray:
        return self.values.copy()


def fixations_of(rows: np.ndarray, columns: np.ndarray, picture: np.ndarray) -> pysaliency.Fixations:
    """As pysaliency has them; picture: (n,) which each is on."""
    return pysaliency.Fixations.create_without_history(columns.astype(float), rows.astype(float), picture)


def answers(case: Case) -> dict[str, list[float]]:
    """Metric -> one number a map; a density as its rows."""
    size = case.maps.shape[1:]
    blank = pysaliency.Stimuli([np.full((*size, 3), value, np.uint8) for value in (0, 1)])
    first = fixations_of(case.rows, case.columns, np.zeros(len(case.rows), int))
    both = fixations_of(
        np.concatenate([case.rows, case.other_rows]),
        np.concatenate([case.columns, case.other_columns]),
        np.repeat([0, 1], [len(case.rows), len(case.other_rows)]),
    )
    alone = blank[:1]
    truth = FixationMap(alone, first, kernel_size=case.sigma_px)
    blurred = truth.saliency_map(alone[0])
    baseline = SaliencyMapNormalizingModel(Given(case.baseline), minimum_value=FLOOR)
    found: dict[str, list[float]] = {"density_row": (blurred / blurred.sum())[case.rows[0]].tolist()}
    for values in case.maps:
        model = Given(values)
        density = SaliencyMapNormalizingModel(model, minimum_value=FLOOR)
        for name, value in {
            "auc": model.AUC(alone, first, average="image"),
            "auc_judd": model.AUC_Judd(alone, first),
            "shuffled_auc": model.AUC_per_image(blank, both, nonfixations="shuffled")[0],
            "nss": model.NSS(alone, first),
            "cc": model.CC(alone, truth),
            "sim": model.SIM(alone, truth),
            "kl": model.KLDiv(alone, truth),
            "information_gain": density.information_gain(alone, first, baseline),
        }.items():
            found.setdefault(name, []).append(float(value))
    return found


if __name__ == "__main__":
    ANSWERS.write_text(json.dumps({name: answers(case) for name, case in cases().items()}, indent=0))
    print(f"Written with pysaliency {version('pysaliency')}: {ANSWERS}")
