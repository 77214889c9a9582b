"""GBVS: hand-worked Markov chains, center bias and pop-out of singletons."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models import gbvs
from hsal.saliency.models.gbvs import Parameters, activation, build, equilibrium, normalized, pixel_proximity
from tests.fixtures.displays import GRAY, RED, WHITE, Bar, Place, by_cell, conjunction, display, standing_out

PLACES: list[Place] = [(2, 3), (1, 4), (3, 1), (0, 0), (4, 2)]
SINGLETONS: dict[str, tuple[Bar, Bar]] = {
    "color": ((GRAY, "upright"), (RED, "upright")),
    "intensity": ((GRAY, "upright"), (WHITE, "upright")),
    "orientation": ((GRAY, "upright"), (GRAY, "lying")),
}


def power_iteration(weights: np.ndarray) -> np.ndarray:
    """The equilibrium by 1000 lazy steps, which average two successive states; weights (n,n) with any row sums."""
    steps = weights / weights.sum(axis=1, keepdims=True)
    state = np.full(len(weights), 1 / len(weights))
    for _ in range(1000):
        state = (state + state @ steps) / 2
    return state


def test_equilibrium_of_a_chain_of_three() -> None:
    # 0 -1- 1 -3- 2: from node 1, one step in four leads to node 0; strengths 1, 4, 3
    weights = torch.tensor([[0.0, 1, 0], [1, 0, 3], [0, 3, 0]])
    assert equilibrium(weights).tolist() == [1 / 8, 4 / 8, 3 / 8]
    assert equilibrium(torch.zeros(2, 2)).tolist() == [0, 0]


def test_activation_of_three_pixels() -> None:
    # 0, 0, 1, all at the same distance: only transitions to and from the third have weight
    assert activation(torch.tensor([[0.0, 0, 5]]), torch.ones(3, 3)).tolist() == [[0.25, 0.25, 0.5]]
    # half the proximity to the first: weights 1/2 and 1, strengths 1/2, 1, 3/2
    proximity = torch.tensor([[1.0, 1, 0.5], [1, 1, 1], [0.5, 1, 1]])
    assert activation(torch.tensor([[0.0, 0, 5]]), proximity)[0].tolist() == pytest.approx([1 / 6, 2 / 6, 3 / 6])
    assert activation(torch.full((1, 3), 0.7), proximity).tolist() == [[0, 0, 0]]


def test_normalization_of_two_pixels() -> None:
    # weights A(j) F: from 0 (1/4, 3/8), so 2/5 and 3/5; from 1 (1/8, 3/4), so 1/7 and 6/7
    # equilibrium: 3/5 p0 = 1/7 p1, so p0 : p1 = 5 : 21
    proximity = torch.tensor([[1, 0.5], [0.5, 1]])
    assert normalized(torch.tensor([[0.25, 0.75]]), proximity)[0].tolist() == pytest.approx([5 / 26, 21 / 26])


@pytest.mark.parametrize("dissimilarity", ["difference", "log ratio"])
def test_both_equilibria_are_those_of_power_iteration(dissimilarity: str) -> None:
    values = torch.rand(1, 12, generator=torch.Generator().manual_seed(3))
    values[0, 0], values[0, 1] = 0, 1  # so that scaling changes nothing
    proximity = pixel_proximity((3, 4), 1.5)
    scaled = values[0].numpy().astype(float)
    if dissimilarity == "log ratio":
        scaled = np.log(scaled + gbvs._LOG_OFFSET)
    weights = proximity.numpy().astype(float)
    active = activation(values, proximity, dissimilarity)
    np.testing.assert_allclose(active[0], power_iteration(np.abs(scaled[:, None] - scaled) * weights), rtol=1e-4)
    second = power_iteration(active[0].numpy()[None] * weights)
    np.testing.assert_allclose(normalized(active, proximity)[0], second, rtol=1e-4)


def test_proximity_decreases_with_distance() -> None:
    proximity = pixel_proximity((2, 3), 2.0)  # nodes by rows: 0 is (0,0), 5 is (1,2)
    assert proximity[0, 0] == 1
    assert float(proximity[0, 5]) == pytest.approx(float(np.exp(-5 / 8)))
    assert torch.equal(proximity, proximity.T)


def test_the_center_is_favored_as_in_the_paper() -> None:
    noise = torch.rand(4, 3, 96, 128, generator=torch.Generator().manual_seed(1))
    mean = build()(Stimulus(noise)).mean(dim=0)  # (24,32)
    border = torch.ones_like(mean, dtype=torch.bool)
    border[3:-3, 3:-3] = False
    assert mean[8:16, 11:21].mean() > 2 * mean[border].mean()


@pytest.mark.parametrize("feature", SINGLETONS)
def test_a_singleton_pops_out_and_a_conjunction_does_not(feature: str) -> None:
    """Relative to the same display without the singleton, since the center is favored."""
    usual, odd = SINGLETONS[feature]
    singletons = [display(usual, odd, place) for place in PLACES]
    conjunctions = [conjunction(place, seed) for seed, place in enumerate(PLACES)]
    maps = build()(Stimulus(torch.cat([display(usual, usual, (0, 0)), *singletons, *conjunctions])))
    alike, *rest = (by_cell(map_) for map_ in maps)
    out = [standing_out(cells / alike, place) for cells, place in zip(rest, PLACES * 2, strict=True)]
    assert min(out[:5]) > 1.2
    assert max(out[5:]) < 1.0


def test_the_map_has_the_proportions_of_the_image() -> None:
    assert build()(Stimulus(torch.rand(1, 1, 60, 100))).shape == (1, 19, 32)
    assert build(Parameters(size=20))(Stimulus(torch.rand(2, 3, 100, 50))).shape == (2, 20, 10)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 100}, {"dissimilarity": "x"}, {"activation_sigma": 0.0}, {"normalization_sigma": -1.0}, {"blur": -0.1},
        {"normalization_steps": 99},
    ],
)
def test_invalid_settings_are_reported(wrong: dict[str, object]) -> None:
    with pytest.raises(SaliencyError, match="GBVS"):
        Parameters(**wrong)
