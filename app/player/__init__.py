"""The attention player: one element that holds a whole trace and walks it moment by moment in the browser.

Stepping, playing and scrubbing happen in the browser alone; the server is not asked. The same html, css and
js make the Streamlit element and a stand-alone page.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from hsal import colours
from hsal.trace import Trace

HERE = Path(__file__).parent

# One module, in the order of use. mount.js has the module's only export.
SCRIPTS = (
    "moments.js",
    "sentences.js",
    "maps.js",
    "marks.js",
    "canvas.js",
    "panels.js",
    "address.js",
    "group.js",
    "controls.js",
    "lights.js",
    "player.js",
    "mount.js",
)

COLOURS = {
    "covert": colours.COVERT,
    "overt": colours.OVERT,
    "priority": colours.PRIORITY,
    "inhibition": colours.INHIBITION,
    "right": colours.RIGHT,
    "wrong": colours.WRONG,
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
{html}
<script type="application/json" id="trace">{trace}</script>
<script type="module">
{js}
mount(document.querySelector(".attention-player"), {{
  trace: JSON.parse(document.getElementById("trace").textContent),
  moment: Address.moment() ?? {moment},
}});
</script>
</body>
</html>
"""


def attention_player(
    trace: Trace, *, moment: int = 0, key: str, compact: bool = False, stay: bool = False, group: str = "",
    title: str = "",
) -> None:
    """Show `trace` as a player inside the running Streamlit script.

    Args:
        trace: the walk to show.
        moment: 0-based moment to begin at; an impossible one is clamped. The place the visitor has reached
            is kept over reruns for as long as the trace stays the same one, whatever `moment` says then.
        key: the element's identity on the page.
        compact: picture, sentence, timeline and play button alone; plays by itself once, and leaves the
            address bar alone. Otherwise the address bar carries `?moment=N`.
        stay: keep the visitor's place over to another walk, to compare walks at the same moment.
        group: players of the same group are always at the same moment, which the address bar carries, and none
            plays by itself; a walk that ends early waits at its end. Empty for a player on its own.
        title: a heading above the picture.
    """
    data = {"trace": trace.to_dict(), "moment": moment, "compact": compact, "stay": stay, "key": key}
    data |= {"group": group, "title": title}
    _component()(data=data, key=key)


@cache
def bundle() -> tuple[str, str, str]:
    """The player's html, css and js, each as one text; the js is a module with one default export."""
    css_colours = "".join(f" --{name}: {colour};" for name, colour in COLOURS.items())
    css = f".attention-player {{{css_colours} }}\n{_read('player.css')}"
    js = "\n".join([f"const COLOURS = {json.dumps(COLOURS)};", *map(_read, SCRIPTS)])
    return _read("player.html"), css, js


def standalone_html(trace: Trace, moment: int = 0) -> str:
    """One offline HTML document with the player in it; `?moment=N` in its address wins over `moment`."""
    html, css, js = bundle()
    # Inside a script element only "<" could end it early; JSON allows it to be written as an escape.
    data = trace.to_json().replace("<", "\\u003c")
    title = escape(f"Attention over {trace.source.name}")
    return PAGE.format(title=title, css=css, html=html, trace=data, js=js, moment=int(moment))


@cache
def _component() -> ComponentRenderer:
    # Registered on first use, not on import: the name then lands on the runtime that runs the page, once per
    # process; the renderer registers itself again where a test brings another runtime.
    html, css, js = bundle()
    return st.components.v2.component("hsal_attention_player", html=html, css=css, js=js, isolate_styles=True)


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
