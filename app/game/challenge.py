"""What the link of a game holds: a scene, and the score of whoever sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.address import LARGEST_SEED

MOST_GLIMPSES = 99
PARTS = ("right", "glimpses", "saliency")  # of a rival's score


@dataclass(frozen=True)
class Rival:
    """The score of the one who sent the link. What they named is not in it: that would give the scene away."""

    right: bool
    glimpses: int
    saliency: int | None
    """attn_saliency in hundredths, 0..100; None where they never looked."""


@dataclass(frozen=True)
class Challenge:
    """A scene to play, and perhaps a score to beat."""

    seed: int
    rival: Rival | None = None


def parse(parameters: Mapping[str, str], otherwise: int) -> tuple[Challenge, list[str]]:
    """The challenge that an address asks for, and one sentence for each part that cannot be had.

    Args:
        otherwise: the seed where the address has none that can be used.
    """
    seed, problems = otherwise, []
    if "seed" in parameters:
        number = _whole(parameters["seed"], LARGEST_SEED)
        if number is None:
            problems.append(f"The link's seed must be a whole number from 0 to {LARGEST_SEED}; here is another scene.")
            return Challenge(otherwise), problems
        seed = number
    if not any(name in parameters for name in PARTS):
        return Challenge(seed), problems
    right, glimpses = _whole(parameters.get("right", ""), 1), _whole(parameters.get("glimpses", ""), MOST_GLIMPSES)
    saliency = _whole(parameters["saliency"], 100) if "saliency" in parameters else None
    if right is None or glimpses is None or (saliency is None) == ("saliency" in parameters):
        problems.append("The score in the link could not be read, and is left out.")
        return Challenge(seed), problems
    return Challenge(seed, Rival(bool(right), glimpses, saliency)), problems


def to_parameters(challenge: Challenge) -> dict[str, str]:
    """What `parse` reads."""
    rival = challenge.rival
    if rival is None:
        return {"seed": str(challenge.seed)}
    score = {"right": int(rival.right), "glimpses": rival.glimpses, "saliency": rival.saliency}
    return {"seed": str(challenge.seed)} | {name: str(value) for name, value in score.items() if value is not None}


def _whole(text: str, largest: int) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
    return number if number is not None and number <= largest else None
