"""Results of training runs as `hsal reproduce` wrote them, and the paper's for comparison.

Reading them needs neither torch nor any image.
"""

from __future__ import annotations

import json
import math
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

from hsal.config import TASKS
from hsal.errors import ResultsError

SALIENCY_FOLDER = "saliency"  # subfolder of the results that `load_saliency_results` reads
REFERENCE_ABLATION = "ablation-short"  # the recipe that the ablations are compared with
METHODS = {  # in the order of the table
    "reinforce": "REINFORCE (with the exact expectation of the label reward)",
    "cross-entropy": "Cross-Entropy (baseline, given the target labels)",
    "multiset": "Multiset loss (beyond the paper)",
    "count": "CNN with a count head (no attention)",
}
# names in files of version 0.1 -> today's
FORMER_KEYS = {"row": "method"}
FORMER_SAMPLE_KEYS = {"pictures": "images", "right": "correct"}


def short_name(method: str) -> str:
    """A method's name without the part in parentheses, for legends."""
    return METHODS[method].partition(" (")[0]


class Scores(NamedTuple):
    """The two measures of the paper's Table 1."""

    macro_f1: float
    exact_match: float


# Welleck et al. 2017, Table 1, on test sets; (task, method) -> scores
PAPER = {
    ("mnist-set", "reinforce"): Scores(0.990, 0.960),
    ("mnist-multiset", "reinforce"): Scores(0.978, 0.935),
    ("svhn-multiset", "reinforce"): Scores(0.973, 0.947),
    ("mnist-set", "cross-entropy"): Scores(0.735, 0.478),
    ("mnist-multiset", "cross-entropy"): Scores(0.726, 0.477),
    ("svhn-multiset", "cross-entropy"): Scores(0.589, 0.307),
}
# attn_saliency on the paper's scale. It depends on the backbone, so only ratios are comparable.
PAPER_ATTN_START, PAPER_ATTN_END = 58.7, 126.5  # REINFORCE, before and after training
PAPER_ATTN_CROSS_ENTROPY = 25.0  # approximately, throughout training
PAPER_ATTN_RATIO = PAPER_ATTN_END / PAPER_ATTN_START  # 2.155


@dataclass(frozen=True)
class Result:
    """One training run and its evaluation."""

    name: str
    """Name of the recipe."""
    task: str
    """One of hsal.config.TASKS."""
    method: str
    """One of `METHODS`."""
    seed: int
    seconds: float
    """Wall time of training."""
    test: dict[str, Any]
    """Output of `hsal evaluate --json`, at least exact_match and macro_f1; for ablations, on validation scenes."""
    curve: tuple[dict[str, float], ...]
    """Validation measures by step, starting with the untrained model where it was measured."""
    ablation: str = ""
    """What the ablation changes; empty for the rows of the table."""
    commit: str = ""
    machine: str = ""
    command: str = ""
    model: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    without_inhibition: dict[str, Any] | None = None
    """As `test`, with inhibition of return switched off."""
    before: dict[str, Any] | None = None
    """As `test`, for the weights that training started from."""
    not_retrained: dict[str, Any] | None = None
    """As `test`, for the shipped weights with this run's saliency model, without retraining."""
    title: str = ""
    """Title of that saliency model."""
    samples: dict[str, dict[str, int]] = field(default_factory=dict)
    """For SVHN's full sample images, before and after training: the number of images, and how many are correct."""
    extrapolation: dict[str, dict[str, Any]] = field(default_factory=dict)
    """As `test`, on kinds of scenes that are not in training, by their title."""


def load_results(folder: Path) -> list[Result]:
    """Read every result in a folder, in the order of the table.

    Returns:
        The results; none if the folder does not exist.
    Raises:
        ResultsError: A file is damaged or not a result.
    """
    found = [_load(path) for path in sorted(folder.glob("*.json"))]
    return sorted(found, key=lambda result: (*position(result.task, result.method, result.ablation), result.seed))


def load_saliency_results(folder: Path) -> list[Result]:
    """Read the results of attention with one saliency model after another.

    Args:
        folder: The folder of all results.
    Returns:
        The results with the highest 0-1 after retraining first; none if they were not measured. Each has `title` and
        `not_retrained`, and both evaluations have attn_saliency and the localization of glimpses.
    Raises:
        ResultsError: A file is damaged or not such a result.
    """
    found = load_results(folder / SALIENCY_FOLDER)
    for result in found:
        try:
            both = (result.test, result.not_retrained or {})
            numbers = [each[name] for each in both for name in ("attn_saliency", "mask_peak", "scenes")]
            numbers += [each["localization"]["glimpses_in_digit"] for each in both]
            complete = bool(result.title) and all(math.isfinite(number) for number in numbers)
        except (KeyError, TypeError):
            complete = False
        if not complete:
            raise ResultsError(
                f"The result of {result.name} is damaged: delete it, and `hsal reproduce` computes it again."
            )
    return sorted(found, key=lambda result: -result.test["exact_match"])


def position(task: str, method: str, ablation: str) -> tuple[int, int, str]:
    """The sort key of a result: its position in the table."""
    return TASKS.index(task), list(METHODS).index(method), ablation


def _load(path: Path) -> Result:
    try:
        found = _renamed(json.loads(path.read_text(encoding="utf-8")), FORMER_KEYS)
        if found.get("ablation"):  # ablations are evaluated on validation scenes
            found["test"] = found.pop("validation")
        known = {f.name: found[f.name] for f in fields(Result) if f.name in found or _required(f)}
        samples = {when: _renamed(counts, FORMER_SAMPLE_KEYS) for when, counts in known.get("samples", {}).items()}
        result = Result(**known | {"curve": tuple(known["curve"]), "samples": samples})
        _check(result)
    except OSError as error:
        raise ResultsError(f"The results file {path.name} cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ResultsError(
            f"The results file {path.name} is damaged: delete it, and `hsal reproduce` computes it again."
        ) from error
    return result


def _renamed(found: dict[str, Any], former: dict[str, str]) -> dict[str, Any]:
    return {former.get(key, key): value for key, value in found.items()}


def _required(f: Field[Any]) -> bool:
    return f.default is MISSING and f.default_factory is MISSING


def _check(result: Result) -> None:
    """Check what readers rely on; raises ValueError, TypeError, KeyError or AttributeError."""
    position(result.task, result.method, result.ablation)
    others = [one for one in (result.without_inhibition, result.before, result.not_retrained) if one is not None]
    numbers: list[float] = [result.seed, result.seconds]
    for evaluation in (result.test, *others, *result.extrapolation.values()):
        numbers += [evaluation["exact_match"], evaluation["macro_f1"]]
        numbers += [end for low, high in evaluation.get("intervals", {}).values() for end in (low, high)]
    for counts in result.samples.values():
        numbers += [counts["images"], counts["correct"]]
    for point in result.curve:
        numbers += [point["step"], *point.values()]
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError("not a finite number")
    for name in ("name", "ablation", "commit", "machine", "command", "title"):
        if not isinstance(getattr(result, name), str):
            raise TypeError(name)
