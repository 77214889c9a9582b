"""Styles that app/.streamlit/config.toml cannot set, and the list of pages."""

from __future__ import annotations

import base64

import streamlit as st

from app.component import WIDE, join_files
from app.state import CONTAINER
from hsal.paths import ASSETS

# A data URL: the browser would request any other icon again whenever the address changes, and the player changes the
# address with every step.
ICON = "data:image/png;base64," + base64.b64encode((ASSETS / "favicon.png").read_bytes()).decode()

# file in pages/, title, icon, path in the address
PAGES = (
    ("overview", "Overview", ":material/visibility:", ""),
    ("step_through", "Step through", ":material/footprint:", "step-through"),
    ("many_images", "Many images", ":material/grid_view:", "many-pictures"),
    ("lesson", "Covert and overt", ":material/school:", "covert-and-overt"),
    ("exercises", "Exercises", ":material/assignment:", "exercises"),
    ("try_it", "Try it yourself", ":material/psychology:", "try-it"),
    ("game", "You against the model", ":material/sports_esports:", "you-against-the-model"),
    ("compare", "Compare saliency", ":material/compare:", "compare-saliency"),
    ("people", "People and model", ":material/groups:", "people-and-model"),
    ("results", "Results", ":material/table_chart:", "results"),
    ("train", "Train", ":material/model_training:", "train"),
)
UNLISTED = ("exercises",)  # pages without an entry in the navigation, which other pages link to


def style() -> None:
    """Page-wide CSS: a maximum width, less empty space above, and AA contrast where Streamlit's own is lower."""
    on_primary = "#12171a" if is_dark() else "#ffffff"
    background = st.get_option(f"theme.{'dark' if is_dark() else 'light'}.backgroundColor")
    st.html(
        f"<style>.stApp {{ --back: {background} }} {join_files(WIDE)}"
        "[data-testid='stCaptionContainer'] { opacity: 1; color: color-mix(in srgb, currentColor 78%, transparent) }"
        f":is([data-testid^='stBaseButton-primary'], [data-testid='stMultiSelect'] :is([data-tag], [data-tag] *))"
        f" {{ color: {on_primary} }}"
        f".st-key-{CONTAINER} {{ display: none }}"
        "[data-testid^='stBaseButton']:enabled kbd { color: inherit }"
        ".block-container { max-width: 1180px; padding-top: 4.2rem; padding-bottom: 4rem }"
        "@media (max-width: 640px) { .block-container { padding: 4rem 1rem 3rem } }"
        "</style>"
    )


def is_dark() -> bool:
    """Whether the visitor sees the dark theme."""
    return st.context.theme.type == "dark"
