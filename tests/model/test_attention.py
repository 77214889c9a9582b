"""The covert attention mask against its formula, written out cell by cell."""

from __future__ import annotations

import math

import pytest
import torch

from hsal.model.attention import Gaussians, gaussian_mask, to_gaussians

MAP = (3, 5)  # rows, columns: not square, so that swapping them is detected
BETA = (0.15, 0.8)


def random_numbers(batch: int, gaussians: int, spread: float = 1.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(5)
    return spread * torch.randn(batch, 4 * gaussians, generator=generator, dtype=torch.float64)


def spotlight(alpha: float, beta: float, row: float, column: float) -> Gaussians:
    return Gaussians(*(torch.tensor([[value]], dtype=torch.float64) for value in (alpha, beta, row, column)))


def written_out(gaussians: Gaussians, sample: int, i: int, j: int) -> float:
    """M[i,j] of one sample, with 1-based i and j, as the paper prints it."""
    parts = zip(*(field[sample].tolist() for field in gaussians), strict=True)
    return sum(alpha * math.exp(-beta * ((row - i) ** 2 + (column - j) ** 2)) for alpha, beta, row, column in parts)


@pytest.mark.parametrize("map_size", [MAP, (7, 7), (1, 4)])
def test_mask_is_the_formula_in_every_cell(map_size: tuple[int, int]) -> None:
    gaussians = to_gaussians(random_numbers(2, 3), map_size, BETA)
    mask = gaussian_mask(gaussians, map_size)
    assert mask.shape == (2, *map_size)
    for sample in range(2):
        for i in range(1, map_size[0] + 1):
            for j in range(1, map_size[1] + 1):
                assert mask[sample, i - 1, j - 1].item() == pytest.approx(written_out(gaussians, sample, i, j))


def test_one_spotlight_on_a_cell_peaks_there_at_exactly_one() -> None:
    mask = gaussian_mask(spotlight(alpha=1, beta=0.5, row=2, column=4), MAP)[0]
    assert mask[1, 3].item() == 1  # cell (2,4), counted from 1
    assert mask.argmax().item() == 1 * 5 + 3
    assert mask[1, 4].item() == pytest.approx(0.60653066)  # one cell to the right: e^-0.5
    assert mask[0, 4].item() == pytest.approx(0.36787944)  # one up, one right: e^-(0.5 * 2)


def test_two_spotlights_add_up() -> None:
    alone = [gaussian_mask(spotlight(1, beta, row, column), MAP) for beta, row, column in ((0.5, 1, 1), (0.2, 3, 5))]
    both = Gaussians(*(torch.tensor([pair]) for pair in ((0.25, 0.75), (0.5, 0.2), (1.0, 3.0), (1.0, 5.0))))
    torch.testing.assert_close(gaussian_mask(both, MAP), (0.25 * alone[0] + 0.75 * alone[1]).float())


def test_outputs_are_split_and_scaled_in_the_papers_order() -> None:
    # sigmoid(ln 3) = 3/4, sigmoid(0) = 1/2, softmax(0, ln 3) = (1/4, 3/4)
    ln3 = math.log(3)
    numbers = torch.tensor([[0, ln3, 0, ln3, ln3, 0, -ln3, 0]])
    gaussians = to_gaussians(numbers, (4, 8), beta_range=(0.2, 0.6))
    torch.testing.assert_close(gaussians.alpha, torch.tensor([[0.25, 0.75]]))
    torch.testing.assert_close(gaussians.beta, torch.tensor([[0.4, 0.5]]))  # 0.2 + 0.4 * (1/2, 3/4)
    torch.testing.assert_close(gaussians.row, torch.tensor([[3.0, 2.0]]))  # 4 * (3/4, 1/2)
    torch.testing.assert_close(gaussians.column, torch.tensor([[2.0, 4.0]]))  # 8 * (1/4, 1/2)


def test_parameters_stay_in_range_for_extreme_outputs() -> None:
    gaussians = to_gaussians(random_numbers(50, 3, spread=8.0), MAP, BETA)
    torch.testing.assert_close(gaussians.alpha.sum(dim=1), torch.ones(50, dtype=torch.float64))
    assert BETA[0] < gaussians.beta.min() < gaussians.beta.max() < BETA[1]
    assert 0 < gaussians.row.min() < gaussians.row.max() < MAP[0]
    assert 0 < gaussians.column.min() < gaussians.column.max() < MAP[1]
    assert gaussians.column.max() > MAP[0]  # columns have their own range
    mask = gaussian_mask(gaussians, MAP)
    assert 0 < mask.min() < mask.max() <= 1


def test_mask_is_differentiable_in_every_output() -> None:
    numbers = random_numbers(2, 2).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: gaussian_mask(to_gaussians(x, MAP, BETA), MAP), numbers)
