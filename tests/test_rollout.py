"""What may be sent into a rollout and set about it: rows that leave, labels told, inhibition, carried memory."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from hsal.attention import Gaussians, mask_of
from hsal.config import ModelConfig
from hsal.model import HSAL, MetaStep, Resume, View, divide_by_maximum, send
from hsal.train import fresh_model

CONFIG = ModelConfig(width=2, cell_px=16, hidden=16, size_px=48, classes=3, gaussians=2, glimpses=2, meta_steps=4)


def make_model(**changes: object) -> HSAL:
    return fresh_model(ModelConfig(**{**CONFIG.__dict__, **changes}), seed=1)


def random_view(count: int) -> View:
    volume = torch.randn(count, 16, 3, 3, generator=torch.Generator().manual_seed(4)).relu()
    return View(volume, *divide_by_maximum(volume.square().sum(dim=1)))


def numbers(step: MetaStep) -> dict[str, Tensor]:
    """All tensors of a step, by name."""
    fields = {**step._asdict(), **step.gaussians._asdict()}
    return {name: tensor for name, tensor in fields.items() if isinstance(tensor, Tensor)}


def answered(model: HSAL, view: View, *answers: Resume | None, **options: object) -> list[MetaStep]:
    """The steps of a rollout to which these answers are sent, one after each."""
    with torch.no_grad():
        rollout, steps = model.rollout(view, **options), []
        for answer in (None, *answers):
            steps.append(send(rollout, answer))
    return steps


def test_rows_that_are_kept_go_on_as_if_all_had_stayed() -> None:
    model, view = make_model(), random_view(4)
    keeps = (torch.tensor([True, False, True, True]), torch.tensor([False, True, True]))
    undisturbed = answered(model, view, None, None)
    left = answered(model, view, *(Resume(keep=keep) for keep in keeps))
    for step, given, rows in zip(undisturbed, left, ([0, 1, 2, 3], [0, 2, 3], [2, 3]), strict=True):
        for name, tensor in numbers(given).items():
            torch.testing.assert_close(tensor, numbers(step)[name][rows], msg=name)


def test_the_gradient_passes_through_rows_that_are_kept() -> None:
    model = make_model()
    rollout = model.rollout(random_view(3))
    first = send(rollout, None)
    second = send(rollout, Resume(keep=torch.tensor([False, True, False])))
    (gradient,) = torch.autograd.grad(second.class_logits.square().sum(), first.mask)
    assert gradient[1].any()
    assert not gradient[[0, 2]].any()


def test_a_label_that_is_told_takes_the_place_of_the_models_own() -> None:
    model, view = make_model(), random_view(2)
    own = answered(model, view, None)[0].label
    other = (own + 1) % 4
    told_own, told_other, untold = (
        answered(model, view, answer)[1] for answer in (Resume(label=own), Resume(label=other), None)
    )
    assert torch.equal(told_own.class_logits, untold.class_logits)
    assert torch.equal(told_other.saliency, untold.saliency)
    assert not torch.allclose(told_other.mask, untold.mask)
    assert not torch.allclose(told_other.class_logits, untold.class_logits)


def test_labels_are_told_to_all_rows_and_then_some_leave() -> None:
    model, view = make_model(), random_view(3)
    labels, keep = torch.tensor([2, 0, 1]), torch.tensor([False, True, True])
    stayed = answered(model, view, Resume(label=labels))[1]
    left = answered(model, view, Resume(keep=keep, label=labels))[1]
    torch.testing.assert_close(left.class_logits, stayed.class_logits[keep])


def test_without_inhibition_the_map_stays_as_it_is() -> None:
    view = random_view(2)
    for step in answered(make_model(), view, None, None, inhibition=False):
        assert torch.equal(step.saliency, view.saliency)
        assert torch.equal(step.next_saliency, view.saliency)


@pytest.mark.parametrize("carry", [True, False])
def test_the_controller_remembers_earlier_meta_steps_only_where_it_carries(carry: bool) -> None:
    model, shown = make_model(carry_hidden=carry), []
    model.controller.register_forward_pre_hook(lambda _, args: shown.append(args[-1].clone()))
    answered(model, random_view(1), None, None)
    calls = CONFIG.glimpses + 1
    assert not shown[0].any()
    assert [bool(hidden.any()) for hidden in shown[calls::calls]] == [carry, carry]
    assert all(hidden.any() for number, hidden in enumerate(shown) if number % calls)  # within one it always does


def test_a_rollout_that_has_ended_sends_nothing() -> None:
    rollout = make_model().rollout(random_view(1), meta_steps=1)
    assert send(rollout, None) is not None
    assert send(rollout, None) is None
    assert send(rollout, Resume(keep=torch.tensor([True]))) is None


def spot(rows: int, row: float, column: float) -> Gaussians:
    """One narrow Gaussian in every row of a batch."""
    return Gaussians(*(torch.full((rows, 1), value) for value in (1.0, 2.0, row, column)))


def test_gaussians_that_are_laid_take_the_place_of_the_models_own_for_one_meta_step() -> None:
    model, view, laid = make_model(), random_view(2), spot(2, 1.0, 3.0)
    own = answered(model, view, None, None)
    first = answered(model, view, None, gaussians=laid)
    assert torch.equal(first[0].mask, mask_of(laid, model.map_size))
    assert torch.equal(first[0].priority, first[0].mask * view.saliency)
    assert first[0].gaussians is laid
    assert not torch.allclose(first[0].class_logits, own[0].class_logits)
    assert first[1].gaussians.alpha.shape == (2, 2)  # the model's own again
    second = answered(model, view, Resume(gaussians=laid), None)
    assert torch.equal(second[0].mask, own[0].mask)
    assert torch.equal(second[1].mask, mask_of(laid, model.map_size))
    assert second[2].gaussians.alpha.shape == (2, 2)


def test_gaussians_may_be_laid_for_the_rows_that_are_kept() -> None:
    model, keep = make_model(), torch.tensor([False, True, True])
    step = answered(model, random_view(3), Resume(keep=keep, gaussians=spot(2, 2.0, 2.0)))[1]
    assert torch.equal(step.mask, mask_of(spot(2, 2.0, 2.0), model.map_size))
