"""Inhibition of return, by hand."""

from __future__ import annotations

import torch

from hsal.model.inhibition import inhibit

SALIENCY = torch.tensor([[[1.0, 0.5, 0.2], [0.8, 0.3, 0.0]]])  # (1,2,3)
MASK = torch.tensor([[[0.25, 0.25, 0.5], [0.125, 1.0, 0.5]]])


def test_glimpsed_cells_fall_to_zero_and_the_rest_by_the_mask() -> None:
    following = inhibit(SALIENCY, MASK, torch.tensor([[0, 3]]))  # the first cell of either row
    wanted = [
        [0.0, 0.25, 0.0],  # glimpsed; 0.5 - 0.25; 0.2 - 0.5 is cut at 0
        [0.0, 0.0, 0.0],  # glimpsed; 0.3 - 1; 0 - 0.5
    ]
    torch.testing.assert_close(following, torch.tensor([wanted]))


def test_a_cell_glimpsed_twice_is_handled_like_any_other() -> None:
    following = inhibit(SALIENCY, MASK, torch.tensor([[1, 1]]))
    torch.testing.assert_close(following, torch.tensor([[[0.75, 0.0, 0.0], [0.675, 0.0, 0.0]]]))


def test_rows_of_a_batch_have_their_own_cells() -> None:
    following = inhibit(SALIENCY.repeat(2, 1, 1), 0 * MASK.repeat(2, 1, 1), torch.tensor([[0], [4]]))
    torch.testing.assert_close(following[0], torch.tensor([[0.0, 0.5, 0.2], [0.8, 0.3, 0.0]]))
    torch.testing.assert_close(following[1], torch.tensor([[1.0, 0.5, 0.2], [0.8, 0.0, 0.0]]))


def test_no_value_grows_and_the_input_is_not_modified() -> None:
    generator = torch.Generator().manual_seed(0)
    saliency, mask = torch.rand(2, 8, 5, 5, generator=generator)
    before = saliency.clone()
    following = inhibit(saliency, mask, torch.randint(25, (8, 2), generator=generator))
    assert bool((following >= 0).all())
    assert bool((following <= saliency).all())
    assert torch.equal(saliency, before)


def test_gradient_reaches_the_mask_where_saliency_remains() -> None:
    mask = MASK.clone().requires_grad_()
    inhibit(SALIENCY, mask, torch.tensor([[0, 3]])).sum().backward()
    # only the second cell is neither glimpsed nor already at zero
    torch.testing.assert_close(mask.grad, torch.tensor([[[0.0, -1.0, 0.0], [0.0, 0.0, 0.0]]]))
