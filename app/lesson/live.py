"""The live element of each chapter: the real model, on the scene that is shown."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app import theme
from app.lesson import scenes
from app.lesson.address import LessonAddress
from app.lesson.sandbox import Options, sandbox, sandbox_weights
from app.lesson.scenes import CROSS_ENTROPY, REINFORCE, volume_of, walk_over
from app.lesson.state import INHIBITION
from app.lesson.text import Place
from app.player import attention_player
from app.results import figures
from app.weights import describe
from hsal.tracing.schema import Trace

Live = Callable[[Place, LessonAddress], None]


def _walk(place: Place, shown: LessonAddress) -> None:
    attention_player(walk_over(place.seed, place.index), key="lesson.walk", compact=True)


def _whole(place: Place, shown: LessonAddress) -> None:
    attention_player(walk_over(place.seed, place.index), key="lesson.whole")


def _trying(**options: object) -> Live:
    """A sandbox with such options; the controls of spotlights can be left out by the link."""

    def draw(place: Place, shown: LessonAddress) -> None:
        chosen = Options(sliders=shown.shows("spotlights"), **options)
        volume = volume_of(place.seed, place.index)
        trace = walk_over(place.seed, place.index)
        sandbox(trace, volume, describe(REINFORCE).config, chosen, key=f"lesson.sandbox.{shown.chapter}")
        if chosen.spots:
            sandbox_weights(REINFORCE)

    return draw


def _inhibition(place: Place, shown: LessonAddress) -> None:
    on = st.toggle("Inhibition of return", value=True, key=INHIBITION)
    trace = walk_over(place.seed, place.index, inhibition=on)
    attention_player(trace, key=f"lesson.inhibition.{on}", compact=True)
    with st.spinner("Counting over many images …"):
        counts = [scenes.returns(inhibition) for inhibition in (True, False)]
    left, right = st.columns(2)
    for column, count, state in zip((left, right), counts, ("on", "off"), strict=True):
        column.metric(f"Came back, inhibition {state}", f"{count.again / count.later_looks:.0%}",
                      help="Looks after an image's first that return to a digit looked at before.")
        column.caption(f"{count.again:,} of {count.later_looks:,} later looks, in {count.scenes} images; "
                       f"said *stop* in {count.stopped}.")


def _learning(place: Place, shown: LessonAddress) -> None:
    titles = {REINFORCE: "Taught by rewards", CROSS_ENTROPY: "Taught by an order drawn by lot"}
    walks = {name: walk_over(place.seed, place.index, name) for name in titles}
    for column, (name, title) in zip(st.columns(2, gap="medium"), titles.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            attention_player(walks[name], key=f"lesson.learning.{name}", compact=True)
            st.caption(_summary(walks[name]))
    st.markdown("**How sure is each of its first name?**")
    st.plotly_chart(figures.first_names({titles[name]: walk for name, walk in walks.items()}, theme.is_dark()),
                    config=figures.QUIET, key="lesson.first")
    firsts = "; ".join(f"{title.lower()}, {_likeliest(walks[name])}" for name, title in titles.items())
    st.caption(f"The likeliest first name of the one {firsts}.")


def _likeliest(walk: Trace) -> str:
    probabilities = walk.steps[0].class_probabilities
    label = int(probabilities.argmax())
    sure = "over 99%" if probabilities[label] >= 0.995 else f"{probabilities[label]:.0%}"
    return f"{walk.class_names[label]} ({sure})"


def _summary(walk: Trace) -> str:
    named = " ".join(walk.class_names[label] for label in walk.labels) or "nothing"
    return f"Named {named}. Saliency where it glimpsed: {walk.attn_saliency:.2f} of the highest."


# name in a chapter's settings -> what draws it
LIVE: dict[str, Live] = {
    "walk": _walk,
    "guess": _trying(spots=0, guess=True),
    "spotlight": _trying(spots=1, most=3),
    "several": _trying(spots=2, most=3, own=True),
    "glimpse": _trying(spots=1, most=3, own=True, glimpses=True, compare=True),
    "inhibition": _inhibition,
    "whole": _whole,
    "learning": _learning,
}
WIDE = ("whole",)  # those that need the whole width of the page
