"""The lesson's texts: one Markdown file a chapter in assets/texts/lesson, which can be translated as they are.

A chapter begins with its settings between two lines of +++ (TOML): title, short, live, scene, caption, question
and answers. Then comes its idea, and after a line "## …" what to try. Two marks are added to Markdown:

- `[@key]` cites a reference of references.toml;
- `[the mask](#mask)` lights up a part of the live element while it is pointed at or has the focus.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hsal.errors import HsalError
from hsal.paths import ASSETS

if TYPE_CHECKING:
    from hsal.export.handout import HandoutTexts

LESSON = ASSETS / "texts" / "lesson"
PARTS = (
    "image", "saliency", "mask", "spotlight", "priority", "broad", "glimpse", "glimpses", "answer", "inhibition",
)  # what a text may light up
LIGHT = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])+)\]\(#(\w+)\)")
CITE = re.compile(r" ?\[@(\w+)\]")


class LessonError(HsalError):
    """A text of the lesson that cannot be used; the message names the file and says what it lacks."""


@dataclass(frozen=True)
class Reference:
    """Where something that is said was found."""

    short: str
    """As in running text: authors and year."""
    full: str
    """As in a list, Markdown."""
    link: str = ""
    """A lasting address; empty where there is none."""


@dataclass(frozen=True)
class Answer:
    """One answer to a chapter's question, which explains itself."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Place:
    """Which of the task's scenes is shown."""

    seed: int
    index: int = 0


@dataclass(frozen=True)
class Chapter:
    """One idea."""

    title: str
    short: str
    """The title in a word or two, for the list of chapters."""
    live: str
    """Which live element stands beside the text: a name of `app.lesson.live.LIVE`."""
    scene: Place
    """What it shows where the link asks for nothing else."""
    caption: str
    """What the live element shows, in words."""
    question: str
    answers: tuple[Answer, ...]
    idea: str
    """Markdown, with the two marks."""
    trial_title: str
    trial: str
    """Markdown, with the two marks: one thing to do."""

    @property
    def cited(self) -> tuple[str, ...]:
        """Keys of the references, in the order of the text."""
        return tuple(dict.fromkeys(CITE.findall(self.idea + self.trial)))


@cache
def chapters() -> tuple[Chapter, ...]:
    """All chapters in order; raises LessonError."""
    return tuple(read_chapter(path) for path in sorted(LESSON.glob("[0-9]*.md")))


def read_chapter(path: Path) -> Chapter:
    """The chapter in a file.

    Raises:
        LessonError: it is not written as above.
    """
    try:
        _, head, body = path.read_text(encoding="utf-8").split("+++\n", 2)
        idea, trial_title, trial = re.split(r"^## (.+)\n", body, flags=re.MULTILINE)
        settings: dict[str, Any] = tomllib.loads(head)
        answers = tuple(Answer(**answer) for answer in settings.pop("answers"))
        scene = Place(**settings.pop("scene"))
        return Chapter(**settings, scene=scene, answers=answers, idea=idea.strip(), trial_title=trial_title.strip(),
                       trial=trial.strip())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LessonError(f"The chapter {path.name} is not written as app/lesson/text.py says ({error}).") from error


@cache
def references() -> Mapping[str, Reference]:
    """Key -> reference, of all that the texts may cite; raises LessonError."""
    try:
        listed = tomllib.loads((LESSON / "references.toml").read_text(encoding="utf-8"))
        return {key: Reference(**values) for key, values in listed.items()}
    except (OSError, ValueError, TypeError) as error:
        raise LessonError(f"The lesson's references.toml is damaged ({error}).") from error


def shown(text: str) -> str:
    """The text as Streamlit's Markdown, with its two marks made HTML.

    Raises:
        LessonError: it lights up or cites something that there is not.
    """
    known = references()

    def cited(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise LessonError(f"The lesson cites {found[1]!r}, which is not in references.toml.")
        reference = known[found[1]]
        return f" ([{reference.short}]({reference.link}))" if reference.link else f" ({reference.short})"

    def lit(found: re.Match[str]) -> str:
        if found[2] not in PARTS:
            raise LessonError(f"The lesson lights up {found[2]!r}, which is none of: {', '.join(PARTS)}.")
        return f'<span class="lights" data-lights="{found[2]}" tabindex="0">{found[1]}</span>'

    return CITE.sub(cited, LIGHT.sub(lit, text))


def reference_list(chapter: Chapter) -> str:
    """The references of a chapter as Markdown, one a line."""
    cited = [references()[key] for key in chapter.cited]
    return "\n".join(f"- {one.full}" + (f" [Link]({one.link})" if one.link else "") for one in cited)


@cache
def handout_texts() -> HandoutTexts:
    """What stands on the handout; raises LessonError."""
    from hsal.export.handout import HandoutTexts  # with matplotlib, which no page waits for

    try:
        return HandoutTexts(**tomllib.loads((LESSON / "handout.toml").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise LessonError(f"The lesson's handout.toml is damaged ({error}).") from error
