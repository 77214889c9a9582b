"""GBVS: its Markov chains by hand, its bias to the center, and singletons."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models import gbvs
from hsal.saliency.models.gbvs import Parameters, activation, build, equilibrium, gathered, nearness
from tests.fixtures.displays import GRAY, RED, WHITE, Bar, Place, by_cell, conjunction, display, standing_out

PLACES: list[Place] = [(2, 3), (1, 4), (3, 1), (0, 0), (4, 2)]
SINGLETONS: dict[str, tuple[Bar, Bar]] = {
    "color": ((GRAY, "upright"), (RED, "upright")),
    "intensity": ((GRAY, "upright"), (WHITE, "upright")),
    "orientation": ((GRAY, "upright"), (GRAY, "lying")),
}


def walked(weights: np.ndarray) -> np.ndarray:
    """The equilibrium by walking: rows of any weights (n,n) normalized, a thousand steps, two in a row averaged."""
    steps = weights / weights.sum(axis=1, keepdims=True)
    place = np.full(len(weights), 1 / len(weights))
    for _ in range(1000):
        place = (place + place @ steps) / 2
    return place


def test_equilibrium_of_a_chain_of_three() -> None:
    # 0 -1- 1 -3- 2: a walker leaves 1 for 0 once in four times; strengths 1, 4, 3
    weights = torch.tensor([[0.0, 1, 0], [1, 0, 3], [0, 3, 0]])
    assert equilibrium(weights).tolist() == [1 / 8, 4 / 8, 3 / 8]
    assert equilibrium(torch.zeros(2, 2)).tolist() == [0, 0]


def test_activation_of_three_pixels() -> None:
    # 0, 0, 1, all as near: only the ways to and from the third have weight
    assert activation(torch.tensor([[0.0, 0, 5]]), torch.ones(3, 3)).tolist() == [[0.25, 0.25, 0.5]]
    # half as near from the first: weights 1/2 and 1, strengths 1/2, 1, 3/2
    near = torch.tensor([[1.0, 1, 0.5], [1, 1, 1], [0.5, 1, 1]])
    assert activation(torch.tensor([[0.0, 0, 5]]), near)[0].tolist() == pytest.approx([1 / 6, 2 / 6, 3 / 6])
    assert activation(torch.full((1, 3), 0.7), near).tolist() == [[0, 0, 0]]


def test_gathering_of_two_pixels() -> None:
    # weights A(j) F: from 0 (1/4, 3/8), so 2/5 and 3/5; from 1 (1/8, 3/4), so 1/7 and 6/7
    # equilibrium: 3/5 p0 = 1/7 p1, so p0 : p1 = 5 : 21
    near = torch.tensor([[1, 0.5], [0.5, 1]])
    assert gathered(torch.tensor([[0.25, 0.75]]), near)[0].tolist() == pytest.approx([5 / 26, 21 / 26])


@pytest.mark.parametrize("dissimilarity", ["difference", "log ratio"])
def test_both_chains_are_where_a_long_walk_ends(dissimilarity: str) -> None:
    values = torch.rand(1, 12, generator=torch.Generator().manual_seed(3))
    values[0, 0], values[0, 1] = 0, 1  # so that scaling changes nothing
    near = nearness((3, 4), 1.5)
    seen = values[0].numpy().astype(float)
    if dissimilarity == "log ratio":
        seen = np.log(seen + gbvs._LEAST_RATIO)
    far = near.numpy().astype(float)
    active = activation(values, near, dissimilarity)
    np.testing.assert_allclose(active[0], walked(np.abs(seen[:, None] - seen) * far), rtol=1e-4)
    second = walked(active[0].numpy()[None] * far)
    np.testing.assert_allclose(gathered(active, near)[0], second, rtol=1e-4)


def test_nearness_falls_with_distance() -> None:
    near = nearness((2, 3), 2.0)  # nodes by rows: 0 is (0,0), 5 is (1,2)
    assert near[0, 0] == 1
    assert float(near[0, 5]) == pytest.approx(float(np.exp(-5 / 8)))
    assert torch.equal(near, near.T)


def test_the_center_is_favored_as_the_paper_notes() -> None:
    noise = torch.rand(4, 3, 96, 128, generator=torch.Generator().manual_seed(1))
    mean = build()(Stimulus(noise)).mean(dim=0)  # (24,32)
    rim = torch.ones_like(mean, dtype=torch.bool)
    rim[3:-3, 3:-3] = False
    assert mean[8:16, 11:21].mean() > 2 * mean[rim].mean()


@pytest.mark.parametrize("feature", SINGLETONS)
def test_a_singleton_pops_out_and_a_conjunction_does_not(feature: str) -> None:
    """Measured against the same display without it, since the center is favored."""
    usual, odd = SINGLETONS[feature]
    shown = [display(usual, odd, place) for place in PLACES]
    both = [conjunction(place, seed) for seed, place in enumerate(PLACES)]
    maps = build()(Stimulus(torch.cat([display(usual, usual, (0, 0)), *shown, *both])))
    alike, *rest = (by_cell(map_) for map_ in maps)
    out = [standing_out(cells / alike, place) for cells, place in zip(rest, PLACES * 2, strict=True)]
    assert min(out[:5]) > 1.2
    assert max(out[5:]) < 1.0


def test_the_map_has_the_size_and_shape_of_the_picture() -> None:
    assert build()(Stimulus(torch.rand(1, 1, 60, 100))).shape == (1, 19, 32)
    assert build(Parameters(size=20))(Stimulus(torch.rand(2, 3, 100, 50))).shape == (2, 20, 10)


@pytest.mark.parametrize(
    "wrong",
    [{"size": 100}, {"dissimilarity": "x"}, {"reach": 0.0}, {"gathering": -1.0}, {"blur": -0.1}, {"gatherings": 99}],
)
def test_settings_that_cannot_work_are_told(wrong: dict[str, object]) -> None:
    with pytest.raises(SaliencyError, match="GBVS"):
        Parameters(**wrong)
