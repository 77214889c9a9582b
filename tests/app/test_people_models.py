"""Free viewing on a photo: the model's own path, and its predictions along people's paths."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from app.people import models
from app.people.photos import PeoplePhoto, listed_photo
from hsal.evaluation.free_viewing import log_densities
from hsal.gaze.scanpath import Scanpath
from hsal.tracing.schema import Trace
from tests.fixtures.free_viewing import make_model
from tests.tracing.test_photo_traces import photo_trace

GRID = (6, 8)
LONG = Scanpath(np.array([0, 79, 45]), np.array([0, 59, 5]))  # cells 0, 47, 4 of a photo of 60x80 px
SHORT = Scanpath(np.array([0, 79]), np.array([0, 59]))


def test_each_person_is_predicted_from_their_own_path_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    model = make_model()
    monkeypatch.setattr(models, "checkpoint", lambda name, version: SimpleNamespace(model=model))
    saliency = torch.rand(1, *GRID, generator=torch.Generator().manual_seed(3))
    photo = PeoplePhoto("a", "A", np.zeros((60, 80, 3), np.uint8), (SHORT, LONG))
    got = models._conditional("any", 0, saliency.numpy(), photo)
    with torch.no_grad():
        cells = torch.tensor([[0, 47, -1], [0, 47, 4]])
        wanted = log_densities(model, saliency.expand(2, -1, -1), cells).exp().numpy()
    assert got.shape == (2, 3, *GRID)
    assert got[0, :2] == pytest.approx(wanted[0, :2], abs=1e-6)
    assert got[1] == pytest.approx(wanted[1], abs=1e-6)


def test_the_models_path_runs_through_the_centers_of_its_cells() -> None:
    trace: Trace = photo_trace()
    rows, columns = trace.steps[0].saliency.shape
    path = models.path_of(trace, (10 * rows, 20 * columns))
    cells = [glimpse.cell for step in trace.steps for glimpse in step.glimpses]
    assert path.tolist() == [[20 * column + 9.5, 10 * row + 4.5] for row, column in cells]


def test_a_recorded_path_of_a_sample_photo_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = listed_photo("coffee")
    trace = photo_trace()
    recorded = replace(trace, image=photo.pixels, source=replace(trace.source, weights="photos"))
    monkeypatch.setattr(models.samples, "recorded_photo", lambda name: recorded)
    monkeypatch.setattr(models, "model_titles", lambda: {"photos": "Photos"})
    monkeypatch.setattr(models, "checkpoint", None)
    assert models.model_paths("photos", photo).path.tolist() == models.path_of(trace, photo.size).tolist()
    other = replace(photo, pixels=photo.pixels[:, ::-1])  # another photo of that name
    with pytest.raises(TypeError):
        models.model_paths("photos", other)


def test_only_models_of_free_viewing_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models.weights, "choices", lambda: {"mnist-multiset": "mnist-multiset", "gone": "gone"})
    assert models.model_titles() == {}
