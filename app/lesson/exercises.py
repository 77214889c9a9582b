"""Exercises for a class, each with its answer, read from one translatable text."""

from __future__ import annotations

import re
from typing import NamedTuple

import streamlit as st

from hsal.paths import ASSETS

TEXT = ASSETS / "texts" / "exercises.md"
ANSWER = re.compile(r"^\*\*Answer\.\*\* ", re.MULTILINE)


class Exercise(NamedTuple):
    """One exercise; task and answer are Markdown."""

    title: str
    task: str
    answer: str


def exercises() -> list[Exercise]:
    """All exercises: each begins with a line "## …", its answer with "**Answer.** "."""
    found = []
    for text in re.split(r"^## ", TEXT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, body = text.split("\n", 1)
        task, answer = ANSWER.split(body)
        found.append(Exercise(title.strip(), task.strip(), answer.strip()))
    return found


def draw_exercise(exercise: Exercise, number: int, answered: bool) -> None:
    """Draw one exercise.

    Args:
        number: counted from 1.
        answered: whether to show the answer at once; otherwise a switch shows it.
    """
    with st.container(border=True):
        st.subheader(exercise.title, anchor=f"exercise-{number}")
        st.markdown(exercise.task)
        if answered or st.toggle("Show the answer", key=f"exercises.answer.{number}"):
            st.markdown(f"**Answer.** {exercise.answer}")
