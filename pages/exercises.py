"""Exercises: tasks for a class with their answers, which open one by one and can be printed."""

import streamlit as st

from app import cache
from app.lesson import exercises_state as state
from app.lesson.exercises import draw_exercise, exercises

st.title("Exercises", anchor=False)
st.markdown(
    "Tasks for a class that works through [Covert and overt](covert-and-overt), to be used with each chapter or "
    "afterward. The page can be printed with or without answers."
)
answered = st.toggle("Show all answers", key=state.enter())
state.leave()
for number, exercise in enumerate(exercises(), start=1):
    draw_exercise(exercise, number, answered)
cache.preload()
