"""Counting returns, on a model whose every look is known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import torch

from hsal.data.base import Box, Scene
from hsal.evaluation.revisits import Revisits, count_returns
from hsal.model.overrides import Overrides

# Two digits in an image of 8x8 pixels and a map of 2x2 cells: the 3 covers cell 0, the 5 cell 3.
SCENE = Scene(np.zeros((8, 8), np.uint8), (3, 5), (Box(3, 0, 0, 4, 4), Box(5, 4, 4, 8, 8)))


class Told:
    """A model that looks where it is told, step by step: (cells of each scene, label of each scene)."""

    map_size = (2, 2)
    config = SimpleNamespace(stop=10)

    def __init__(self, *looks: tuple[list[list[int]], list[int]]) -> None:
        self.looks = looks

    def perceive(self, images: torch.Tensor) -> None:
        assert images.shape[1:] == (1, 8, 8)

    def rollout(self, view: None, overrides: Overrides) -> object:
        return (SimpleNamespace(cells=torch.tensor(cells), label=torch.tensor(label)) for cells, label in self.looks)


def test_a_return_is_a_later_look_at_a_digit_glimpsed_before() -> None:
    # scene 0: the 3, the 3 again, the 5, stop; scene 1: the 5, then empty ground twice, no stop
    model = Told(
        ([[0, 0], [3, 3]], [3, 5]), ([[0, 1], [1, 1]], [3, 5]), ([[3, 3], [1, 2]], [5, 5]), ([[0, 0], [2, 2]], [10, 5]),
    )
    # later looks: two of scene 0 (its last is stop), three of scene 1; one return
    assert count_returns(model, [SCENE, SCENE]) == Revisits(scenes=2, later_looks=5, again=1, stopped=1)


def test_a_scene_that_stops_at_once_has_no_later_look() -> None:
    assert count_returns(Told(([[0, 0]], [10]), ([[0, 0]], [3])), [SCENE]) == Revisits(1, 0, 0, 1)
