"""Two walks beside each other, in words and numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.whatif.differences import first_difference, labels_sentence, other_cells, path_length, table
from hsal.tracing.schema import Trace
from hsal.tracing.timeline import moments_of
from tests.fixtures.traces import make_trace

WALK = make_trace()  # 3, 7, stop; 7x7 cells, 2 glimpses: 8 + 8 + 7 moments


def with_cell(trace: Trace, step: int, glimpse: int, cell: tuple[int, int]) -> Trace:
    """The same walk with a glimpse elsewhere; nothing else follows from it here."""
    old = trace.steps[step]
    looked = replace(old.glimpses[glimpse], cell=cell)
    glimpses = (*old.glimpses[:glimpse], looked, *old.glimpses[glimpse + 1:])
    return replace(trace, steps=(*trace.steps[:step], replace(old, glimpses=glimpses), *trace.steps[step + 1:]))


def test_moments_are_those_of_the_player() -> None:
    moments = moments_of(WALK)
    assert len(moments) == WALK.moments == 23
    assert [moment.kind for moment in moments[:8]] == [
        "saliency", "mask", "priority", "broad", "glimpse", "glimpse", "label", "inhibition",
    ]
    assert (moments[8].step, moments[22].kind) == (1, "label")  # nothing is inhibited after stop


def test_the_same_walk_differs_nowhere() -> None:
    assert first_difference(WALK, make_trace()) is None
    assert labels_sentence(WALK, make_trace()) == "Both name 3 7."
    assert not any(row.differs for row in table(WALK, make_trace()))


def test_walks_part_where_a_glimpse_falls_elsewhere() -> None:
    found = first_difference(WALK, with_cell(WALK, 1, 0, (6, 2)))
    assert found.moment == 8 + 4  # the first glimpse of the second meta-step
    assert "moment 13, in meta-step 2: glimpse 1 falls on row 7, column 3, not on" in found.sentence


def test_walks_part_at_a_mask() -> None:
    other = make_trace(gaussians=2)  # of other widths
    assert first_difference(WALK, other).moment == 1
    assert first_difference(WALK, other).sentence.endswith("the covert mask differs.")


def test_a_walk_that_goes_on_parts_where_the_other_ends() -> None:
    short = replace(WALK, steps=WALK.steps[:2])  # 16 moments
    found = first_difference(WALK, short)
    assert (found.moment, found.sentence) == (
        15, "The traces are the same up to moment 16, where only the first continues."
    )


def test_two_pictures_part_at_once_and_so_does_a_hidden_part() -> None:
    blind = replace(WALK, image=np.zeros_like(WALK.image))
    assert "a part is hidden" in first_difference(WALK, blind).sentence
    other = replace(blind, source=replace(WALK.source, image_sha256="1" * 64))
    assert first_difference(WALK, other).sentence.endswith("they show two images.")


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ((7, 3, 10), "Both name 3 7, in another order."),
        # 3 3 7 against 3 7: one 3 is more
        ((3, 3, 7, 10), "The first names 3 7, the second 3 3 7: one 3 more."),
        ((3, 3, 3, 7, 10), "The first names 3 7, the second 3 3 3 7: two 3s more."),
        ((5, 10), "The first names 3 7, the second 5: one 5 more; one 3 and one 7 fewer."),
        ((10,), "The first names 3 7, the second nothing: one 3 and one 7 fewer."),
    ],
)
def test_labels_are_compared_as_multisets(labels: tuple[int, ...], sentence: str) -> None:
    other = make_trace(labels=labels, rewards=(1.0,) * len(labels))
    assert labels_sentence(WALK, other) == sentence


def test_a_path_is_measured_in_sides_of_the_picture() -> None:
    walk = replace(WALK, steps=WALK.steps[:1])
    walk = with_cell(with_cell(walk, 0, 0, (0, 0)), 0, 1, (3, 4))
    assert path_length(walk) == pytest.approx(5 / 7)  # 3 rows and 4 columns of 7 cells


def test_glimpses_elsewhere_are_counted() -> None:
    away = next(cell for cell in ((0, 0), (6, 6)) if cell != WALK.steps[0].glimpses[0].cell)
    assert other_cells(WALK, with_cell(WALK, 0, 0, away)) == (1, 6)
    assert other_cells(WALK, replace(WALK, steps=WALK.steps[:2])) == (2, 6)  # two that only the first has
    assert other_cells(WALK, make_trace(rows=5, columns=5)) is None
    elsewhere = replace(WALK, source=replace(WALK.source, image_sha256="1" * 64))
    assert other_cells(WALK, elsewhere) is None
    assert "Glimpses on other cells" not in [row.name for row in table(WALK, elsewhere)]
