"""Training of a backbone on objects cut out of the volumes of whole scenes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from hsal.config import PretrainConfig
from hsal.data.base import Box, Scene, SceneSource
from hsal.training.loop import fresh_model
from hsal.training.pretrain import ObjectClassifier, accuracy, objects_of, pretrain
from tests.fixtures.small_training import MODEL

VOLUME = PretrainConfig(cut="volume", steps=60, batch=8, learning_rate=1e-2, validate_every=30, validation_scenes=40)


class Squares(SceneSource):
    """Left half a white or a gray square (label 0 or 1), right half the same, or empty."""

    name = "squares"

    def render(self, seed: int, index: int = 0) -> Scene:
        rng = np.random.default_rng((seed, index))
        labels = rng.integers(2, size=int(rng.integers(1, 3))).tolist()
        image, boxes = np.zeros((32, 32), np.uint8), []
        for place, label in enumerate(labels):
            boxes.append(Box(label, 0, 16 * place, 16, 16 * place + 16))
            image[2:14, 16 * place + 2 : 16 * place + 14] = 120 if label else 255
        return Scene(image, tuple(sorted(labels)), tuple(boxes))


def make_classifier() -> ObjectClassifier:
    return ObjectClassifier(fresh_model(MODEL, 0))


def test_the_volume_of_each_object_excludes_the_others() -> None:
    shown = objects_of(make_classifier(), VOLUME, Squares(), 0, 0, 8)
    for row in range(8):
        scene = Squares().render(0, row)
        assert [label for label in shown.label[row].tolist() if label >= 0] == [b.label for b in scene.boxes]
        # the map's four cells: both objects are above, each hides the other, and below there is background
        two = len(scene.boxes) == 2
        assert shown.cover[row, 0].tolist() == [[1.0, 0.0 if two else 1.0], [1.0, 1.0]]
        if two:
            assert shown.cover[row, 1].tolist() == [[0.0, 1.0], [1.0, 1.0]]


def test_an_object_of_an_image_has_the_whole_volume() -> None:
    config = replace(VOLUME, cut="image")
    shown = objects_of(make_classifier(), config, Squares(), 0, 0, 8)
    assert shown.label.shape == (8, 1)
    assert torch.equal(shown.cover, torch.ones(8, 1, 2, 2))


def test_objects_side_by_side_are_classified_separately() -> None:
    classifier = make_classifier()
    optimizer = torch.optim.AdamW(classifier.parameters())
    before = accuracy(classifier.eval(), VOLUME, Squares())
    for progress in pretrain(classifier, optimizer, VOLUME, Squares(), Squares()):
        last = progress
    assert before < 0.8
    assert last.metrics["validation_accuracy"] > 0.95


def test_padding_for_scenes_with_fewer_objects_has_no_gradient() -> None:
    shown = objects_of(make_classifier(), VOLUME, Squares(), 0, 0, 8)
    assert (shown.label == -1).any()  # otherwise this test checks nothing
    classifier = make_classifier().eval()
    logits = classifier(torch.rand(8, 1, 32, 32), shown.cover)
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), shown.label.flatten(), ignore_index=-1)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert (gradient[shown.label == -1] == 0).all()
    assert logits.isfinite().all()


def test_rejects_an_unknown_cut() -> None:
    from hsal.cli import main

    with pytest.raises(SystemExit):
        main(["pretrain", "--out", "nowhere", "--cut", "paper"])
