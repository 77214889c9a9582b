"""Elements that several pages use."""

from __future__ import annotations

import pytest

from app.widgets import escape_markdown


@pytest.mark.parametrize("text", ["Itti-Koch-Niebur (1998)", "A. B, 0.5!", "2 + 3", "Grad-CAM v1.2"])
def test_text_that_markdown_does_not_interpret_is_not_escaped(text: str) -> None:
    assert escape_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*a* _b_", r"\*a\* \_b\_"), ("[a](b)", r"\[a\](b)"), (":red[x]", r"\:red\[x\]"), ("$a$", r"\$a\$"),
        ("<b>", r"\<b\>"), ("a -- b -> c", r"a \-\- b -\> c"), ("- a\n+ b", "\\- a\n\\+ b"),
        ("1. a\n 2) b", "1\\. a\n 2\\) b"), ("www.a.b", r"www\.a.b"), ("a\n===", "a\n\\==="), ("---", r"\-\-\-"),
    ],
)
def test_markdown_is_escaped(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped
