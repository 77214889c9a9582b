"""The animation: a frame for each moment, the same bytes each time, and errors in one sentence."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hsal.export import film
from hsal.export.film import END_MS, FRAME_MS, LABEL_MS, FilmError, film_bytes, save_film
from hsal.tracing.interventions.schema import Edit, Interventions
from hsal.tracing.timeline import moments_of
from tests.fixtures.traces import make_trace


def frames(data: bytes) -> list[tuple[np.ndarray, int]]:
    """Each frame's pixels, and how long it lasts in ms."""
    with Image.open(io.BytesIO(data)) as moving:
        found = []
        for number in range(moving.n_frames):
            moving.seek(number)
            pixels = np.asarray(moving.convert("RGB"))
            found.append((pixels, moving.info["duration"]))
        return found


def test_moments_equal_those_of_the_player() -> None:
    trace = make_trace()
    kinds = [moment.kind for moment in moments_of(trace) if moment.step == 0]
    k = len(trace.steps[0].glimpses)
    assert kinds == ["saliency", "mask", "priority", "broad", *["glimpse"] * k, "label", "inhibition"]
    assert len(list(moments_of(trace))) == trace.moments


def test_every_moment_has_a_frame_of_its_duration() -> None:
    trace = make_trace()
    found = frames(film_bytes(trace, "webp"))
    shown = list(moments_of(trace))
    assert len(found) == len(shown)
    wanted = [LABEL_MS if moment.kind == "label" else FRAME_MS for moment in shown[:-1]] + [END_MS]
    # Pillow's reader reports the duration of a WebP frame
    assert [duration for _, duration in found] == wanted
    assert found[0][0].shape == (round(100 * (film.SIDE + film.FOOT)), round(100 * film.SIDE), 3)
    images = [pixels.tobytes() for pixels, _ in found[:7]]
    assert len(set(images)) == len(images)  # all different


def test_the_same_trace_gives_the_same_bytes_light_and_dark() -> None:
    trace = make_trace(labels=(10,), rewards=(-1.0,))
    light, dark = film_bytes(trace, "gif"), film_bytes(trace, "gif", dark=True)
    assert light == film_bytes(trace, "gif")
    assert frames(light)[0][0][-2, -2].min() > 240
    assert frames(dark)[0][0][-2, -2].max() < 40


def test_interventions_are_noted_beside_the_step() -> None:
    trace = make_trace(labels=(10,), rewards=(-1.0,))
    made = replace(trace, interventions=Interventions((Edit(0, label=10),)))
    (own, _), (other, _) = frames(film_bytes(trace, "webp"))[0], frames(film_bytes(made, "webp"))[0]
    differ = (own != other).any(axis=2)  # (H,W)
    rows, columns = differ.nonzero()
    assert rows.min() > film.DPI * film.SIDE  # under the image
    assert columns.min() > 0.6 * film.DPI * film.SIDE  # and beside the text


def test_draws_a_step_without_glimpses() -> None:
    trace = make_trace()
    steps = [replace(step, glimpses=()) for step in trace.steps]
    bare = object.__new__(type(trace))  # without validation: only interventions may remove glimpses
    bare.__dict__.update({**trace.__dict__, "steps": tuple(steps)})
    assert len(frames(film_bytes(bare, "webp"))) == len(list(moments_of(bare)))


def test_truncates_a_long_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "MOST_FRAMES", 3)
    assert len(frames(film_bytes(make_trace(), "webp"))) == 3


def test_reports_what_cannot_be_drawn_or_written(tmp_path: Path) -> None:
    with pytest.raises(FilmError, match="gif or webp, not as 'mp4'"):
        film_bytes(make_trace(), "mp4")
    with pytest.raises(FilmError, match="cannot be written"):
        save_film(make_trace(labels=(10,), rewards=(-1.0,)), tmp_path / "nowhere" / "trace.gif")
    save_film(make_trace(labels=(10,), rewards=(-1.0,)), tmp_path / "trace.gif")
    assert (tmp_path / "trace.gif").read_bytes()[:6] == b"GIF89a"
