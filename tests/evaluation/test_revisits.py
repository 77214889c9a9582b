"""Counting revisits with a scripted model."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from hsal.data.base import Box, Scene
from hsal.evaluation.revisits import Revisits, count_revisits
from hsal.model.overrides import Overrides
from tests.fixtures.devices import device_required

# Two digits in an image of 8x8 pixels and a map of 2x2 cells: the 3 covers cell 0, the 5 cell 3.
SCENE = Scene(np.zeros((8, 8), np.uint8), (3, 5), (Box(3, 0, 0, 4, 4), Box(5, 4, 4, 8, 8)))


class Scripted:
    """A model with given meta-steps: (cells of each scene, label of each scene)."""

    map_size = (2, 2)
    config = SimpleNamespace(stop=10)

    def __init__(self, *steps: tuple[list[list[int]], list[int]]) -> None:
        self.steps = steps

    def parameters(self) -> Iterator[torch.Tensor]:
        yield torch.zeros(1, device="cpu")

    def perceive(self, images: torch.Tensor) -> None:
        assert images.shape[1:] == (1, 8, 8)

    def rollout(self, view: None, overrides: Overrides) -> object:
        steps = [[torch.tensor(part, device="cpu") for part in step] for step in self.steps]
        return (SimpleNamespace(cells=cells, label=label) for cells, label in steps)


def test_a_revisit_is_a_later_glimpse_of_a_digit_glimpsed_before() -> None:
    # scene 0: the 3, the 3 again, the 5, stop; scene 1: the 5, then background twice, no stop
    model = Scripted(
        ([[0, 0], [3, 3]], [3, 5]), ([[0, 1], [1, 1]], [3, 5]), ([[3, 3], [1, 2]], [5, 5]), ([[0, 0], [2, 2]], [10, 5]),
    )
    # later meta-steps: two of scene 0 (its last is stop), three of scene 1; one revisit
    assert count_revisits(model, [SCENE, SCENE]) == Revisits(scenes=2, later_steps=5, revisits=1, stopped=1)


def test_a_scene_that_stops_at_once_has_no_later_step() -> None:
    assert count_revisits(Scripted(([[0, 0]], [10]), ([[0, 0]], [3])), [SCENE]) == Revisits(1, 0, 0, 1)


def test_creates_every_tensor_on_the_models_device(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Scripted(([[0, 0]], [3]), ([[0, 0]], [10]))
    with device_required(monkeypatch) as called:
        assert count_revisits(model, [SCENE]).revisits == 0
    assert "zeros" in called
