"""Exercises: tasks for a class with their answers, to be opened one by one or printed."""

import streamlit as st

from app import cache
from app.lesson.exercises import exercises, show

st.title("Exercises", anchor=False)
st.markdown(
    "Tasks for a class that goes through [Covert and overt](covert-and-overt), a chapter at a time or after it. The "
    "page prints as it stands, with answers or without."
)
answered = st.toggle("Show all answers", key="answers", bind="query-params")
for number, exercise in enumerate(exercises(), start=1):
    show(exercise, number, answered)
cache.warm()
