"""You against the model: a scene seen through a small window, then both walks side by side.

The truth and the model's walk are sent to the browser only when the visitor has said stop.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from app.component import WIDE, element, joined
from app.game.challenge import Challenge, Rival, to_parameters
from app.game.score import MOST_NAMES, Score, Turn, compare, score, turns_of
from hsal.export.player import page
from hsal.tracing.schema import Trace

HERE = Path(__file__).parent
SHARED = ("maps.js", "marks.js")  # the player's: images, and lines that can be seen on them
SCRIPTS = ("rules.js", "scene.js", "scanpaths.js", "game.js")  # with them one module, in the order of use


def attention_game(
    seed: int, scene: dict[str, Any], outcome: dict[str, Any] | None, *, key: str, on_play: Callable[[], None]
) -> None:
    """Show a scene to play, or what came of it.

    Args:
        seed: of the scene. scene: of `scene_data`. outcome: of `outcome_data`, once it was played.
        on_play: called when the visitor has said stop; the turns are then in st.session_state[key]["play"].
    """
    show = element("hsal_attention_game", *bundle())
    show(data={**scene, "seed": seed, "outcome": outcome}, key=key, on_play_change=on_play)


def scene_data(image: np.ndarray, map_side: int, glimpses: int, rival: Rival | None) -> dict[str, Any]:
    """What the browser needs to play.

    Args:
        image: (H,W) uint8. map_side: cells along one side. glimpses: to spend on each object.
    """
    height, width = image.shape
    challenger = None if rival is None else f"{_told(rival)} Can you do better?"
    return {
        "image": {"height": height, "width": width, "channels": 1, "data": image.ravel().tolist()},
        "rows": map_side, "columns": map_side, "glimpses": glimpses, "most": MOST_NAMES, "challenger": challenger,
    }


def _told(rival: Rival) -> str:
    named = "named everything right" if rival.right else "did not name everything right"
    saliency = "" if rival.saliency is None else f", attn_saliency {rival.saliency / 100:.2f}"
    return f"Whoever sent you this {named}, with {rival.glimpses} glimpses{saliency}."


def outcome_data(turns: tuple[Turn, ...], trace: Trace, challenge: Challenge) -> dict[str, Any]:
    """What came of a game: both walks and scores, who won, and the link for a friend."""
    saliency, truth = trace.steps[0].saliency, trace.truth or ()
    theirs = turns_of(trace)
    you, model = score(turns, truth, saliency), score(theirs, truth, saliency)
    sentences = [compare(you.rival, model.rival, "the model")]
    if challenge.rival is not None:
        sentences.append(compare(you.rival, challenge.rival, "the challenger"))
    return {
        "truth": list(truth), "sentences": sentences,
        "walks": [_walk("You", turns, you), _walk("The model", theirs, model)],
        "challenger": None if challenge.rival is None else _figures(challenge.rival),
        "link": urlencode(to_parameters(Challenge(challenge.seed, you.rival))),
    }


def _walk(name: str, turns: tuple[Turn, ...], found: Score) -> dict[str, Any]:
    return {
        "name": name, "turns": [[list(turn.cells), turn.label] for turn in turns], "named": list(found.named),
        **_figures(found.rival),
    }


def _figures(rival: Rival) -> dict[str, Any]:
    saliency = None if rival.saliency is None else rival.saliency / 100
    return {"right": rival.right, "glimpses": rival.glimpses, "saliency": saliency}


@cache
def bundle() -> tuple[str, str, str]:
    """Html, css and js, each as one text; the js is a module with one default export."""
    css, colors_js = page.base()
    scripts = joined(*(page.HERE / name for name in SHARED), *(HERE / name for name in SCRIPTS))
    return joined(HERE / "game.html"), f"{css}\n{joined(WIDE, HERE / 'game.css')}", f"{colors_js}\n{scripts}"
