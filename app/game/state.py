"""The state of the game: a challenge, which the link carries, and what was played of each scene."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from app.address import LARGEST_SEED
from app.game.challenge import Challenge, parse, to_parameters
from app.state import LinkedState

PAGE: LinkedState[Challenge] = LinkedState("game", browser=())
PLAYED = "hsal.game.played"
GAME = "game"  # the key of the element in which a scene is played


def enter() -> tuple[Challenge, list[str]]:
    """The challenge of the link, of the last visit, or a new scene; and sentences on what could not be read."""
    problems: list[str] = []

    def read(parameters: dict[str, str]) -> Challenge:
        challenge, found = parse(parameters, _any_seed())
        problems.extend(found)
        return challenge

    PAGE.enter(read)
    PAGE.write(to_parameters(PAGE.state))
    return PAGE.state, problems


def choose_random_scene() -> None:
    """Choose a new scene at random, with no score to beat."""
    PAGE.change(Challenge(_any_seed()), to_parameters)


def store_play(seed: int) -> None:
    """Store what the browser reports as played."""
    if (play := st.session_state[GAME].get("play")) is not None:
        st.session_state.setdefault(PLAYED, {})[seed] = play


def played(seed: int) -> Any | None:
    """What was played of a scene, as the browser reported it; None until the game is over."""
    return st.session_state.get(PLAYED, {}).get(seed)


def _any_seed() -> int:
    return secrets.randbelow(LARGEST_SEED)
