"""Errors in the predicted labels of a scene: kinds of error, and confusions of labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

KINDS = {
    "missed": "A label of the scene was not predicted at all.",
    "extra": "A label was predicted that is not in the scene.",
    "wrong": "A label was predicted in place of another: one missed, one extra.",
    "count": "A label of the scene was predicted, but too few or too many times.",
    "early": "The model stopped after fewer labels than there are digits.",
}


def error_kinds(truth: Sequence[int], answer: Sequence[int], stopped: bool) -> tuple[str, ...]:
    """The kinds of error in the predicted labels, in the order of `KINDS`; none for the correct multiset.

    Digits whose label is not predicted at all, and predictions of labels that are not in the scene, are counted copy
    by copy: each pair of the two is "wrong", the rest "missed" or "extra".

    Args:
        truth: the labels in the scene, in any order.
        answer: the predicted labels without stop, in any order.
        stopped: whether the model ended by stop.
    """
    true, predicted = Counter(truth), Counter(answer)
    missed = sum(count for label, count in true.items() if label not in predicted)
    extra = sum(count for label, count in predicted.items() if label not in true)
    present = {
        "missed": missed > extra,
        "extra": extra > missed,
        "wrong": missed > 0 and extra > 0,
        "count": any(true[label] != predicted[label] for label in true.keys() & predicted.keys()),
        "early": stopped and predicted.total() < true.total(),
    }
    return tuple(kind for kind in KINDS if present[kind])


def confusions(truth: Sequence[int], answer: Sequence[int]) -> dict[tuple[int, int], float]:
    """Confusions of one scene: (true label, predicted label) -> count.

    Labels that are only in the truth are paired with labels that are only in the answer, copy by copy. With one of each
    the pair is certain; with n of each, every pair counts 1/n, so that all pairs sum to n. With unequal numbers there
    are also missed or extra labels, and no pair is counted.
    """
    true, predicted = Counter(truth), Counter(answer)
    missed, extra = list((true - predicted).elements()), list((predicted - true).elements())
    if len(missed) != len(extra):
        return {}
    pairs = Counter((one, other) for one in missed for other in extra)
    return {pair: count / len(missed) for pair, count in sorted(pairs.items())}
