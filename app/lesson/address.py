"""The state of the lesson in a link: chapter, scene, visible controls, presentation view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.address import LARGEST_SEED, RANGES
from app.lesson.text import Chapter, SceneKey
from app.links import Fields, flag, read_fields, several, text, whole, write_fields

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
    photo: str = ""  # of a chapter about photos; "" for the chapter's own
    hidden: tuple[str, ...] = ()  # names of CONTROLS
    present: bool = False

    def shows(self, control: str) -> bool:
        """Whether the page shows a control, one of CONTROLS."""
        return control not in self.hidden


def fields_of(chapters: int) -> Fields:
    """The fields of the link; chapters: how many there are."""
    return {
        "chapter": whole(1, chapters, 1), "seed": whole(0, LARGEST_SEED, None), "index": whole(*RANGES["index"], 0),
        "photo": text(),
        "hide": several(tuple(CONTROLS), former=OLD_NAMES), "present": flag(),
    }


def parse_lesson(parameters: Mapping[str, str], chapters: int) -> tuple[LessonAddress, list[str]]:
    """Parse the query parameters of a link.

    Args:
        parameters: name -> value; unknown names are ignored.
        chapters: number of chapters.

    Returns:
        The state, and one sentence for each invalid value, which is replaced by its default.
    """
    values, problems = read_fields(fields_of(chapters), parameters)
    asked = values.pop("hide")
    hidden = tuple(name for name in CONTROLS if name in asked)
    address = LessonAddress(**values, hidden=hidden)
    return address if address.seed is not None else replace(address, index=0), problems


def lesson_parameters(address: LessonAddress) -> dict[str, str]:
    """The shortest query parameters that `parse_lesson` reads back as the same state."""
    values = {**vars(address), "hide": address.hidden}
    return write_fields(fields_of(address.chapter), values, always=("chapter",))


def scene_of(chapter: Chapter, address: LessonAddress) -> SceneKey | None:
    """The scene that a chapter shows; None for a chapter about photos."""
    if chapter.scene is None or address.seed is None:
        return chapter.scene
    return SceneKey(address.seed, address.index)


def shows_own_image(chapter: Chapter, address: LessonAddress) -> bool:
    """Whether the chapter's own scene or photo is shown."""
    return not address.photo if chapter.photos else scene_of(chapter, address) == chapter.scene
