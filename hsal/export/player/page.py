"""The attention player's html, css and js, as parts for a host and as one stand-alone page.

Stepping, playing and scrubbing happen in the browser alone; the same three texts make the app's element and a
page that opens from disk with no server and no network.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path

from hsal import colors as colors
from hsal.errors import HsalError
from hsal.tracing.interventions.description import intervention_note
from hsal.tracing.schema import Trace

HERE = Path(__file__).parent
FORMATS = ("html",)

# One script, in the order of use.
SCRIPTS = (
    "trace.js",
    "sentences.js",
    "maps.js",
    "marks.js",
    "canvas.js",
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
    "right": colors.RIGHT,
    "wrong": colors.WRONG,
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
{changed}{html}
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
    """The page cannot be made as asked."""


@cache
def bundle() -> tuple[str, str, str]:
    """The player's html, css and js, each as one text; the js has the class `Player`."""
    css, colors_js = base()
    return _read("player.html"), f"{css}\n{_read('player.css')}", "\n".join([colors_js, *map(_read, SCRIPTS)])


@cache
def base() -> tuple[str, str]:
    """What every element of ours stands on: css for the class "base", and js with the same `COLORS`."""
    variables = "".join(f" --{name}: {color};" for name, color in COLORS.items())
    return f".base {{{variables} }}\n{_read('base.css')}", f"const COLORS = {json.dumps(COLORS)};"


def standalone_html(trace: Trace, moment: int = 0) -> str:
    """One offline HTML document with the player in it; `?moment=N` in its address wins over `moment`."""
    html, css, js = bundle()
    # Inside a script element only "<" could end it early; JSON allows it to be written as an escape.
    data = trace.to_json().replace("<", "\\u003c")
    title = escape(f"Attention over {trace.source.name}")
    done = intervention_note(trace)
    told = f'<p class="base">{escape(done)}</p>\n' if done else ""
    return PAGE.format(title=title, css=css, changed=told, html=html, trace=data, js=js, moment=int(moment))


def save_page(trace: Trace, path: Path) -> None:
    """Write the walk to an .html file that opens from disk, with no server and no network.

    Raises:
        PageError: the file cannot be written.
    """
    try:
        path.write_text(standalone_html(trace), encoding="utf-8")
    except OSError as error:
        raise PageError(f"The walk cannot be written to {path} ({error.strerror}).") from error


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
