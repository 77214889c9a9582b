"""What the address of Compare saliency holds: enough for a link to show another person the same maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from app.address import LARGEST_SEED

VIEWS = {"maps": "Maps", "attention": "Attention", "leaderboard": "Leaderboard"}
INPUTS = ("sample", "scene", "photo", "upload", "own")
SPACES = ("rgb", "gray", "lab", "hsv", "ycbcr")
PRIORS = ("none", "add", "multiply")
SCALES = ("maximum", "min-max", "sum", "log", "rank", "none")
BROWSERS_OWN = ("moment", "opacity", "marks")  # written by the players and the grid themselves
WHOLE = {"seed": (0, LARGEST_SEED), "index": (0, 999_999)}
SHARES = {"smooth": (0.0, 0.1), "width": (0.05, 1.0)}
SEPARATOR = ","


@dataclass(frozen=True)
class Compared:
    """One state of the page. What is as it is here is left out of the address."""

    view: str = "maps"
    input: str = "sample"
    sample: str = ""
    task: str = ""  # of a random scene
    seed: int = 1
    index: int = 0
    photo: str = ""  # a photograph with fixations
    models: tuple[str, ...] = ()  # none: those that are chosen for everybody
    network: str = ""  # none: the one that suits the image
    space: str = "rgb"
    smooth: float = 0.0
    prior: str = "none"
    width: float = 0.25
    scale: str = "maximum"
    first: str = ""  # of the two maps that are set against each other
    second: str = ""
    weights: str = ""  # whose attention


NAMES = tuple(field.name for field in fields(Compared))
USED = {"sample": ("sample",), "scene": ("task", "seed", "index"), "photo": ("photo",), "upload": (), "own": ()}
OF_INPUTS = {name for names in USED.values() for name in names}


@dataclass(frozen=True)
class Offered:
    """What there is to choose; where there is a default, it is the first."""

    samples: Sequence[str]
    tasks: Sequence[str]
    photos: Sequence[str]
    models: Sequence[str]
    networks: Sequence[str]
    weights: Sequence[str]

    def of(self, name: str) -> Sequence[str] | None:
        """The choices of a field; None where it is a number, or any text may stand in it."""
        return {
            "view": tuple(VIEWS), "input": INPUTS, "sample": self.samples, "task": self.tasks, "photo": self.photos,
            "network": ("", *self.networks), "space": SPACES, "prior": PRIORS, "scale": SCALES,
            "first": ("", *self.models), "second": ("", *self.models), "weights": self.weights,
        }.get(name)


def first_of(offered: Offered) -> Compared:
    """The state that an empty address stands for."""
    first = {name: next(iter(offered.of(name) or ()), "") for name in ("sample", "task", "photo", "weights")}
    return Compared(**first)


def parse(parameters: Mapping[str, str], offered: Offered) -> tuple[Compared, list[str]]:
    """The state that an address asks for, and one sentence for each part that cannot be had."""
    state, problems = first_of(offered), []
    for name in NAMES:
        if name not in parameters:
            continue
        value, problem = _value(name, parameters[name], offered, getattr(state, name))
        problems += [problem] if problem else []
        state = replace(state, **{name: value})
    return state, problems


def _value(name: str, text: str, offered: Offered, instead: object) -> tuple[object, str]:
    """The value of one parameter, and a sentence on what is wrong with it; the one instead of it then."""
    shown = text if len(text) <= 60 else text[:59] + "…"
    if name == "models":
        asked = [model for model in text.split(SEPARATOR) if model]
        gone = [model for model in asked if model not in offered.models]
        there = tuple(model for model in dict.fromkeys(asked) if model in offered.models)
        return there, f"The link asks for the map “{gone[0][:40]}”, which is not here." if gone else ""
    if name in WHOLE:
        low, high = WHOLE[name]
        if text.isascii() and text.isdigit() and len(text) <= 10 and low <= int(text) <= high:
            return int(text), ""
        return instead, f"The link's {name} “{shown}” is not a whole number from {low} to {high}; showing {instead}."
    if name in SHARES:
        low, high = SHARES[name]
        share = _number(text)
        if share is not None and low <= share <= high:
            return share, ""
        return instead, f"The link's {name} “{shown}” is not a number from {low} to {high}; showing {instead}."
    if text in (offered.of(name) or ()):
        return text, ""
    if name == "photo":  # the page says where photographs come from
        return instead, f"The link asks for the photograph “{shown}”, which is not here."
    return instead, f"The link asks for {name} “{shown}”, which is not here; showing {instead or 'the usual'} instead."


def _number(text: str) -> float | None:
    try:
        return float(text) if len(text) <= 10 else None
    except ValueError:
        return None


def to_parameters(state: Compared, offered: Offered) -> dict[str, str]:
    """The shortest address that `parse` reads back to the same view."""
    usual, unused = first_of(offered), OF_INPUTS - set(USED[state.input])
    texts = {}
    for name in NAMES:
        value = getattr(state, name)
        told = value != getattr(usual, name) or name in USED[state.input]
        if told and name not in unused and value not in ("", ()):
            texts[name] = SEPARATOR.join(value) if isinstance(value, tuple) else str(value)
    return texts
