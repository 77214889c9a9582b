"""The attention player's HTML, CSS and JavaScript, as parts for a host and as one standalone page.

Stepping, playing and scrubbing happen in the browser. The same three texts make the app's component and a page that
opens from disk without server or network.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path

from hsal import colors
from hsal.errors import HsalError
from hsal.tracing.interventions.description import intervention_note
from hsal.tracing.schema import Trace

HERE = Path(__file__).parent
FORMATS = ("html",)

# Joined to one script in this order.
SCRIPTS = (
    "trace.js",
    "sentences.js",
    "photo_sentences.js",
    "maps.js",
    "marks.js",
    "canvas.js",
    "scale.js",
    "labels.js",
    "panels.js",
    "address.js",
    "group.js",
    "controls.js",
    "highlights.js",
    "player.js",
)

COLORS = {
    "covert": colors.COVERT,
    "overt": colors.OVERT,
    "priority": colors.PRIORITY,
    "inhibition": colors.INHIBITION,
    "people": colors.PEOPLE,
    "correct": colors.CORRECT,
    "incorrect": colors.INCORRECT,
}

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ margin: 0 auto; max-width: 1140px; padding: 1.5rem 1.25rem; background: #fff; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #14171c; }} }}
{css}
</style>
</head>
<body>
{notice}{html}
<script type="application/json" id="trace">{trace}</script>
<script type="module">
{js}
new Player(document.querySelector(".attention-player"), {{
  trace: document.getElementById("trace").textContent,
  moment: Address.moment() ?? {moment},
}});
</script>
</body>
</html>
"""


class PageError(HsalError):
    """The page cannot be written."""


@cache
def bundle() -> tuple[str, str, str]:
    """HTML, CSS and JavaScript of the player; the JavaScript defines the class `Player`."""
    css, colors_js = base()
    return _read("player.html"), f"{css}\n{_read('player.css')}", "\n".join([colors_js, *map(_read, SCRIPTS)])


@cache
def base() -> tuple[str, str]:
    """CSS of the class "base", and JavaScript with the same `COLORS`; both are shared by all custom elements."""
    variables = "".join(f" --{name}: {color};" for name, color in COLORS.items())
    return f".base {{{variables} }}\n{_read('base.css')}", f"const COLORS = {json.dumps(COLORS)};"


def standalone_html(trace: Trace, moment: int = 0) -> str:
    """One offline HTML document with the player.

    Args:
        trace: to show.
        moment: 0-based moment at the start; `?moment=N` in the address takes precedence.
    """
    html, css, js = bundle()
    # Only "<" could end a script element early; in JSON it can be written as an escape.
    data = trace.to_json().replace("<", "\\u003c")
    title = escape(f"Attention over {trace.source.name}")
    edits = intervention_note(trace)
    notice = f'<p class="base">{escape(edits)}</p>\n' if edits else ""
    return PAGE.format(title=title, css=css, notice=notice, html=html, trace=data, js=js, moment=int(moment))


def save_page(trace: Trace, path: Path) -> None:
    """Write a trace to an .html file that opens from disk without server or network.

    Raises:
        PageError: the file cannot be written.
    """
    try:
        path.write_text(standalone_html(trace), encoding="utf-8")
    except OSError as error:
        raise PageError(f"The trace cannot be written to {path} ({error.strerror}).") from error


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
