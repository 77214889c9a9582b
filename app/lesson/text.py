"""The lesson's texts: one translatable Markdown file per chapter in assets/texts/lesson.

A chapter begins with its settings between two lines of +++ (TOML): title, short, live, scene or photos, caption,
question and answers. The idea follows, and after a line "## …" something to try. Markdown is extended by two marks:

- `[@key]` cites an entry of references.toml;
- `[the mask](#mask)` highlights a part of the live element while the pointer or the focus is on it.
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
HIGHLIGHTS = (
    "image", "saliency", "mask", "spotlight", "priority", "broad", "glimpse", "glimpses", "answer", "inhibition",
    "people", "model",
)  # parts of a live element that a text may highlight
HIGHLIGHT = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])+)\]\(#(\w+)\)")
CITE = re.compile(r" ?\[@(\w+)\]")


class LessonError(HsalError):
    """A text of the lesson is invalid; the message names the file and the problem."""


@dataclass(frozen=True)
class Reference:
    """A publication that the texts cite."""

    short: str
    """Citation in running text: authors and year."""
    full: str
    """Entry of the reference list, Markdown."""
    link: str = ""
    """DOI link; empty if there is none."""


@dataclass(frozen=True)
class Answer:
    """One answer to a chapter's question, with its explanation."""

    text: str
    why: str
    correct: bool = False


@dataclass(frozen=True)
class SceneKey:
    """Identifies one of the task's scenes."""

    seed: int
    index: int = 0


@dataclass(frozen=True)
class Chapter:
    """One chapter: one idea."""

    title: str
    short: str
    """Title of one or two words, for the list of chapters."""
    live: str
    """The live element beside the text: a key of `app.lesson.live.LIVE`."""
    caption: str
    """What the live element shows."""
    question: str
    answers: tuple[Answer, ...]
    idea: str
    """Markdown, with the two marks."""
    trial_title: str
    trial: str
    """Markdown, with the two marks: something to do."""
    scene: SceneKey | None = None
    """The scene shown unless the link sets another one; None for a chapter about photos."""
    photos: tuple[str, ...] = ()
    """Names of photos; the first that is available is shown unless the link sets another one."""

    @property
    def cited(self) -> tuple[str, ...]:
        """Keys of the cited references, in the order of the text."""
        return tuple(dict.fromkeys(CITE.findall(self.idea + self.trial)))


@cache
def chapters() -> tuple[Chapter, ...]:
    """All chapters in order; raises LessonError."""
    return tuple(read_chapter(path) for path in sorted(LESSON.glob("[0-9]*.md")))


def read_chapter(path: Path) -> Chapter:
    """Read a chapter from its file.

    Raises:
        LessonError: the file does not have the format described above.
    """
    try:
        _, head, body = path.read_text(encoding="utf-8").split("+++\n", 2)
        idea, trial_title, trial = re.split(r"^## (.+)\n", body, flags=re.MULTILINE)
        settings: dict[str, Any] = tomllib.loads(head)
        answers = tuple(Answer(**answer) for answer in settings.pop("answers"))
        photos = tuple(settings.pop("photos", ()))
        scene = None if photos else SceneKey(**settings.pop("scene"))
        return Chapter(**settings, scene=scene, photos=photos, answers=answers, idea=idea.strip(),
                       trial_title=trial_title.strip(), trial=trial.strip())
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"The chapter {path.name} does not have the format of app/lesson/text.py ({error})."
        raise LessonError(message) from error


@cache
def references() -> Mapping[str, Reference]:
    """Maps each key that the texts may cite to its reference; raises LessonError."""
    try:
        listed = tomllib.loads((LESSON / "references.toml").read_text(encoding="utf-8"))
        return {key: Reference(**values) for key, values in listed.items()}
    except (OSError, ValueError, TypeError) as error:
        raise LessonError(f"The lesson's references.toml is damaged ({error}).") from error


def to_streamlit(text: str) -> str:
    """Convert a text to Streamlit's Markdown, with the two marks as HTML.

    Raises:
        LessonError: the text highlights or cites something unknown.
    """
    known = references()

    def cited(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise LessonError(f"The lesson cites {found[1]!r}, which is not in references.toml.")
        reference = known[found[1]]
        return f" ([{reference.short}]({reference.link}))" if reference.link else f" ({reference.short})"

    def highlighted(found: re.Match[str]) -> str:
        if found[2] not in HIGHLIGHTS:
            raise LessonError(f"The lesson highlights {found[2]!r}, which is not one of: {', '.join(HIGHLIGHTS)}.")
        return f'<span class="highlights" data-highlights="{found[2]}" tabindex="0">{found[1]}</span>'

    return CITE.sub(cited, HIGHLIGHT.sub(highlighted, text))


def reference_list(chapter: Chapter) -> str:
    """The references of a chapter as Markdown, one per line."""
    cited = [references()[key] for key in chapter.cited]
    return "\n".join(f"- {one.full}" + (f" [Link]({one.link})" if one.link else "") for one in cited)


@cache
def handout_texts() -> HandoutTexts:
    """The texts of the handout; raises LessonError."""
    from hsal.export.handout import HandoutTexts  # here, so that pages do not load matplotlib

    try:
        return HandoutTexts(**tomllib.loads((LESSON / "handout.toml").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise LessonError(f"The lesson's handout.toml is damaged ({error}).") from error
