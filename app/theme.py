"""The look that is not in .streamlit/config.toml: a measured page width, and words in their colour."""

from __future__ import annotations

import streamlit as st

from hsal import colours

# file in pages/, title, icon, path in the address
PAGES = (
    ("overview", "Overview", ":material/visibility:", ""),
    ("step_through", "Step through", ":material/footprint:", "step-through"),
)

# On dark ground the two words need lighter tints to be read (contrast 4.5 or more).
TINTS = {"covert": (colours.COVERT, "#5DB4EA"), "overt": ("#8A5F00", colours.OVERT)}


def style() -> None:
    """Page-wide CSS: a calm measure, less empty space above, and the classes covert and overt."""
    words = "".join(
        f".{word} {{ color: {light}; font-weight: 600 }} .hsal-dark .{word} {{ color: {dark} }}"
        for word, (light, dark) in TINTS.items()
    )
    st.html(
        "<style>"
        ".block-container { max-width: 1180px; padding-top: 4.2rem; padding-bottom: 4rem }"
        "@media (max-width: 640px) { .block-container { padding: 4rem 1rem 3rem } }"
        f"{words}</style>"
    )


def is_dark() -> bool:
    """Whether the visitor sees the dark theme."""
    return st.context.theme.type == "dark"


def coloured(html: str) -> None:
    """A paragraph of our own HTML in which <b class="covert"> and <b class="overt"> carry their colours.

    Never for text that comes from a visitor.
    """
    st.html(f'<div class="{"hsal-dark" if is_dark() else "hsal-light"}">{html}</div>')
