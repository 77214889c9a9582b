"""Metrics of saliency maps against pysaliency's recorded answers (tests/fixtures/oracles/pysaliency_answers.py)."""

import json
from pathlib import Path

import numpy as np
import pytest

from hsal.gaze.metrics import catalog as fm
from tests.fixtures.oracles.fixation_cases import Case, cases

CASES = cases()
ANSWERS = json.loads((Path(__file__).parents[1] / "fixtures" / "oracles" / "pysaliency.json").read_text())
SHARED = ["auc", "auc_judd", "shuffled_auc", "nss", "cc", "sim", "kl", "information_gain"]


def density(case: Case) -> np.ndarray:
    return fm.fixation_density(case.rows, case.columns, case.maps.shape[1:], case.sigma_px)


def test_every_case_has_a_reference_value() -> None:
    assert ANSWERS.keys() == CASES.keys()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("metric", SHARED)
def test_a_metric_is_pysaliencys(metric: str, case: str) -> None:
    example = CASES[case]
    truth = fm.GroundTruth(
        example.rows, example.columns, other_rows=example.other_rows, other_columns=example.other_columns,
        baseline=example.baseline, density=density(example),
    )  # fmt: skip
    ours = fm.METRICS[metric].compute(example.maps, truth)
    if (metric, case) == ("auc_judd", "scales"):  # the first map's maximum is 1e-7, as small as pysaliency's jitter
        maximum = example.maps.max(axis=(1, 2), keepdims=True)
        assert ours == pytest.approx(fm.METRICS[metric].compute(example.maps / maximum, truth))
        ours, theirs = ours[1:], ANSWERS[case][metric][1:]
    else:
        theirs = ANSWERS[case][metric]
    assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_the_density_is_pysaliencys_fixation_map(case: str) -> None:
    row = density(CASES[case])[CASES[case].rows[0]]
    assert row == pytest.approx(np.array(ANSWERS[case]["density_row"]), rel=1e-6, abs=1e-9)
