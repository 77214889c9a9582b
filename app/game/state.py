"""The state of the game, which touches st.session_state and the address bar as app/session.py does.

The address is the state: which scene, and the score to beat; what was played is kept beside it.
"""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from app.address import LARGEST_SEED
from app.game.challenge import Challenge, parse, to_parameters

LAST, PLAYED = "hsal.game.last", "hsal.game.played"
GAME = "game"  # the key of the element that scenes are played in


def enter() -> tuple[Challenge, list[str]]:
    """The challenge of the address, else of the last visit, else a new scene; and what could not be read of it."""
    linked = st.query_params.to_dict()
    last = st.session_state.get(LAST)
    if last is not None and not linked:
        challenge, problems = last, []
    else:
        challenge, problems = parse(linked, _any_seed())
    st.session_state[LAST] = challenge
    if linked != to_parameters(challenge):
        st.query_params.from_dict(to_parameters(challenge))
    return challenge, problems


def another_scene() -> None:
    """Choose a new scene at random, with no score to beat."""
    st.query_params.from_dict(to_parameters(Challenge(_any_seed())))


def keep_play(seed: int) -> None:
    """Remember what the browser says was played."""
    if (play := st.session_state[GAME].get("play")) is not None:
        st.session_state.setdefault(PLAYED, {})[seed] = play


def played(seed: int) -> Any | None:
    """What was played of a scene, as the browser told it; None while it goes on."""
    return st.session_state.get(PLAYED, {}).get(seed)


def _any_seed() -> int:
    return secrets.randbelow(LARGEST_SEED)
