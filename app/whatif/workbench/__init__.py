"""The workbench: an attention player whose walk can be changed, by hand in the image or by fields under it.

What the visitor does is sent to the server as a wish (`app.whatif.apply.after`); the walk that follows comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from app.component import custom_element, join_files
from app.whatif.apply import as_plain
from hsal.export.player import page as player
from hsal.tracing.schema import Trace

HERE = Path(__file__).parent
SCRIPTS = ("interventions.js", "panels.js", "pointer.js", "bench.js")  # after the player's own, in the order of use


def workbench(
    trace: Trace, models: Sequence[tuple[str, str]], glimpses: int, *, moment: int, key: str, group: str, title: str,
    mark: int | None, heard: tuple[str, int], on_wish: Callable[[], None],
) -> None:
    """Show a walk that can be changed.

    Args:
        trace: the walk, with what is done in it so far.
        models: name and title of the saliency models to choose from.
        glimpses: that the model takes by itself.
        moment, key, group, title, mark: as for the player.
        heard: name of the browser's element and number of its last wish that was answered.
        on_wish: called when the visitor has done something; all that was not answered yet is then in
            st.session_state[key]["wishes"]: {"name", "wishes": [{"number", ...}]}.
    """
    data = {"trace": trace.to_json(), "moment": moment, "compact": True, "stay": True, "key": key, "group": group}
    data |= {"title": title, "mark": mark, "done": as_plain(trace.interventions), "models": list(models)}
    show = custom_element("hsal_workbench", *bundle())
    show(data={**data, "glimpses": glimpses, "heard": heard}, key=key, on_wishes_change=on_wish)


@cache
def bundle() -> tuple[str, str, str]:
    """The workbench's html, css and js, each as one text; the js is a module with one default export."""
    html, css, _ = player.bundle()
    own = [player.HERE / name for name in player.SCRIPTS] + [HERE / name for name in SCRIPTS]
    body, _, end = html.rpartition("</section>")
    _, colors_js = player.base()
    js = f"{colors_js}\n{join_files(*own)}"
    return f"{body}{join_files(HERE / 'controls.html')}</section>{end}", f"{css}\n{join_files(HERE / 'bench.css')}", js
