"""The link of Compare saliency, which restores the same maps for another person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from app.address import LARGEST_SEED
from app.links import Field, Fields, choice, number, read_fields, several, whole, write_fields

VIEWS = {"maps": "Maps", "attention": "Attention", "leaderboard": "Leaderboard"}
INPUTS = ("sample", "scene", "photo", "upload", "own")
SPACES = ("rgb", "gray", "lab", "hsv", "ycbcr")
PRIORS = ("none", "add", "multiply")
SCALES = ("maximum", "min-max", "sum", "log", "rank", "none")
BROWSER = ("moment", "opacity", "marks")  # written in the browser by the players and the grid
INTEGERS = {"seed": (0, LARGEST_SEED), "index": (0, 999_999)}
SHARES = {"smooth": (0.0, 0.1), "width": (0.05, 1.0)}
FORMER_MODELS = {"centre_prior": "center_prior"}  # names in older links
FORMER = {"space": {"grey": "gray"}, "first": FORMER_MODELS, "second": FORMER_MODELS}  # codespell:ignore grey


@dataclass(frozen=True)
class CompareState:
    """A state of the page. Defaults are left out of the link."""

    view: str = "maps"
    input: str = "sample"
    sample: str = ""
    task: str = ""  # of the random scene
    seed: int = 1
    index: int = 0
    photo: str = ""  # a photo with fixations
    models: tuple[str, ...] = ()  # none: the default selection
    network: str = ""  # empty: the default for the image
    space: str = "rgb"
    smooth: float = 0.0
    prior: str = "none"
    width: float = 0.25
    scale: str = "maximum"
    first: str = ""  # of the two maps that are compared
    second: str = ""
    weights: str = ""  # of the attention model


NAMES = tuple(field.name for field in fields(CompareState))
FIELDS_OF_INPUT = {
    "sample": ("sample",), "scene": ("task", "seed", "index"), "photo": ("photo",), "upload": (), "own": (),
}
INPUT_FIELDS = {name for names in FIELDS_OF_INPUT.values() for name in names}


@dataclass(frozen=True)
class Choices:
    """The available choices; the first of each is the default."""

    samples: Sequence[str]
    tasks: Sequence[str]
    photos: Sequence[str]
    models: Sequence[str]
    networks: Sequence[str]
    weights: Sequence[str]

    def of(self, name: str) -> Sequence[str] | None:
        """The choices of a field; None for a number or free text."""
        return {
            "view": tuple(VIEWS), "input": INPUTS, "sample": self.samples, "task": self.tasks, "photo": self.photos,
            "network": ("", *self.networks), "space": SPACES, "prior": PRIORS, "scale": SCALES,
            "first": ("", *self.models), "second": ("", *self.models), "weights": self.weights,
        }.get(name)


def fields_of(choices: Choices) -> Fields:
    """The fields of the link."""
    defaults = vars(default_state(choices))
    fields: dict[str, Field[Any]] = {}
    for name in NAMES:
        options = choices.of(name)
        if name == "models":
            fields[name] = several(choices.models, former=FORMER_MODELS)
        elif name in INTEGERS:
            fields[name] = whole(*INTEGERS[name], defaults[name])
        elif name in SHARES:
            fields[name] = number(*SHARES[name], defaults[name])
        else:
            hint = "" if name == "photo" else None  # the page says how to get photos
            fields[name] = choice(options or (), defaults[name], former=FORMER.get(name), hint=hint)
    return fields


def default_state(choices: Choices) -> CompareState:
    """The state of an empty link."""
    sample, task, photo, weights = (next(iter(choices.of(name) or ()), "")
                                    for name in ("sample", "task", "photo", "weights"))
    return CompareState(sample=sample, task=task, photo=photo, weights=weights)


def parse(parameters: Mapping[str, str], choices: Choices) -> tuple[CompareState, list[str]]:
    """The state of a link, and one sentence for each part that cannot be used."""
    values, problems = read_fields(fields_of(choices), parameters)
    return CompareState(**values), problems


def to_parameters(state: CompareState, choices: Choices) -> dict[str, str]:
    """The shortest parameters that `parse` turns back into the same state."""
    unused = INPUT_FIELDS - set(FIELDS_OF_INPUT[state.input])
    fields = {name: field for name, field in fields_of(choices).items() if name not in unused}
    return write_fields(fields, vars(state), always=FIELDS_OF_INPUT[state.input])
