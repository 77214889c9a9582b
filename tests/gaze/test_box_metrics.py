"""Saliency maps against objects' boxes, on numbers worked out by hand."""

import numpy as np
import pytest

from hsal.data.base import Box
from hsal.gaze.metrics.catalog import METRICS, GroundTruth, MetricError, box_auc, box_nss, box_share

STEPS = np.array([[[0, 1, 2], [3, 4, 5]]], np.float32)  # (1,2,3)
LOWER_RIGHT = [Box(7, 1, 1, 2, 3), Box(7, 1, 2, 2, 3)]  # their union holds 4 and 5


def test_the_share_of_mass_counts_the_union_once() -> None:
    maps = np.concatenate([STEPS, STEPS - 5, 0 * STEPS])
    assert box_share(maps, LOWER_RIGHT) == pytest.approx([9 / 15, 9 / 15, 2 / 6])


def test_nss_over_the_boxes_pixels() -> None:
    assert box_nss(STEPS, LOWER_RIGHT) == pytest.approx([2 / np.sqrt(35 / 12)])


def test_auc_of_inside_against_outside() -> None:
    assert box_auc(np.concatenate([STEPS, -STEPS, 0 * STEPS]), LOWER_RIGHT) == pytest.approx([1, 0, 0.5])
    # 2, 5 inside; 0, 1, 3, 4 outside: 2 of 4 and 4 of 4
    assert box_auc(STEPS, [Box(1, 0, 2, 2, 3)]) == pytest.approx([0.75])


@pytest.mark.parametrize("boxes", [[], [Box(1, 0, 0, 2, 3)], [Box(1, 0, 0, 3, 1)], [Box(1, 1, 1, 1, 2)]])
@pytest.mark.parametrize("name", ["box_share", "box_nss", "box_auc"])
def test_invalid_boxes_are_reported_in_one_sentence(name: str, boxes: list[Box]) -> None:
    with pytest.raises(MetricError, match=r"boxes|image"):
        METRICS[name].compute(STEPS, GroundTruth(boxes=boxes))
