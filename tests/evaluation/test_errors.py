"""Kinds of error and confusions, by hand."""

from __future__ import annotations

import pytest

from hsal.evaluation.errors import KINDS, confusions, error_kinds


@pytest.mark.parametrize(
    ("truth", "answer", "kinds"),
    [
        ((1, 1, 3), (3, 1, 1), ()),
        ((1, 3), (1,), ("missed", "early")),
        ((1, 3), (1, 3, 7), ("extra",)),
        ((1, 3), (1, 7), ("wrong",)),
        ((1, 1, 3), (1, 3), ("count", "early")),  # one 1 too few
        ((1, 3), (1, 1, 3), ("count",)),  # one too many
        ((3, 5), (3, 3), ("missed", "count")),  # no 5, and a 3 too many
        ((3, 3, 5), (3, 8, 5), ("extra", "count")),  # an extra 8, and a 3 too few
        ((1, 2, 3), (1, 7), ("missed", "wrong", "early")),  # the 7 replaces one of two
        ((1, 1), (7,), ("missed", "wrong", "early")),  # counted by copies
        ((1,), (7, 8), ("extra", "wrong")),
        ((1,), (), ("missed", "early")),
    ],
)
def test_kinds_of_error(truth: tuple[int, ...], answer: tuple[int, ...], kinds: tuple[str, ...]) -> None:
    assert error_kinds(truth, answer, stopped=True) == kinds
    assert set(kinds) <= KINDS.keys()


def test_running_out_of_steps_is_not_stopping_early() -> None:
    assert error_kinds((1, 3), (1,), stopped=False) == ("missed",)


@pytest.mark.parametrize(
    ("truth", "answer", "pairs"),
    [
        ((1, 3), (3, 1), {}),
        ((1, 3), (1, 7), {(3, 7): 1}),
        ((3, 3, 5), (3, 8, 5), {(3, 8): 1}),  # one of the two 3s
        ((1, 2), (7, 8), {(1, 7): 0.5, (1, 8): 0.5, (2, 7): 0.5, (2, 8): 0.5}),
        ((1, 1), (7, 7), {(1, 7): 2}),
        ((1, 2), (7,), {}),  # ambiguous
        ((1,), (1, 7), {}),
    ],
)
def test_confusions(truth: tuple[int, ...], answer: tuple[int, ...], pairs: dict[tuple[int, int], float]) -> None:
    assert confusions(truth, answer) == pairs
