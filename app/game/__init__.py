"""You against the model: a scene seen through a small window, then both sequences of glimpses side by side.

The true labels and the model's trace are sent to the browser only after the visitor has said stop.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from app.component import WIDE, custom_element, join_files
from app.game.challenge import Challenge, ScoreSummary, to_parameters
from app.game.score import MAX_LABELS, Score, Turn, compare, in_words, score, turns_of
from hsal.export.player import page
from hsal.tracing.schema import Trace

HERE = Path(__file__).parent
PLAYER_SCRIPTS = ("maps.js", "marks.js")  # images, and lines that are visible on them
SCRIPTS = ("rules.js", "scene.js", "scanpaths.js", "game.js")  # one module, in this order


def attention_game(
    seed: int, scene: dict[str, Any], outcome: dict[str, Any] | None, *, key: str, on_play: Callable[[], None]
) -> None:
    """Show a scene to play, or its outcome.

    Args:
        seed: of the scene.
        scene: from `scene_data`.
        outcome: from `outcome_data`, after the game; None before.
        key: identity of the element.
        on_play: called when the visitor has said stop; the turns are then in st.session_state[key]["play"].
    """
    show = custom_element("hsal_attention_game", *bundle())
    show(data={**scene, "seed": seed, "outcome": outcome}, key=key, on_play_change=on_play)


def scene_data(image: np.ndarray, map_side: int, glimpses: int, challenger: ScoreSummary | None) -> dict[str, Any]:
    """The data that the browser needs for a game.

    Args:
        image: (H,W) uint8.
        map_side: number of cells along one side of the map.
        glimpses: the most glimpses for each digit.
        challenger: score of the person who sent the link, if any.
    """
    height, width = image.shape
    message = None if challenger is None else f"{_challenger_sentence(challenger)} Can you do better?"
    return {
        "image": {"height": height, "width": width, "channels": 1, "data": image.ravel().tolist()},
        "rows": map_side, "columns": map_side, "glimpses": glimpses, "maxLabels": MAX_LABELS, "challenger": message,
    }


def _challenger_sentence(score: ScoreSummary) -> str:
    named = "named every digit correctly" if score.exact else "did not name every digit correctly"
    saliency = "" if score.saliency is None else f" and saliency {score.saliency / 100:.2f}"
    return f"The person who sent you this link {named}, with {in_words(score.glimpses)}{saliency}."


def outcome_data(turns: tuple[Turn, ...], trace: Trace, challenge: Challenge) -> dict[str, Any]:
    """The outcome of a game: both sequences of glimpses, both scores, who won, and the link to share."""
    saliency, truth = trace.steps[0].saliency, trace.truth or ()
    model_turns = turns_of(trace)
    you, model = score(turns, truth, saliency), score(model_turns, truth, saliency)
    sentences = [compare(you.summary, model.summary, "the model")]
    if challenge.score is not None:
        sentences.append(compare(you.summary, challenge.score, "the challenger"))
    return {
        "truth": list(truth), "sentences": sentences,
        "players": [_player("You", turns, you), _player("The model", model_turns, model)],
        "challenger": None if challenge.score is None else _figures(challenge.score),
        "link": urlencode(to_parameters(Challenge(challenge.seed, you.summary))),
    }


def _player(name: str, turns: tuple[Turn, ...], result: Score) -> dict[str, Any]:
    return {
        "name": name, "turns": [[list(turn.cells), turn.label] for turn in turns], "labels": list(result.labels),
        **_figures(result.summary),
    }


def _figures(score: ScoreSummary) -> dict[str, Any]:
    saliency = None if score.saliency is None else score.saliency / 100
    return {"exact": score.exact, "glimpses": score.glimpses, "saliency": saliency}


@cache
def bundle() -> tuple[str, str, str]:
    """HTML, CSS and JavaScript; the JavaScript is a module with one default export."""
    css, colors_js = page.base()
    scripts = join_files(*(page.HERE / name for name in PLAYER_SCRIPTS), *(HERE / name for name in SCRIPTS))
    return join_files(HERE / "game.html"), f"{css}\n{join_files(WIDE, HERE / 'game.css')}", f"{colors_js}\n{scripts}"
