"""One row a scene of what was there and what was named: the list that an error browser shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from hsal.data.base import Scene
from hsal.errors import HsalError
from hsal.evaluation.errors import error_kinds

if TYPE_CHECKING:
    from hsal.evaluation.inference import ScenePredictions


class CasesError(HsalError):
    """A file of cases that is damaged; the message names it and says what to do."""


@dataclass(frozen=True)
class Case:
    """One scene of an evaluation."""

    index: int
    """The scene's index under the evaluation's seed."""
    truth: tuple[int, ...]
    """Labels in the scene, sorted."""
    answer: tuple[int, ...]
    """Labels named, in order, without stop."""
    smallest_px: int
    """Height of the smallest digit."""
    largest_px: int
    """Height of the largest digit."""
    clutter: int | None
    """Patches of clutter in the scene; None where the task has no such number."""
    steps: int
    """Meta-steps, the one with stop included."""
    stopped: bool
    """Whether it ended by stop."""
    errors: tuple[str, ...]
    """Kinds of error, of `hsal.evaluation.errors.KINDS`; none where all is right."""


def cases(
    scenes: Sequence[Scene], walks: ScenePredictions, first: int = 0, clutter: int | None = None
) -> Iterator[Case]:
    """The cases of some scenes.

    Args:
        walks: a row for each scene. first: index of the first scene.
    """
    stop = walks.true.shape[1]
    rows = zip(scenes, walks.answers.tolist(), walks.steps.tolist(), walks.stopped.tolist(), strict=True)
    for index, (scene, labels, steps, stopped) in enumerate(rows, first):
        heights = [box.bottom_px - box.top_px for box in scene.boxes]
        answer = tuple(label for label in labels if 0 <= label < stop)
        errors = error_kinds(scene.labels, answer, stopped)
        yield Case(
            index, scene.labels, answer, min(heights), max(heights), clutter, steps, stopped, errors
        )


def write_cases(file: TextIO, about: dict[str, Any], listed: Sequence[Case]) -> None:
    """Write `about`, the columns' names, and one short row a case, as JSON of one line each."""
    head = json.dumps({**about, "columns": [f.name for f in fields(Case)]})
    rows = ",\n".join(json.dumps(astuple(case), separators=(",", ":")) for case in listed)
    file.write(f'{head[:-1]}, "rows": [\n{rows}\n]}}\n')


def read_cases(text: str) -> tuple[dict[str, Any], list[Case]]:
    """What `write_cases` wrote: `about` and the cases."""
    about = json.loads(text)
    columns, rows = about.pop("columns"), about.pop("rows")
    return about, [
        Case(**{name: tuple(value) if isinstance(value, list) else value
                for name, value in zip(columns, row, strict=True)})
        for row in rows
    ]


def load_cases(path: Path) -> tuple[dict[str, Any], list[Case]]:
    """`read_cases` of a file, which may be damaged.

    Raises:
        CasesError: it cannot be read, or what it holds are no cases.
    """
    try:
        about, listed = read_cases(path.read_text(encoding="utf-8"))
        for case in listed:
            if len(case.truth) == 0 or not all(isinstance(number, int) for number in (case.index, case.smallest_px)):
                raise ValueError("not a case")
        if not isinstance(about["seed"], int):
            raise ValueError("no seed")
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CasesError(
            f"The list of cases {path.name} is damaged: make it again with `hsal evaluate --cases`."
        ) from error
    return about, listed
