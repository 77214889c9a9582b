"""The link of a game: a scene, and the score of the person who sent it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.address import LARGEST_SEED

MAX_GLIMPSES = 99
SCORE_PARAMETERS = ("right", "glimpses", "saliency")  # in the link; right=1 is an exact match


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
    seed = default_seed
    if "seed" in parameters:
        number = _integer(parameters["seed"], LARGEST_SEED)
        if number is None:
            problem = f"The link's seed must be a whole number from 0 to {LARGEST_SEED}; this is another scene."
            return Challenge(default_seed), [problem]
        seed = number
    if not any(name in parameters for name in SCORE_PARAMETERS):
        return Challenge(seed), []
    score = _parse_score(parameters)
    return Challenge(seed, score), [] if score else ["The score in the link could not be read and is ignored."]


def _parse_score(parameters: Mapping[str, str]) -> ScoreSummary | None:
    exact, glimpses = _integer(parameters.get("right", ""), 1), _integer(parameters.get("glimpses", ""), MAX_GLIMPSES)
    saliency = _integer(parameters["saliency"], 100) if "saliency" in parameters else None
    if exact is None or glimpses is None or (saliency is None) == ("saliency" in parameters):
        return None
    return ScoreSummary(bool(exact), glimpses, saliency)


def to_parameters(challenge: Challenge) -> dict[str, str]:
    """The query parameters that `parse` reads."""
    seed, score = {"seed": str(challenge.seed)}, challenge.score
    if score is None:
        return seed
    values = (int(score.exact), score.glimpses, score.saliency)
    return seed | {name: str(value) for name, value in zip(SCORE_PARAMETERS, values, strict=True) if value is not None}


def _integer(text: str, largest: int) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
    return number if number is not None and number <= largest else None
