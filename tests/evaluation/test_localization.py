"""Attention against boxes, on an image of 8x8 px and a map of 2x2 cells, worked out by hand."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from hsal.data.base import Box
from hsal.evaluation.localization import (
    NAMES,
    Places,
    cell_shares,
    localize,
    named_box,
    places_of,
    share_inside,
    union_cover,
)
from hsal.model.attention import Gaussians
from hsal.model.hsal import MetaStep

STOP = 10
# A cell has 4x4 px. The 3 fills the first cell's lower right quarter and its neighbors' quarters beside it;
# the 5 fills the last cell except its first row of pixels.
THREE, FIVE = Box(3, 2, 2, 6, 6), Box(5, 5, 4, 8, 8)


def places(*boxes: Box) -> Places:
    return places_of([boxes], (2, 2), (8, 8))


def step(label: int, priority: list[list[float]], mask: list[list[float]], cells: list[int]) -> MetaStep:
    none = torch.empty(0)
    return MetaStep(
        saliency=none, gaussians=Gaussians(*[none] * 4), mask=torch.tensor([mask]), priority=torch.tensor([priority]),
        broad_weights=none, location_logits=none, cells=torch.tensor([cells]), class_logits=none,
        label=torch.tensor([label]), values=none, next_saliency=none,
    )


def shares(given: MetaStep, at: Places) -> tuple[dict[str, float], Places]:
    row, after = localize(given, at)
    return dict(zip(NAMES, row[0].tolist(), strict=True)), after


def test_a_cell_is_distributed_over_its_pixels() -> None:
    # 2 cells on 3 px: each is 1.5 px long and halves the pixel in the middle
    torch.testing.assert_close(cell_shares(2, 3), torch.tensor([[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]]))
    torch.testing.assert_close(cell_shares(7, 100).sum(dim=1), torch.ones(7))


def test_cover_is_the_share_of_each_cells_area() -> None:
    at = places(THREE, FIVE)
    quarter = [[0.25, 0.25], [0.25, 0.25]]
    torch.testing.assert_close(at.cover[0], torch.tensor([quarter, [[0, 0], [0, 0.75]]]))


def test_a_cell_is_in_a_box_by_its_center() -> None:
    # centers are at 2 and 6 px; a box is open at its end: the 3 spans 2..6 and holds (2,2) alone
    assert places(THREE, FIVE).center[0].tolist() == [[[True, False], [False, False]], [[False, False], [False, True]]]


def test_cell_centers_are_exact_on_maps_that_do_not_divide_the_image() -> None:
    # 7 cells on 100 px: the fourth's center is at 50.0, the fifth's at 64.28
    at = places_of([[Box(1, 50, 64, 51, 65)]], (7, 7), (100, 100))
    assert at.center[0, 0].nonzero().tolist() == [[3, 4]]


def test_the_overlap_of_two_boxes_is_counted_once() -> None:
    one, other = Box(1, 0, 0, 4, 3), Box(2, 0, 1, 4, 4)  # both in the first cell, overlapping by two columns
    at = places(one, other)
    both = union_cover(at, torch.tensor([[True, True]]))
    torch.testing.assert_close(both, torch.tensor([[[1.0, 0], [0, 0]]]))
    torch.testing.assert_close(union_cover(at, torch.tensor([[True, False]])), at.cover[:, 0])
    assert not union_cover(at, torch.tensor([[False, False]])).any()


def test_share_inside_by_hand_and_of_an_empty_map() -> None:
    values = torch.tensor([[[1.0, 0], [0, 3]], [[0, 0], [0, 0]]])
    cover = torch.tensor([[[0.5, 1], [1, 0.25]]]).expand(2, 2, 2)
    torch.testing.assert_close(share_inside(values, cover), torch.tensor([(0.5 + 0.75) / 4, 0]))


def test_a_label_is_assigned_to_its_free_box_with_most_priority() -> None:
    left, right = Box(3, 0, 0, 4, 4), Box(3, 0, 4, 4, 8)
    at, priority = places(left, right, FIVE), torch.tensor([[[0.2, 0.5], [0.1, 0.9]]])

    def named(label: int, now: Places) -> list[bool]:
        return named_box(now, priority, torch.tensor([label]))[0].tolist()

    assert named(3, at) == [False, True, False]
    assert named(3, at._replace(unnamed=torch.tensor([[True, False, True]]))) == [True, False, False]
    assert named(3, at._replace(unnamed=torch.tensor([[False, False, True]]))) == [False, False, False]
    assert named(7, at) == named(STOP, at) == [False, False, False]


def test_all_shares_of_a_trace_by_hand() -> None:
    at = places(THREE, FIVE)
    # the 3 is predicted, with one glimpse in the first cell and one in the second
    first, at = shares(step(3, [[0.4, 0.0], [0.0, 0.6]], [[0.5, 0.2], [0.2, 0.1]], [0, 1]), at)
    assert first == pytest.approx({
        "glimpses_in_digit": 0.5,  # the second cell's center is in no box
        "glimpses_touching_digit": 1,  # the 3 reaches into every cell
        # union's cover: 1/4 everywhere but the last cell, 3/4 + 1 px of the 3 above the 5 (2 of 16 px): 14/16
        "mask_in_digits": 0.9 / 4 + 0.1 * 14 / 16,
        "glimpses_in_named": 0.5,
        "glimpses_touching_named": 1,
        "mask_in_named": 0.25,
        "priority_on_unnamed": 0.4 / 4 + 0.6 * 14 / 16,
    })
    # only the 5 remains; an 8 is predicted, which does not occur
    second, at = shares(step(8, [[0.4, 0.0], [0.0, 0.6]], [[0.5, 0.2], [0.2, 0.1]], [3, 3]), at)
    assert at.unnamed.tolist() == [[False, True]]
    assert second["glimpses_in_digit"] == 1
    assert [second[name] for name in NAMES[3:6]] == [0, 0, 0]
    assert second["priority_on_unnamed"] == pytest.approx(0.6 * 0.75)
    third, at = shares(step(5, [[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]], [3, 0]), at)
    assert third["glimpses_in_named"] == third["glimpses_touching_named"] == 0.5
    assert third["mask_in_named"] == pytest.approx(0.75)
    assert third["priority_on_unnamed"] == 0  # all has been inhibited
    last, at = shares(step(STOP, [[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]], [0, 0]), at)
    assert not at.unnamed.any()
    assert last["glimpses_in_digit"] == 1  # the boxes still count
    assert [last[name] for name in NAMES[3:]] == [0, 0, 0, 0]


def test_scenes_of_a_batch_are_independent_of_their_digit_counts() -> None:
    together = places_of([[THREE, FIVE], [FIVE], []], (2, 2), (8, 8))
    assert together.label.tolist() == [[3, 5], [5, -1], [-1, -1]]
    given = step(5, [[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.2], [0.2, 0.1]], [3, 0])
    batch = MetaStep(*(part.repeat_interleave(3, dim=0) if isinstance(part, Tensor) and part.numel() else part
                       for part in given))
    rows, _ = localize(batch, together)
    torch.testing.assert_close(rows[1:2], localize(given, places(FIVE))[0])
    torch.testing.assert_close(rows[0:1], localize(given, places(THREE, FIVE))[0])
    assert not rows[2].any()
    torch.testing.assert_close(localize(given, together.select(torch.tensor([1])))[0], rows[1:2])
