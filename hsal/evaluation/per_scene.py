"""True and predicted labels scene by scene, for the error browser."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from hsal.data.base import Scene
from hsal.errors import HsalError
from hsal.evaluation.errors import error_kinds

if TYPE_CHECKING:
    from hsal.evaluation.inference import ScenePredictions


class CasesError(HsalError):
    """A damaged file of cases; the message names it and says what to do."""


@dataclass(frozen=True)
class Case:
    """One scene of an evaluation."""

    index: int
    """The scene's index under the evaluation's seed."""
    truth: tuple[int, ...]
    """Labels in the scene, sorted."""
    answer: tuple[int, ...]
    """Predicted labels, in order, without stop."""
    smallest_px: int
    """Height of the smallest digit."""
    largest_px: int
    """Height of the largest digit."""
    clutter: int | None
    """Clutter patches in the scene; None for tasks without such a setting."""
    steps: int
    """Number of meta-steps, the one with stop included."""
    stopped: bool
    """Whether the model ended by stop."""
    errors: tuple[str, ...]
    """Kinds of error (`hsal.evaluation.errors.KINDS`); none for a correct answer."""


def cases_of(
    scenes: Sequence[Scene], predictions: ScenePredictions, first: int = 0, clutter: int | None = None
) -> Iterator[Case]:
    """The cases of some scenes.

    Args:
        predictions: one row per scene.
        first: index of the first scene.
        clutter: patches in each scene, where the task has such a setting.
    """
    stop = predictions.true.shape[1]
    columns = (predictions.answers, predictions.steps, predictions.stopped)
    rows = zip(scenes, *(column.tolist() for column in columns), strict=True)
    for index, (scene, labels, steps, stopped) in enumerate(rows, first):
        heights = [box.bottom_px - box.top_px for box in scene.boxes]
        answer = tuple(label for label in labels if 0 <= label < stop)
        errors = error_kinds(scene.labels, answer, stopped)
        yield Case(
            index, scene.labels, answer, min(heights), max(heights), clutter, steps, stopped, errors
        )


def write_cases(file: TextIO, about: dict[str, Any], cases: Sequence[Case]) -> None:
    """Write `about`, the column names and one short row per case as JSON, one line each."""
    head = json.dumps({**about, "columns": [f.name for f in fields(Case)]})
    rows = ",\n".join(json.dumps(astuple(case), separators=(",", ":")) for case in cases)
    file.write(f'{head[:-1]}, "rows": [\n{rows}\n]}}\n')


def read_cases(text: str) -> tuple[dict[str, Any], list[Case]]:
    """`about` and the cases of `write_cases`."""
    about = json.loads(text)
    columns, rows = about.pop("columns"), about.pop("rows")
    return about, [msgspec.convert(dict(zip(columns, row, strict=True)), Case) for row in rows]


def load_cases(path: Path) -> tuple[dict[str, Any], list[Case]]:
    """`read_cases` of a file.

    Raises:
        CasesError: the file cannot be read or does not hold cases.
    """
    try:
        about, cases = read_cases(path.read_text(encoding="utf-8"))
        if not all(case.truth for case in cases) or not isinstance(about["seed"], int):
            raise ValueError("a case without labels, or no seed")
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CasesError(
            f"The list of cases {path.name} is damaged: make it again with `hsal evaluate --cases`."
        ) from error
    return about, cases
