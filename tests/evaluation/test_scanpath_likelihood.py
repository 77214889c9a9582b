"""Likelihoods of given scanpaths under a free-viewing model."""

from __future__ import annotations

import torch

from hsal.evaluation.free_viewing import at_cells, log_densities
from tests.fixtures.free_viewing import make_model

CELLS = torch.tensor([[3, 9, 40, 11], [7, 7, -1, -1]])


def saliency() -> torch.Tensor:
    return torch.rand(2, 6, 8, generator=torch.Generator().manual_seed(3))


def test_every_conditional_density_sums_to_1_and_does_not_see_the_future() -> None:
    model = make_model()
    with torch.no_grad():
        densities = log_densities(model, saliency(), CELLS)  # (2,4,6,8)
        changed = log_densities(model, saliency(), torch.tensor([[3, 9, 22, 0], [7, 8, -1, -1]]))
    torch.testing.assert_close(densities.exp().sum(dim=(2, 3)), torch.ones(2, 4))
    torch.testing.assert_close(densities[0, :3], changed[0, :3])
    torch.testing.assert_close(densities[1, :2], changed[1, :2])
    assert not torch.allclose(densities[0, 3], changed[0, 3])
    assert not torch.allclose(densities[1, 2], changed[1, 2])


def test_scanpaths_of_a_batch_do_not_affect_each_other() -> None:
    model = make_model()
    with torch.no_grad():
        together = log_densities(model, saliency(), CELLS)
        alone = log_densities(model, saliency()[1:], CELLS[1:])
    torch.testing.assert_close(together[1:], alone)


def test_values_are_taken_at_the_fixated_cells() -> None:
    densities = torch.arange(2 * 4 * 48.0).view(2, 4, 6, 8)
    assert at_cells(densities, CELLS).tolist() == [[3.0, 57.0, 136.0, 155.0], [199.0, 247.0, 0.0, 0.0]]
