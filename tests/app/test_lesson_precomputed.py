"""The recorded scenes of the chapters equal what the model computes, and the lesson opens without torch."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from app.lesson.precomputed import (
    FOLDER,
    REINFORCE,
    TraceKey,
    recorded_keys,
    recorded_photo_path,
    recorded_revisits,
    recorded_trace,
    recorded_volume,
)
from app.lesson.record import compute_photo_path, recorded_photos
from app.lesson.scenes import compute_revisits, compute_trace, compute_volume
from tests.fixtures.browser import ROOT

TOLERANCE = 1e-3


@pytest.mark.parametrize("key", sorted(set(recorded_keys())), ids=str)
def test_a_recorded_trace_equals_the_computed_one(key: TraceKey) -> None:
    recorded, computed = recorded_trace(*key), compute_trace(*key)
    assert recorded is not None
    assert (recorded.source, recorded.truth, recorded.labels) == (computed.source, computed.truth, computed.labels)
    for before, now in zip(recorded.steps, computed.steps, strict=True):
        assert [glimpse.cell for glimpse in before.glimpses] == [glimpse.cell for glimpse in now.glimpses]
        assert np.abs(before.mask - now.mask).max() < TOLERANCE
        assert np.abs(before.class_probabilities - now.class_probabilities).max() < TOLERANCE


def test_recorded_volumes_and_counts_equal_the_computed_ones() -> None:
    for weights, seed, index, _ in recorded_keys():
        recorded = recorded_volume(seed, index)
        assert recorded is not None
        if weights == REINFORCE:
            computed = compute_volume(seed, index)
            assert np.allclose(recorded.astype(np.float32), computed.astype(np.float32), rtol=2e-3, atol=2e-3)
    for inhibition in (True, False):
        recorded, computed = recorded_revisits()[inhibition], compute_revisits(inhibition)
        assert recorded.scenes == computed.scenes
        # rounding differs between machines, which may change a trace
        shares = [count.revisits / count.later_steps for count in (recorded, computed)]
        assert shares[0] == pytest.approx(shares[1], abs=0.02)


def test_the_recorded_path_on_a_photo_is_the_models() -> None:
    names = recorded_photos()
    assert names
    for name in names:
        recorded = recorded_photo_path(name)
        assert recorded is not None
        assert recorded.shape[1] == 2
        # rounding differs between machines, which may change a sampled path: the first fixations are alike
        assert np.abs(recorded[0] - np.array(compute_photo_path(name))[0]).max() < 60
    assert recorded_photo_path("coffee") is None


def test_other_scenes_are_none_and_every_recorded_file_is_used() -> None:
    assert recorded_trace(REINFORCE, 1, 1) is None
    assert recorded_volume(1, 1) is None
    assert len(list(FOLDER.glob("mnist-*.json"))) == len(set(recorded_keys()))


def test_no_chapter_loads_torch_until_another_image_is_requested() -> None:
    code = (
        "import os, sys; import app.cache; app.cache.preload = lambda: None; os.environ.pop('HSAL_DATA', None)\n"
        "from streamlit.testing.v1 import AppTest\n"
        "for number in range(1, 10):\n"
        "    page = AppTest.from_file('pages/lesson.py', default_timeout=60)\n"
        "    page.query_params['chapter'] = str(number)\n"
        "    page.run()\n"
        "    assert not page.exception and not page.error and page.get('bidi_component')\n"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-500:]
