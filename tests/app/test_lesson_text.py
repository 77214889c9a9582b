"""The lesson's texts: every chapter is complete, and every statement about people has a reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.lesson.exercises import exercises
from app.lesson.live import LIVE
from app.lesson.text import (
    HIGHLIGHTS,
    LESSON,
    Chapter,
    LessonError,
    SceneKey,
    chapters,
    handout_texts,
    read_chapter,
    reference_list,
    references,
    to_streamlit,
)

WORDS = re.compile(r"\b(c?overt)\b", re.IGNORECASE)
GOOD = """+++
title = "One"
short = "One"
live = "trace"
scene = { seed = 1 }
caption = "What is shown."
question = "Why?"
[[answers]]
text = "So."
correct = true
why = "Yes."
+++
An idea [@posner1980] of [the mask](#mask).

## Try it

Do this.
"""


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.short)
def test_a_chapter_has_all_parts(chapter: Chapter) -> None:
    assert all([chapter.title, chapter.idea, chapter.trial, chapter.caption, chapter.question.endswith("?")])
    assert chapter.live in LIVE
    assert sum(answer.correct for answer in chapter.answers) == 1
    assert len(chapter.answers) >= 3
    assert all(answer.text and answer.why for answer in chapter.answers)
    assert chapter.cited
    assert all(key in references() for key in chapter.cited)
    assert to_streamlit(chapter.idea + chapter.trial).count("data-highlights") >= 1


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.short)
def test_covert_and_overt_carry_their_colors(chapter: Chapter) -> None:
    bare = chapter.idea + chapter.trial
    for word, color in (("covert", "blue"), ("overt", "orange")):
        bare = bare.replace(f":{color}[**{word}**]", "")
    assert not WORDS.search(bare)


def test_nine_chapters_in_order_and_every_reference_is_cited() -> None:
    assert len(chapters()) == 9
    assert len({chapter.short for chapter in chapters()}) == 9
    assert {key for chapter in chapters() for key in chapter.cited} == set(references())
    assert all(re.search(r"\(\d{4}\)\. ", one.full) for one in references().values())
    assert all(one.link.startswith("https://doi.org/10.") for one in references().values() if one.link)


def test_every_part_is_highlighted_by_some_text() -> None:
    texts = "".join(chapter.idea + chapter.trial for chapter in chapters())
    assert {part for part in HIGHLIGHTS if f"(#{part})" in texts} == set(HIGHLIGHTS)


def test_the_marks_become_links_and_spans() -> None:
    assert to_streamlit("A claim [@posner1980].") == (
        "A claim ([Posner, 1980](https://doi.org/10.1080/00335558008248231))."
    )
    assert to_streamlit("See [:blue[the mask]](#mask).") == (
        'See <span class="highlights" data-highlights="mask" tabindex="0">:blue[the mask]</span>.'
    )
    assert to_streamlit("A [link](https://example.org) stays.") == "A [link](https://example.org) stays."


@pytest.mark.parametrize("text", ["A claim [@nobody1900].", "See [this](#nothing)."])
def test_unknown_marks_are_refused(text: str) -> None:
    with pytest.raises(LessonError, match=r"not one of|not in references"):
        to_streamlit(text)


def test_a_chapter_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "1-one.md"
    path.write_text(GOOD)
    chapter = read_chapter(path)
    assert (chapter.title, chapter.scene, chapter.photos) == ("One", SceneKey(1, 0), ())
    assert (chapter.trial_title, chapter.trial, chapter.cited) == ("Try it", "Do this.", ("posner1980",))
    assert reference_list(chapter).startswith("- Posner, M. I. (1980).")


def test_a_chapter_about_photos_has_no_scene(tmp_path: Path) -> None:
    path = tmp_path / "1-one.md"
    path.write_text(GOOD.replace("scene = { seed = 1 }", 'photos = ["a.jpg", "b.jpg"]'))
    chapter = read_chapter(path)
    assert (chapter.scene, chapter.photos) == (None, ("a.jpg", "b.jpg"))


@pytest.mark.parametrize("broken", [
    GOOD.replace("+++\n", "", 1), GOOD.replace("## Try it", ""), GOOD.replace('title = "One"\n', ""),
    GOOD.replace("seed = 1", "seed ="), GOOD.replace("correct = true", "right = true"),
])
def test_an_invalid_chapter_is_reported_in_one_sentence(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "1-one.md"
    path.write_text(broken)
    with pytest.raises(LessonError, match=r"^The chapter 1-one.md does not have the format of"):
        read_chapter(path)


def test_exercises_have_answers_and_the_handout_has_its_texts() -> None:
    found = exercises()
    assert len(found) >= 5
    assert all(part for exercise in found for part in exercise)
    assert found[0].title == "1. Covert or overt? (5 minutes, no computer)"
    assert found[0].answer.startswith("Covert: a and c")
    assert "Covert: a and c" not in found[0].task
    assert len(handout_texts().rows) == len(handout_texts().words) == 5
    assert LESSON.is_dir()
