"""What is wrong with an answer: kinds of error, and which label was taken for which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

KINDS = {
    "missed": "A label of the scene was not named at all.",
    "extra": "A label was named that the scene has not.",
    "wrong": "A label was named in place of another: one missed, one extra.",
    "count": "A label of the scene was named, but too few or too many times.",
    "early": "It stopped after fewer labels than there are digits.",
}


def error_kinds(truth: Sequence[int], answer: Sequence[int], stopped: bool) -> tuple[str, ...]:
    """The kinds of error in an answer, in the order of `KINDS`; none for the right multiset.

    Digits whose label is not named at all, and names of labels that the scene has not, are
    counted copy by copy: each pair of the two is "wrong", what remains "missed" or "extra".

    Args:
        truth: the labels in the scene. answer: the labels named, without stop; the order of both is free.
        stopped: whether the model ended by stop.
    """
    true, named = Counter(truth), Counter(answer)
    missed = sum(count for label, count in true.items() if label not in named)
    extra = sum(count for label, count in named.items() if label not in true)
    present = {
        "missed": missed > extra,
        "extra": extra > missed,
        "wrong": missed > 0 and extra > 0,
        "count": any(true[label] != named[label] for label in true.keys() & named.keys()),
        "early": stopped and named.total() < true.total(),
    }
    return tuple(kind for kind in KINDS if present[kind])


def confusions(truth: Sequence[int], answer: Sequence[int]) -> dict[tuple[int, int], float]:
    """Which label was taken for which: (true, named) -> how often.

    What is in the truth alone is matched with what is in the answer alone, copy by copy. With one
    of each the pair is certain; with n of each, every pair counts 1/n, so that they sum to n; with
    unequal numbers something was left out or invented besides, and nothing is claimed.
    """
    true, named = Counter(truth), Counter(answer)
    lost, made = list((true - named).elements()), list((named - true).elements())
    if len(lost) != len(made):
        return {}
    pairs = Counter((one, other) for one in lost for other in made)
    return {pair: times / len(lost) for pair, times in sorted(pairs.items())}
