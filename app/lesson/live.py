"""The live element of each chapter: the real model on the scene or photo that is shown."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app import theme
from app.lesson import scenes
from app.lesson.address import LessonAddress, scene_of
from app.lesson.photos import chapter_photo, model_on
from app.lesson.sandbox import Options, sandbox, sandbox_weights
from app.lesson.scenes import CROSS_ENTROPY, REINFORCE, lesson_trace, volume_of
from app.lesson.state import INHIBITION
from app.lesson.text import Chapter, SceneKey
from app.people.data import replay_data
from app.people.replay import scanpath_replay
from app.player import attention_player
from app.results import figures
from app.weights import describe
from app.widgets import show_error
from hsal.errors import HsalError
from hsal.tracing.schema import Trace

GUESSES = 5  # places to guess on a photo

LiveElement = Callable[[Chapter, LessonAddress], None]
OnScene = Callable[[SceneKey, LessonAddress], None]


def _trace(scene: SceneKey, address: LessonAddress) -> None:
    attention_player(lesson_trace(scene.seed, scene.index), key="lesson.trace", compact=True)


def _full_trace(scene: SceneKey, address: LessonAddress) -> None:
    attention_player(lesson_trace(scene.seed, scene.index), key="lesson.full_trace")


def _sandbox(options: Options) -> OnScene:
    def draw(scene: SceneKey, address: LessonAddress) -> None:
        trace, volume = lesson_trace(scene.seed, scene.index), volume_of(scene.seed, scene.index)
        key, sliders = f"lesson.sandbox.{address.chapter}", address.shows("spotlights")
        sandbox(trace, volume, describe(REINFORCE).config, options, sliders=sliders, key=key)
        if options.spotlights:
            sandbox_weights(REINFORCE)

    return draw


def _inhibition(scene: SceneKey, address: LessonAddress) -> None:
    on = st.toggle("Inhibition of return", value=True, key=INHIBITION)
    trace = lesson_trace(scene.seed, scene.index, inhibition=on)
    attention_player(trace, key=f"lesson.inhibition.{on}", compact=True)
    with st.spinner("Counting revisits in many images …"):
        counts = [scenes.revisits(inhibition) for inhibition in (True, False)]
    for column, count, state in zip(st.columns(2), counts, ("on", "off"), strict=True):
        column.metric(f"Revisits, inhibition {state}", f"{count.revisits / count.later_steps:.0%}",
                      help="Share of meta-steps after the first whose glimpses return to a digit glimpsed before.")
        column.caption(f"{count.revisits:,} of {count.later_steps:,} later meta-steps in {count.scenes} images; "
                       f"the model said *stop* in {count.stopped}.")


def _learning(scene: SceneKey, address: LessonAddress) -> None:
    titles = {REINFORCE: "Trained with rewards", CROSS_ENTROPY: "Trained on a random order"}
    traces = {name: lesson_trace(scene.seed, scene.index, name) for name in titles}
    for column, (name, title) in zip(st.columns(2, gap="medium"), titles.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            attention_player(traces[name], key=f"lesson.learning.{name}", compact=True)
            st.caption(_summary(traces[name]))
    st.markdown("**How sure is each model of its first answer?**")
    st.plotly_chart(figures.first_predictions({titles[name]: trace for name, trace in traces.items()}, theme.is_dark()),
                    config=figures.QUIET, key="lesson.first")
    first = "; ".join(f"{title.lower()}, {_most_probable(traces[name])}" for name, title in titles.items())
    st.caption(f"Most probable first answer of the model {first}.")


def _most_probable(trace: Trace) -> str:
    probabilities = trace.steps[0].class_probabilities
    label = int(probabilities.argmax())
    probability = "over 99%" if probabilities[label] >= 0.995 else f"{probabilities[label]:.0%}"
    return f"{trace.class_names[label]} ({probability})"


def _summary(trace: Trace) -> str:
    named = " ".join(trace.class_names[label] for label in trace.labels) or "nothing"
    return f"Named {named}. Mean saliency at the glimpses: {trace.attn_saliency:.2f} of the maximum."


def _photo(chapter: Chapter, address: LessonAddress) -> None:
    photo = chapter_photo(chapter, address)
    try:
        model = model_on(photo)
    except HsalError as error:  # people can be shown without it
        model = None
        show_error(str(error))
    scanpath_replay(replay_data(photo, model, GUESSES), key="lesson.photo")
    if not photo.people:
        st.caption("There are no fixations of people for this photo, so only the model's path appears.")


def _on_scene(draw: OnScene) -> LiveElement:
    def draw_scene(chapter: Chapter, address: LessonAddress) -> None:
        scene = scene_of(chapter, address)
        if scene is not None:
            draw(scene, address)

    return draw_scene


ON_SCENES: dict[str, OnScene] = {
    "trace": _trace,
    "guess": _sandbox(Options(spotlights=0, guess=True)),
    "spotlight": _sandbox(Options(spotlights=1)),
    "several": _sandbox(Options(spotlights=2, model_choice=True)),
    "glimpse": _sandbox(Options(spotlights=1, model_choice=True, glimpses=True, compare_broad=True)),
    "inhibition": _inhibition,
    "full_trace": _full_trace,
    "learning": _learning,
}
# `live` in a chapter's settings -> what draws the element
LIVE: dict[str, LiveElement] = {name: _on_scene(draw) for name, draw in ON_SCENES.items()} | {"photo": _photo}
WIDE = ("full_trace",)  # elements that need the full width of the page
