"""The link of a game: a scene, and the score of the person who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.address import LARGEST_SEED
from app.links import Fields, read_fields, whole, write_fields

MAX_GLIMPSES = 99
# the score in a link; right=1 is an exact match
SCORE: Fields = {"right": whole(0, 1, None), "glimpses": whole(0, MAX_GLIMPSES, None), "saliency": whole(0, 100, None)}


@dataclass(frozen=True)
class ScoreSummary:
    """The part of a score that a link holds. It omits the labels, which would reveal the scene."""

    exact: bool
    """Whether the labels match the scene exactly."""
    glimpses: int
    saliency: int | None
    """attn_saliency in hundredths, 0..100; None without glimpses."""


@dataclass(frozen=True)
class Challenge:
    """A scene to play, and optionally a score to beat."""

    seed: int
    score: ScoreSummary | None = None


def parse(parameters: Mapping[str, str], default_seed: int) -> tuple[Challenge, list[str]]:
    """Parse the query parameters of a link.

    Args:
        parameters: name -> value; unknown names are ignored.
        default_seed: used if the link has no valid seed.

    Returns:
        The challenge, and one sentence for each invalid part, which is ignored.
    """
    values, problems = read_fields({"seed": whole(0, LARGEST_SEED, default_seed)}, parameters)
    if problems:
        problem = f"The link's seed must be a whole number from 0 to {LARGEST_SEED}; this is another scene."
        return Challenge(default_seed), [problem]
    if not any(name in parameters for name in SCORE):
        return Challenge(values["seed"]), []
    score, problems = read_fields(SCORE, parameters)
    if problems or score["right"] is None or score["glimpses"] is None:
        return Challenge(values["seed"]), ["The score in the link could not be read and is ignored."]
    return Challenge(values["seed"], ScoreSummary(bool(score["right"]), score["glimpses"], score["saliency"])), []


def to_parameters(challenge: Challenge) -> dict[str, str]:
    """The query parameters that `parse` reads."""
    seed, score = {"seed": str(challenge.seed)}, challenge.score
    if score is None:
        return seed
    values = {"right": int(score.exact), "glimpses": score.glimpses, "saliency": score.saliency}
    return seed | write_fields(SCORE, values)
