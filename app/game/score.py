"""What a game comes to: the visitor's walk and the model's, measured by the same rules. No Streamlit here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.game.challenge import MOST_GLIMPSES, Rival
from hsal.errors import HsalError
from hsal.tracing.schema import Trace

MOST_NAMES = 9  # so many digits fit in a scene


class PlayError(HsalError):
    """What the browser says was played cannot have been."""


@dataclass(frozen=True)
class Turn:
    """One object: where was looked, and what was named."""

    cells: tuple[int, ...]
    """Flat cells of the map, in the order of looking."""
    label: int | None
    """0..9; None for stop."""


@dataclass(frozen=True)
class Score:
    """What a walk is worth."""

    named: tuple[int, ...]
    """In the order named."""
    right: bool
    """The true digits, each as often as it is there, and no more: exact match."""
    glimpses: int
    """Those that led to a name; what was looked at before stop costs nothing."""
    attn_saliency: float | None
    """Mean saliency at these glimpses, 0..1; None where there are none."""

    @property
    def rival(self) -> Rival:
        """The part of it that a challenge tells."""
        saliency = None if self.attn_saliency is None else round(100 * self.attn_saliency)
        return Rival(self.right, self.glimpses, saliency)


def read_play(raw: Any, cells: int, glimpses: int) -> tuple[Turn, ...]:
    """The turns that the browser sent, each [[cell, ...], label or null].

    Args:
        cells: of the map. glimpses: most in a turn.
    Raises:
        PlayError: they cannot have been played.
    """
    try:
        turns = tuple(Turn(tuple(looked), label) for looked, label in raw)
    except (TypeError, ValueError) as error:
        raise PlayError("The game could not be read: play another scene.") from error
    numbers = [(cell, cells) for turn in turns for cell in turn.cells]
    numbers += [(turn.label, 10) for turn in turns if turn.label is not None]
    whole = all(type(number) is int and 0 <= number < end for number, end in numbers)
    if not whole or len(turns) > MOST_NAMES + 1 or any(len(turn.cells) > glimpses for turn in turns):
        raise PlayError("The game could not be read: play another scene.")
    return turns


def turns_of(trace: Trace) -> tuple[Turn, ...]:
    """The model's walk as turns."""
    width = trace.steps[0].saliency.shape[1]
    return tuple(
        Turn(
            tuple(row * width + column for row, column in (glimpse.cell for glimpse in step.glimpses)),
            None if step.label == trace.stop else step.label,
        )
        for step in trace.steps
    )


def score(turns: tuple[Turn, ...], truth: tuple[int, ...], saliency: np.ndarray) -> Score:
    """What some turns are worth: those that named something, since a visitor may say stop without a glimpse, where the
    model always takes some.

    attn_saliency is the mean of the scene's saliency at each glimpse, 0 where a glimpse of an earlier turn has been:
    inhibition of return by glimpses alone, since nobody knows where a visitor's covert attention lay.

    Args:
        saliency: (h,w) in 0..1, before any glimpse.
    """
    left, seen = saliency.astype(float).ravel(), []  # (h*w,)
    naming = [turn for turn in turns if turn.label is not None]
    for turn in naming:
        seen += [float(left[cell]) for cell in turn.cells]
        left[list(turn.cells)] = 0
    named = tuple(turn.label for turn in naming)
    mean = float(np.mean(seen)) if seen else None
    return Score(named, sorted(named) == sorted(truth), min(len(seen), MOST_GLIMPSES), mean)


def compare(you: Rival, other: Rival, name: str) -> str:
    """Who won, in one sentence: who named everything right, then who needed fewer glimpses."""
    if you.right and not other.right:
        return f"You named everything right, {name} did not: you win."
    if other.right and not you.right:
        return f"{name.capitalize()} named everything right, you did not: {name} wins."
    if not you.right:
        return f"Neither you nor {name} named everything right: nobody wins."
    if you.glimpses == other.glimpses:
        return f"You and {name} named everything right with {you.glimpses} glimpses each: a draw."
    winner = "you win" if you.glimpses < other.glimpses else f"{name} wins"
    return f"Both right, you with {you.glimpses} glimpses, {name} with {other.glimpses}: {winner}."
