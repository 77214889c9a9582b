"""The data that the replay gets, with numbers worked out by hand."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from app.people.data import ModelPaths, quantized, replay_data
from app.people.photos import PeoplePhoto
from app.people.scoring import Prediction
from hsal.gaze.scanpath import Scanpath

PIXELS = np.random.default_rng(0).integers(0, 256, (60, 66, 3), dtype=np.uint8)
PERSON = Scanpath(np.array([1, 30.26]), np.array([2, 40]), np.array([200, 150]))
HASTY = Scanpath(np.array([5]), np.array([6]))


def photo(*people: Scanpath) -> PeoplePhoto:
    return PeoplePhoto("a.png", "A", PIXELS, people)


def test_densities_become_shares_of_their_maximum() -> None:
    levels, peaks = quantized(np.array([[[0.5, 0.25, 0.25, 0]], [[0.25, 0.25, 0.25, 0.25]]]))
    assert levels.tolist() == [[[255, 128, 128, 0]], [[255] * 4]]
    assert peaks.tolist() == [2, 1]  # times the uniform density of 1/4


def test_the_photo_and_its_people() -> None:
    data = replay_data(photo(PERSON, HASTY), None)
    assert data["people"] == [[[1, 2, 200], [30.3, 40, 150]], [[5, 6, None]]]
    assert (data["width"], data["height"], data["blur"], data["near"]) == (66, 60, 2, 4)  # 66 px are 33 degrees
    assert data["model"] is data["next"] is None
    head, _, body = data["photo"].partition(",")
    assert head == "data:image/webp;base64"
    assert Image.open(io.BytesIO(base64.b64decode(body))).size == (66, 60)


def test_a_model_with_predictions_for_some_people() -> None:
    densities = np.array([[[0.5, 0.5]], [[0.2, 0.8]]])
    model = ModelPaths("M", np.array([[3, 4]], np.float32), [None, Prediction(densities, np.array([np.nan, 1.25]))])
    data = replay_data(photo(HASTY, PERSON), model, guesses=5)
    json.dumps(data, allow_nan=False)
    assert data["model"] == {"title": "M", "path": [[3, 4]]}
    assert (data["next"]["rows"], data["next"]["columns"], data["guesses"]) == (1, 2, 5)
    first, second = data["next"]["people"]
    assert first is None
    assert (second["peaks"], second["bits"]) == ([None, 1.6], [None, 1.25])
    assert list(base64.b64decode(second["maps"])) == [255, 255, 64, 255]


@pytest.mark.parametrize("predictions", [(), (None,)])
def test_without_predictions_there_is_no_next_fixation(predictions: tuple[None, ...]) -> None:
    model = ModelPaths("M", np.zeros((1, 2), np.float32), predictions)
    assert replay_data(photo(PERSON), model)["next"] is None
