"""You against the model: name the digits of a scene seen through a small window, and compare with the model."""

import streamlit as st

from app import cache
from app.game import attention_game, outcome_data, scene_data, state
from app.game.score import read_turns
from app.weights import describe
from app.widgets import show_error, show_problems
from hsal.errors import HsalError
from hsal.paths import ASSETS, DEFAULT_WEIGHTS

challenge, problems = state.enter()
seed = challenge.seed

st.title("You against the model", anchor=False)
st.markdown((ASSETS / "texts" / "game.md").read_text())
show_problems(problems)
try:
    known = describe(DEFAULT_WEIGHTS)
    side, glimpses = known.config.map_side, known.config.glimpses
    scene = cache.scenes(known.task, known.config.size_px, *cache.DEFAULT_SCENE).render(seed)
    outcome = None
    if (play := state.played(seed)) is not None:
        turns = read_turns(play, side * side, glimpses)
        outcome = outcome_data(turns, cache.scene_trace(DEFAULT_WEIGHTS, seed, 0, *cache.DEFAULT_SCENE), challenge)
    attention_game(
        seed, scene_data(scene.image, side, glimpses, challenge.score), outcome, key=state.GAME,
        on_play=lambda: state.store_play(seed),
    )
except HsalError as error:
    show_error(str(error))
st.button("New scene", on_click=state.choose_random_scene, icon=":material/casino:")
st.caption((ASSETS / "texts" / "game_rules.md").read_text())
cache.preload()
