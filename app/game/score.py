"""The score of a game: the visitor and the model are measured by the same rules. No Streamlit here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.game.challenge import MAX_GLIMPSES, ScoreSummary
from hsal.errors import HsalError
from hsal.tracing.schema import Trace

MAX_LABELS = 9  # the most digits in a scene


class PlayError(HsalError):
    """The turns that the browser sent are impossible."""


@dataclass(frozen=True)
class Turn:
    """One object: its glimpses and its label."""

    cells: tuple[int, ...]
    """Flat indices of the glimpsed cells, in order."""
    label: int | None
    """0..9; None for stop."""


@dataclass(frozen=True)
class Score:
    """The score of one player."""

    labels: tuple[int, ...]
    """In the order named."""
    exact: bool
    """Exact match: every true digit as often as it occurs, and nothing else."""
    glimpses: int
    """Glimpses before a label; those before stop do not count."""
    attn_saliency: float | None
    """Mean saliency at these glimpses, 0..1; None without glimpses."""

    @property
    def summary(self) -> ScoreSummary:
        """The part of the score that a link holds."""
        saliency = None if self.attn_saliency is None else round(100 * self.attn_saliency)
        return ScoreSummary(self.exact, self.glimpses, saliency)


def read_turns(raw: Any, cells: int, glimpses: int) -> tuple[Turn, ...]:
    """Read and check the turns that the browser sent.

    Args:
        raw: a list of [[cell, ...], label or None].
        cells: number of cells of the map.
        glimpses: the most glimpses in a turn.

    Raises:
        PlayError: the turns are impossible.
    """
    try:
        turns = tuple(Turn(tuple(glimpsed), label) for glimpsed, label in raw)
    except (TypeError, ValueError) as error:
        raise PlayError("The game could not be read: play another scene.") from error
    numbers = [(cell, cells) for turn in turns for cell in turn.cells]
    numbers += [(turn.label, 10) for turn in turns if turn.label is not None]
    in_range = all(type(number) is int and 0 <= number < end for number, end in numbers)
    if not in_range or len(turns) > MAX_LABELS + 1 or any(len(turn.cells) > glimpses for turn in turns):
        raise PlayError("The game could not be read: play another scene.")
    return turns


def turns_of(trace: Trace) -> tuple[Turn, ...]:
    """The turns of the model in a trace."""
    width = trace.steps[0].saliency.shape[1]
    return tuple(
        Turn(
            tuple(row * width + column for row, column in (glimpse.cell for glimpse in step.glimpses)),
            None if step.label == trace.stop else step.label,
        )
        for step in trace.steps
    )


def score(turns: tuple[Turn, ...], truth: tuple[int, ...], saliency: np.ndarray) -> Score:
    """Score the turns that named something.

    Turns that said stop are left out: a visitor may stop without a glimpse, while the model always takes some.
    attn_saliency is the mean of the scene's saliency at each glimpse, and 0 at cells glimpsed in an earlier turn. This
    is inhibition of return by glimpses alone, because a visitor's covert attention is unknown.

    Args:
        turns: of one player.
        truth: the true labels.
        saliency: (h,w) in 0..1, before any glimpse; not changed.
    """
    remaining = saliency.astype(float).ravel()  # (h*w,)
    values: list[float] = []
    labels: list[int] = []
    for turn in turns:
        if turn.label is None:
            continue
        labels.append(turn.label)
        values += [float(remaining[cell]) for cell in turn.cells]
        remaining[list(turn.cells)] = 0
    mean = float(np.mean(values)) if values else None
    return Score(tuple(labels), sorted(labels) == sorted(truth), min(len(values), MAX_GLIMPSES), mean)


def in_words(glimpses: int) -> str:
    """The number of glimpses with its noun: "1 glimpse", "2 glimpses"."""
    return f"{glimpses} glimpse{'' if glimpses == 1 else 's'}"


def compare(you: ScoreSummary, other: ScoreSummary, name: str) -> str:
    """One sentence that says who won: first exact matches decide, then the smaller number of glimpses.

    Args:
        name: of the other player, with its article.
    """
    if you.exact and not other.exact:
        return f"You named every digit correctly and {name} did not: you win."
    if other.exact and not you.exact:
        return f"{name.capitalize()} named every digit correctly and you did not: {name} wins."
    if not you.exact:
        return f"Neither you nor {name} named every digit correctly: nobody wins."
    if you.glimpses == other.glimpses:
        return f"You and {name} named every digit correctly with {in_words(you.glimpses)} each: a draw."
    winner = "you win" if you.glimpses < other.glimpses else f"{name} wins"
    return f"Both correct, you with {in_words(you.glimpses)} and {name} with {other.glimpses}: {winner}."
