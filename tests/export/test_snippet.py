"""Snippets, executed: the same trace from every kind of image and with interventions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hsal import api
from hsal.data.preprocess import as_scene
from hsal.data.tasks import open_scenes
from hsal.export.snippet import PixelOrigin, SceneOrigin, SnippetError, snippet
from hsal.paths import DEFAULT_WEIGHTS
from hsal.tracing.interventions.schema import NONE, Edit, Interventions, Rule
from hsal.tracing.recording import trace_image
from hsal.tracing.schema import Source, Trace
from hsal.zoo.checkpoint import Checkpoint, load_model
from hsal.zoo.samples import recorded
from tests.fixtures.traces import make_trace

FORKED = Interventions(
    (Edit(0, gaussians=((0.4, 0.3, 2.0, 5.5),), look=((3, 4), None), veto=(3,)), Edit(1, paint=((0, 1, 0.5),))),
    (Rule(1, inhibition=False, temperature=0.7, seed=4),), ((5, 5, 30, 40),), "uniform",
)
HERE = Source("upload", "it's \"mine\".png", "", DEFAULT_WEIGHTS, "channel_energy")


@pytest.fixture(scope="module")
def weights() -> Checkpoint:
    return load_model(DEFAULT_WEIGHTS)


def run_snippet(lines: str) -> Trace:
    namespace: dict[str, object] = {}
    exec(lines, namespace)
    made = namespace["trace"]
    assert isinstance(made, Trace)
    return made


@pytest.mark.parametrize("interventions", [NONE, FORKED])
@pytest.mark.parametrize("changes", [{}, {"digits_min": 5, "digits_max": 5, "clutter": 2, "digit_min_px": 15}])
def test_reproduces_a_scene_by_its_seed(
    weights: Checkpoint, changes: dict[str, int], interventions: Interventions, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = open_scenes("mnist-multiset", "test", digits="embedded", changes=changes).render(9, 2)
    source = Source("scene", "scene 2 of seed 9", "", DEFAULT_WEIGHTS, "channel_energy", 9)
    trace = trace_image(weights.model, scene.image, source, scene.labels, scene.boxes, interventions=interventions)
    lines = snippet(trace, SceneOrigin("mnist-multiset", 100, 9, 2, changes))
    assert run_snippet(lines).to_json() == trace.to_json()
    assert "attn_saliency" in capsys.readouterr().out
    assert ("changes" in lines) == bool(changes)


def test_reproduces_a_sample_with_another_saliency_model(weights: Checkpoint) -> None:
    sample = recorded()["3"]
    trace = trace_image(weights.model, sample.image, sample.source, sample.truth, sample.boxes, saliency="uniform")
    assert run_snippet(snippet(trace)).to_json() == trace.to_json()
    again = run_snippet(snippet(sample))  # recorded on another machine
    assert again.labels == sample.labels
    np.testing.assert_allclose(again.steps[-1].mask, sample.steps[-1].mask, atol=1e-3)


def test_reproduces_a_sample_that_was_uploaded(weights: Checkpoint) -> None:
    trace = trace_image(weights.model, recorded()["2"].image, HERE, notes=("Said of it.",))
    assert run_snippet(snippet(trace)).to_json() == trace.to_json()


def test_reproduces_a_file_by_its_name(weights: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Image.fromarray(np.kron(255 - recorded()["1"].image, np.ones((2, 2), np.uint8))).save(HERE.name)
    trace = api.trace(Path(HERE.name), weights, interventions=replace(FORKED, saliency=""))
    trace = replace(trace, source=replace(trace.source, kind="upload"))
    assert trace.notes
    assert run_snippet(snippet(trace)).to_json() == trace.to_json()


def test_reproduces_a_drawing_by_its_pixels(weights: Checkpoint) -> None:
    image = as_scene(np.roll(recorded()["2"].image, 3, axis=0), 100).image
    source = replace(HERE, kind="drawing", name="drawing 1")
    trace = trace_image(weights.model, image, source, (3, 3), recorded()["2"].boxes[:1], ("Said \\ of it.",))
    assert run_snippet(snippet(trace)).to_json() == trace.to_json()
    hidden = trace_image(weights.model, image, source, interventions=FORKED)
    assert run_snippet(snippet(hidden, PixelOrigin(image))).to_json() == hidden.to_json()
    with pytest.raises(SnippetError, match="hidden"):
        snippet(hidden)


def test_reports_what_a_snippet_cannot_reproduce() -> None:
    with pytest.raises(SnippetError, match="hand-made do not come with"):
        snippet(make_trace())
    trace = replace(make_trace(image_px=(400, 400)), source=replace(HERE, kind="drawing"))
    noise = np.random.default_rng(0).integers(0, 256, (400, 400), dtype=np.uint8)
    with pytest.raises(SnippetError, match="too large"):
        snippet(replace(trace, image=noise))
