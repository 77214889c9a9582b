"""The workbench: an attention player whose trace can be edited, in the image or with the fields under it.

The browser sends each edit to the server as a request (`app.whatif.requests.apply_request`) and gets the new trace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from app.component import custom_element, join_files
from app.whatif.requests import to_plain
from hsal.export.player import page as player
from hsal.tracing.schema import Trace

HERE = Path(__file__).parent
SCRIPTS = ("interventions.js", "panels.js", "pointer.js", "workbench.js")  # after the player's, in the order of use


def workbench(
    trace: Trace, models: Sequence[tuple[str, str]], glimpses: int, *, moment: int, key: str, group: str, title: str,
    mark: int | None, answered: tuple[str, int], on_requests: Callable[[], None],
) -> None:
    """Show a trace that can be edited.

    Args:
        trace: with its interventions so far.
        models: name and title of the saliency models to choose from.
        glimpses: the model's own number of glimpses in a meta-step.
        moment, key, group, title, mark: as for the player.
        answered: name of the browser's element and number of its last request that was answered.
        on_requests: called after an edit. All requests that were not answered yet are then in
            st.session_state[key]["requests"]: {"name", "requests": [{"number", ...}]}.
    """
    data = {"trace": trace.to_json(), "moment": moment, "compact": True, "stay": True, "key": key, "group": group}
    data |= {"title": title, "mark": mark, "interventions": to_plain(trace.interventions), "models": list(models)}
    show = custom_element("hsal_workbench", *bundle())
    show(data={**data, "glimpses": glimpses, "answered": answered}, key=key, on_requests_change=on_requests)


@cache
def bundle() -> tuple[str, str, str]:
    """The workbench's html, css and js, each as one string; the js is a module with one default export."""
    html, css, _ = player.bundle()
    scripts = [player.HERE / name for name in player.SCRIPTS] + [HERE / name for name in SCRIPTS]
    body, _, end = html.rpartition("</section>")
    _, colors_js = player.base()
    js = f"{colors_js}\n{join_files(*scripts)}"
    html = f"{body}{join_files(HERE / 'controls.html')}</section>{end}"
    return html, f"{css}\n{join_files(HERE / 'workbench.css')}", js
