"""What was measured of saliency models over many pictures: the leaderboard, and attention with each of them."""

from __future__ import annotations

import streamlit as st

from app.widgets import refuse
from hsal import files
from hsal.errors import HsalError

LEADERBOARD = files.RESULTS / "saliency-osie.parquet"


def leaderboard_view() -> None:
    """All models over the pictures of a data set."""
    try:
        from app.leaderboard import leaderboard
    except ImportError:
        leaderboard = None
    if leaderboard is None or not LEADERBOARD.is_file():
        st.caption("There is no leaderboard here yet: `hsal benchmark-saliency` writes one.")
        return
    try:
        leaderboard(LEADERBOARD)
    except HsalError as error:
        refuse(str(error))
