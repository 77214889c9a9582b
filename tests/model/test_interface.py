"""Priority map and broad glimpse, by hand."""

from __future__ import annotations

import torch

from hsal.model.interface import broad_glimpse, broad_weights, priority_map

# two samples of a map of one row and three cells
MASK = torch.tensor([[[0.2, 0.6, 0.2]], [[0.1, 0.1, 0.3]]])


def test_priority_is_mask_times_saliency_cell_by_cell() -> None:
    saliency = torch.tensor([[[1.0, 0.5, 0.0]], [[0.2, 1.0, 0.4]]])
    torch.testing.assert_close(
        priority_map(MASK, saliency), torch.tensor([[[0.2, 0.3, 0.0]], [[0.02, 0.1, 0.12]]])
    )


def test_broad_weights_are_normalized_per_mask() -> None:
    # sums 1.0 and 0.5: the second mask counts double
    torch.testing.assert_close(broad_weights(MASK), torch.tensor([[[0.2, 0.6, 0.2]], [[0.2, 0.2, 0.6]]]))
    torch.testing.assert_close(broad_weights(MASK).sum(dim=(1, 2)), torch.ones(2))


def test_broad_glimpse_is_the_weighted_mean_of_the_columns() -> None:
    volume = torch.tensor([
        [[[10.0, 0.0, 5.0]], [[0.0, 1.0, 0.0]]],
        [[[10.0, 0.0, 5.0]], [[1.0, 1.0, 1.0]]],
    ])  # (B=2,C=2,h=1,w=3)
    # first: 0.2*10 + 0.2*5 = 3, 0.6*1 = 0.6; second: 0.2*10 + 0.6*5 = 5, and the mean of ones is one
    torch.testing.assert_close(broad_glimpse(broad_weights(MASK), volume), torch.tensor([[3.0, 0.6], [5.0, 1.0]]))


def test_broad_glimpse_of_a_map_with_two_rows_pairs_cells_with_their_columns() -> None:
    mask = torch.tensor([[[1.0, 0.0], [2.0, 1.0]]])
    volume = torch.tensor([[[[4.0, 100.0], [8.0, 12.0]]]])
    # (1*4 + 2*8 + 1*12) / 4 = 8
    torch.testing.assert_close(broad_glimpse(broad_weights(mask), volume), torch.tensor([[8.0]]))


def test_gradient_flows_from_the_glimpse_into_the_mask() -> None:
    mask = torch.tensor([[[1.0, 1.0]]], requires_grad=True)
    broad_glimpse(broad_weights(mask), torch.tensor([[[[3.0, 7.0]]]])).sum().backward()
    # mean 5, sum of the mask 2: (3 - 5) / 2 and (7 - 5) / 2
    torch.testing.assert_close(mask.grad, torch.tensor([[[-1.0, 1.0]]]))
