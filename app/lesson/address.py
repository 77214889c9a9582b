"""The state of the lesson in a link: chapter, scene, visible controls, presentation view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.address import LARGEST_SEED, RANGES

# control -> label of its checkbox for teachers; a link can hide each control
CONTROLS = {
    "chapters": "List of chapters, and the buttons Next and Back",
    "images": "Choice of another image",
    "spotlights": "Number, weight and width of spotlights",
    "question": "Question and answers",
    "teachers": "This section for teachers",
}
OLD_NAMES = {"pictures": "images"}  # in older links


@dataclass(frozen=True)
class LessonAddress:
    """One state of the lesson."""

    chapter: int = 1
    seed: int | None = None  # of the scene; None for the scene of each chapter
    index: int = 0
    hidden: tuple[str, ...] = ()  # names of CONTROLS
    present: bool = False

    def shows(self, control: str) -> bool:
        """Whether the page shows a control, one of CONTROLS."""
        return control not in self.hidden


def parse_lesson(parameters: Mapping[str, str], chapters: int) -> tuple[LessonAddress, list[str]]:
    """Parse the query parameters of a link.

    Args:
        parameters: name -> value; unknown names are ignored.
        chapters: number of chapters.

    Returns:
        The state, and one sentence for each invalid value, which is replaced by its default.
    """
    problems: list[str] = []

    def number(name: str, low: int, high: int, default: int | None) -> int | None:
        text = parameters.get(name)
        if text is None:
            return default
        if text.isascii() and text.isdigit() and len(text) <= 10 and low <= int(text) <= high:
            return int(text)
        problems.append(f"The link's {name} “{text[:60]}” is not a whole number from {low} to {high}.")
        return default

    hidden = [OLD_NAMES.get(name, name) for name in parameters.get("hide", "").split(",") if name]
    unknown = [name for name in hidden if name not in CONTROLS]
    if unknown:
        problems.append(f"The link hides “{unknown[0][:60]}”, which is not one of: {', '.join(CONTROLS)}.")
    seed = number("seed", 0, LARGEST_SEED, None)
    return LessonAddress(
        chapter=number("chapter", 1, chapters, 1) or 1,
        seed=seed,
        index=(number("index", *RANGES["index"], 0) or 0) if seed is not None else 0,
        hidden=tuple(name for name in CONTROLS if name in hidden),
        present=parameters.get("present") == "1",
    ), problems


def lesson_parameters(address: LessonAddress) -> dict[str, str]:
    """The shortest query parameters that `parse_lesson` reads back as the same state."""
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
