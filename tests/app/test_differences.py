"""Two traces compared, in words and numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.whatif.differences import first_difference, labels_sentence, other_cells, path_length, table
from hsal.tracing.schema import Trace
from hsal.tracing.timeline import moments_of
from tests.fixtures.traces import make_trace

TRACE = make_trace()  # 3, 7, stop; 7x7 cells, 2 glimpses: 8 + 8 + 7 moments


def with_cell(trace: Trace, step: int, glimpse: int, cell: tuple[int, int]) -> Trace:
    """The same trace with a glimpse on another cell, and nothing else changed."""
    old = trace.steps[step]
    moved = replace(old.glimpses[glimpse], cell=cell)
    glimpses = (*old.glimpses[:glimpse], moved, *old.glimpses[glimpse + 1:])
    return replace(trace, steps=(*trace.steps[:step], replace(old, glimpses=glimpses), *trace.steps[step + 1:]))


def test_moments_are_those_of_the_player() -> None:
    moments = moments_of(TRACE)
    assert len(moments) == TRACE.moments == 23
    assert [moment.kind for moment in moments[:8]] == [
        "saliency", "mask", "priority", "broad", "glimpse", "glimpse", "label", "inhibition",
    ]
    assert (moments[8].step, moments[22].kind) == (1, "label")  # nothing is inhibited after stop


def test_equal_traces_do_not_differ() -> None:
    assert first_difference(TRACE, make_trace()) is None
    assert labels_sentence(TRACE, make_trace()) == "Both predict 3 7."
    assert not any(row.differs for row in table(TRACE, make_trace()))


def test_traces_diverge_at_a_glimpse_on_another_cell() -> None:
    found = first_difference(TRACE, with_cell(TRACE, 1, 0, (6, 2)))
    assert found.moment == 8 + 4  # the first glimpse of the second meta-step
    assert "moment 13, in meta-step 2: glimpse 1 falls on row 7, column 3, not on" in found.sentence


def test_traces_diverge_at_a_mask() -> None:
    other = make_trace(gaussians=2)  # with other widths
    assert first_difference(TRACE, other).moment == 1
    assert first_difference(TRACE, other).sentence.endswith("the covert mask differs.")


def test_a_longer_trace_diverges_where_the_other_ends() -> None:
    short = replace(TRACE, steps=TRACE.steps[:2])  # 16 moments
    found = first_difference(TRACE, short)
    assert (found.moment, found.sentence) == (
        15, "The traces are the same up to moment 16, where only the first continues."
    )


def test_two_images_and_a_hidden_part_diverge_at_the_start() -> None:
    covered = replace(TRACE, image=np.zeros_like(TRACE.image))
    assert "a part is hidden" in first_difference(TRACE, covered).sentence
    other = replace(covered, source=replace(TRACE.source, image_sha256="1" * 64))
    assert first_difference(TRACE, other).sentence.endswith("they show two images.")


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ((7, 3, 10), "Both predict 3 7, in another order."),
        # 3 3 7 against 3 7: one 3 is more
        ((3, 3, 7, 10), "The first predicts 3 7, the second 3 3 7: one 3 more."),
        ((3, 3, 3, 7, 10), "The first predicts 3 7, the second 3 3 3 7: two 3s more."),
        ((5, 10), "The first predicts 3 7, the second 5: one 5 more; one 3 and one 7 fewer."),
        ((10,), "The first predicts 3 7, the second nothing: one 3 and one 7 fewer."),
    ],
)
def test_labels_are_compared_as_multisets(labels: tuple[int, ...], sentence: str) -> None:
    other = make_trace(labels=labels, rewards=(1.0,) * len(labels))
    assert labels_sentence(TRACE, other) == sentence


def test_a_path_is_measured_in_sides_of_the_image() -> None:
    trace = replace(TRACE, steps=TRACE.steps[:1])
    trace = with_cell(with_cell(trace, 0, 0, (0, 0)), 0, 1, (3, 4))
    assert path_length(trace) == pytest.approx(5 / 7)  # 3 rows and 4 columns of 7 cells


def test_glimpses_on_other_cells_are_counted() -> None:
    away = next(cell for cell in ((0, 0), (6, 6)) if cell != TRACE.steps[0].glimpses[0].cell)
    assert other_cells(TRACE, with_cell(TRACE, 0, 0, away)) == (1, 6)
    assert other_cells(TRACE, replace(TRACE, steps=TRACE.steps[:2])) == (2, 6)  # two in the first alone
    assert other_cells(TRACE, make_trace(rows=5, columns=5)) is None
    elsewhere = replace(TRACE, source=replace(TRACE.source, image_sha256="1" * 64))
    assert other_cells(TRACE, elsewhere) is None
    assert "Glimpses on other cells" not in [row.name for row in table(TRACE, elsewhere)]
