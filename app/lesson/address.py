"""What a link to the lesson fixes: chapter, scene, which controls are shown, and whether letters are large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.address import LARGEST_SEED, RANGES

# control -> what a teacher reads; a link can leave each of them out
CONTROLS = {
    "chapters": "List of chapters, and the way to the next",
    "pictures": "Choice of another image",
    "spotlights": "Number, weight and width of spotlights",
    "question": "Question and answers",
    "teachers": "This part for teachers",
}


@dataclass(frozen=True)
class LessonAddress:
    """One state of the lesson."""

    chapter: int = 1
    seed: int | None = None  # of the scene; None for each chapter's own
    index: int = 0
    hidden: tuple[str, ...] = ()  # names of CONTROLS
    present: bool = False

    def shows(self, control: str) -> bool:
        """Whether the page shows that control."""
        return control not in self.hidden


def parse_lesson(parameters: Mapping[str, str], chapters: int) -> tuple[LessonAddress, list[str]]:
    """The state that an address asks for, and one sentence for each part that cannot be had.

    Args:
        chapters: how many there are. Names of parameters that are unknown are ignored.
    """
    problems: list[str] = []

    def number(name: str, low: int, high: int, otherwise: int | None) -> int | None:
        text = parameters.get(name)
        if text is None:
            return otherwise
        if text.isascii() and text.isdigit() and len(text) <= 10 and low <= int(text) <= high:
            return int(text)
        problems.append(f"The link's {name} “{text[:60]}” is not a whole number from {low} to {high}.")
        return otherwise

    asked = [name for name in parameters.get("hide", "").split(",") if name]
    unknown = [name for name in asked if name not in CONTROLS]
    if unknown:
        problems.append(f"The link hides “{unknown[0][:60]}”, which is none of: {', '.join(CONTROLS)}.")
    seed = number("seed", 0, LARGEST_SEED, None)
    return LessonAddress(
        chapter=number("chapter", 1, chapters, 1) or 1,
        seed=seed,
        index=(number("index", *RANGES["index"], 0) or 0) if seed is not None else 0,
        hidden=tuple(name for name in CONTROLS if name in asked),
        present=parameters.get("present") == "1",
    ), problems


def lesson_parameters(address: LessonAddress) -> dict[str, str]:
    """The shortest address that `parse_lesson` reads back to the same state."""
    parameters = {"chapter": str(address.chapter)}
    if address.seed is not None:
        parameters["seed"] = str(address.seed)
        if address.index:
            parameters["index"] = str(address.index)
    if address.hidden:
        parameters["hide"] = ",".join(address.hidden)
    if address.present:
        parameters["present"] = "1"
    return parameters
