"""What is kept of the chapters' scenes is what the model makes of them now, and saves a first visitor torch."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from app.lesson.precomputed import FOLDER, REINFORCE, Walk, kept_returns, kept_volume, kept_walk, needed
from app.lesson.scenes import made_returns, made_volume, made_walk
from tests.fixtures.browser import ROOT

NEAR = 1e-3


@pytest.mark.parametrize("walk", sorted(set(needed())), ids=str)
def test_a_kept_walk_is_the_models_own(walk: Walk) -> None:
    kept, made = kept_walk(*walk), made_walk(*walk)
    assert kept is not None
    assert (kept.source, kept.truth, kept.labels) == (made.source, made.truth, made.labels)
    for before, now in zip(kept.steps, made.steps, strict=True):
        assert [glimpse.cell for glimpse in before.glimpses] == [glimpse.cell for glimpse in now.glimpses]
        assert np.abs(before.mask - now.mask).max() < NEAR
        assert np.abs(before.class_probabilities - now.class_probabilities).max() < NEAR


def test_kept_volumes_and_counts_are_the_models_own() -> None:
    for weights, seed, index, _ in needed():
        kept = kept_volume(seed, index)
        assert kept is not None
        if weights == REINFORCE:
            made = made_volume(seed, index)
            assert np.allclose(kept.astype(np.float32), made.astype(np.float32), rtol=2e-3, atol=2e-3)
    for inhibition in (True, False):
        kept, made = kept_returns()[inhibition], made_returns(inhibition)
        assert kept.scenes == made.scenes
        # another machine rounds otherwise, which may turn a walk
        assert kept.again / kept.later_looks == pytest.approx(made.again / made.later_looks, abs=0.02)


def test_what_is_not_kept_is_none_and_nothing_is_kept_in_vain() -> None:
    assert kept_walk(REINFORCE, 1, 1) is None
    assert kept_volume(1, 1) is None
    assert len(list(FOLDER.glob("mnist-*.json"))) == len(set(needed()))


def test_no_chapter_needs_torch_until_another_picture_is_asked_for() -> None:
    code = (
        "import sys; from unittest import mock; import app.cache; app.cache.warm = lambda: None\n"
        "from streamlit.testing.v1 import AppTest\n"
        "for number in range(1, 9):\n"
        "    page = AppTest.from_file('pages/lesson.py', default_timeout=60)\n"
        "    page.query_params['chapter'] = str(number)\n"
        "    page.run()\n"
        "    assert not page.exception and not page.error and page.get('bidi_component')\n"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-500:]
