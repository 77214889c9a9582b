"""Feedback to a rollout and overrides in it: removed rows, given labels, masks, glimpses, inhibition."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from hsal.config import ModelConfig
from hsal.model.attention import Gaussians, gaussian_mask
from hsal.model.hsal import HSAL, Feedback, MetaStep, send
from hsal.model.inhibition import inhibit
from hsal.model.overrides import Override, Overrides, always, sampler
from hsal.model.perception import Perception, divide_by_maximum
from hsal.training.loop import fresh_model

CONFIG = ModelConfig(width=2, cell_px=16, hidden=16, size_px=48, classes=3, gaussians=2, glimpses=2, meta_steps=4)


def make_model(**changes: object) -> HSAL:
    return fresh_model(ModelConfig(**{**CONFIG.__dict__, **changes}), seed=1)


def random_perception(count: int) -> Perception:
    volume = torch.randn(count, 16, 3, 3, generator=torch.Generator().manual_seed(4)).relu()
    return Perception(volume, *divide_by_maximum(volume.square().sum(dim=1)))


def numbers(step: MetaStep) -> dict[str, Tensor]:
    """All tensors of a step, by name."""
    fields = {**step._asdict(), **step.gaussians._asdict()}
    return {name: tensor for name, tensor in fields.items() if isinstance(tensor, Tensor)}


def steps_of(model: HSAL, view: Perception, *answers: Feedback | None, **options: object) -> list[MetaStep]:
    """The steps of a rollout that receives these answers, one after each step."""
    with torch.no_grad():
        rollout, steps = model.rollout(view, **options), []
        for answer in (None, *answers):
            steps.append(send(rollout, answer))
    return steps


def test_running_rows_do_not_depend_on_removed_ones() -> None:
    model, view = make_model(), random_perception(4)
    keeps = (torch.tensor([True, False, True, True]), torch.tensor([False, True, True]))
    undisturbed = steps_of(model, view, None, None)
    left = steps_of(model, view, *(Feedback(running=keep) for keep in keeps))
    for step, given, rows in zip(undisturbed, left, ([0, 1, 2, 3], [0, 2, 3], [2, 3]), strict=True):
        for name, tensor in numbers(given).items():
            torch.testing.assert_close(tensor, numbers(step)[name][rows], msg=name)


def test_the_gradient_passes_through_running_rows() -> None:
    model = make_model()
    rollout = model.rollout(random_perception(3))
    first = send(rollout, None)
    second = send(rollout, Feedback(running=torch.tensor([False, True, False])))
    (gradient,) = torch.autograd.grad(second.class_logits.square().sum(), first.mask)
    assert gradient[1].any()
    assert not gradient[[0, 2]].any()


def test_a_label_in_the_feedback_replaces_the_predicted_one() -> None:
    model, view = make_model(), random_perception(2)
    own = steps_of(model, view, None)[0].label
    other = (own + 1) % 4
    given_own, given_other, default = (
        steps_of(model, view, answer)[1] for answer in (Feedback(label=own), Feedback(label=other), None)
    )
    assert torch.equal(given_own.class_logits, default.class_logits)
    assert torch.equal(given_other.saliency, default.saliency)
    assert not torch.allclose(given_other.mask, default.mask)
    assert not torch.allclose(given_other.class_logits, default.class_logits)


def test_feedback_may_both_replace_labels_and_remove_rows() -> None:
    model, view = make_model(), random_perception(3)
    labels, keep = torch.tensor([2, 0, 1]), torch.tensor([False, True, True])
    stayed = steps_of(model, view, Feedback(label=labels))[1]
    left = steps_of(model, view, Feedback(running=keep, label=labels))[1]
    torch.testing.assert_close(left.class_logits, stayed.class_logits[keep])


def test_without_inhibition_the_map_does_not_change() -> None:
    view = random_perception(2)
    for step in steps_of(make_model(), view, None, None, overrides=always(Override(inhibition=False))):
        assert torch.equal(step.saliency, view.saliency)
        assert torch.equal(step.next_saliency, view.saliency)


@pytest.mark.parametrize("carry", [True, False])
def test_the_controllers_hidden_state_is_carried_only_if_configured(carry: bool) -> None:
    model, shown = make_model(carry_hidden=carry), []
    model.controller.register_forward_pre_hook(lambda _, args: shown.append(args[-1].clone()))
    steps_of(model, random_perception(1), None, None)
    calls = CONFIG.glimpses + 1
    assert not shown[0].any()
    assert [bool(hidden.any()) for hidden in shown[calls::calls]] == [carry, carry]
    assert all(hidden.any() for number, hidden in enumerate(shown) if number % calls)  # within a meta-step it always is


def test_an_ended_rollout_yields_no_step() -> None:
    rollout = make_model().rollout(random_perception(1), meta_steps=1)
    assert send(rollout, None) is not None
    assert send(rollout, None) is None
    assert send(rollout, Feedback(running=torch.tensor([True]))) is None


def at(wanted: int, override: Override) -> Overrides:
    """One override at one meta-step."""
    return lambda number: override if number == wanted else Override()


def spot(rows: int, row: float, column: float) -> Gaussians:
    """One narrow Gaussian in every row of a batch."""
    return Gaussians(*(torch.full((rows, 1), value) for value in (1.0, 2.0, row, column)))


def test_overridden_gaussians_replace_the_models_own_for_one_meta_step() -> None:
    model, view, given = make_model(), random_perception(2), spot(2, 1.0, 3.0)
    own = steps_of(model, view, None, None)
    first = steps_of(model, view, None, overrides=at(0, Override(gaussians=given)))
    assert torch.equal(first[0].mask, gaussian_mask(given, model.map_size))
    assert torch.equal(first[0].priority, first[0].mask * view.saliency)
    assert first[0].gaussians is given
    assert not torch.allclose(first[0].class_logits, own[0].class_logits)
    assert first[1].gaussians.alpha.shape == (2, 2)  # the model's own again
    second = steps_of(model, view, None, None, overrides=at(1, Override(gaussians=given)))
    assert torch.equal(second[0].mask, own[0].mask)
    assert torch.equal(second[1].mask, gaussian_mask(given, model.map_size))
    assert second[2].gaussians.alpha.shape == (2, 2)


def test_an_overridden_saliency_map_is_used_by_everything_that_follows() -> None:
    model, view, other = make_model(), random_perception(2), torch.rand(2, 3, 3)
    own = steps_of(model, view, None)
    steps = steps_of(model, view, None, overrides=at(1, Override(saliency=lambda _: other)))
    assert torch.equal(steps[0].mask, own[0].mask)
    assert torch.equal(steps[1].saliency, other)
    assert torch.equal(steps[1].priority, steps[1].mask * other)
    assert not torch.allclose(steps[1].mask, own[1].mask)  # an input of the meta-controller
    assert torch.equal(steps[1].next_saliency, inhibit(other, steps[1].mask, steps[1].cells))


def test_without_covert_attention_the_mask_is_one_and_only_glimpsed_cells_are_inhibited() -> None:
    view = random_perception(1)
    (step,) = steps_of(make_model(), view, overrides=always(Override(covert=False)))
    assert torch.equal(step.mask, torch.ones(1, 3, 3))
    assert torch.equal(step.priority, view.saliency)
    expected = view.saliency.flatten(1).scatter(1, step.cells, 0.0).view(1, 3, 3)
    assert torch.equal(step.next_saliency, expected)


@pytest.mark.parametrize("glimpses", [0, 1, 4])
def test_the_number_of_glimpses_can_be_overridden(glimpses: int) -> None:
    step, following = steps_of(make_model(), random_perception(2), None, overrides=at(0, Override(glimpses=glimpses)))
    assert step.cells.shape == (2, glimpses)
    assert step.location_logits.shape == (2, glimpses, 9)
    assert step.values.shape == (2, glimpses + 1)
    assert following.cells.shape == (2, CONFIG.glimpses)


def test_glimpses_visit_forced_cells_and_never_excluded_ones() -> None:
    model, view = make_model(), random_perception(2)
    own = steps_of(model, view)[0]
    second = (own.cells[:, 1] + 1) % 9
    cells = torch.stack([torch.tensor([-1, -1]), second], dim=1)
    forced = steps_of(model, view, overrides=always(Override(cells=cells)))[0]
    assert torch.equal(forced.cells, torch.stack([own.cells[:, 0], second], dim=1))
    assert not torch.equal(forced.class_logits, own.class_logits)  # the controller received that column
    excluded = torch.zeros(2, 9, dtype=torch.bool).scatter(1, own.cells, True)
    elsewhere = steps_of(model, view, overrides=always(Override(excluded_cells=excluded)))[0]
    assert not excluded.gather(1, elsewhere.cells).any()
    assert elsewhere.location_logits.softmax(dim=2)[:, 0][excluded].max() == 0


def test_forced_and_excluded_labels_affect_the_next_meta_step() -> None:
    model, view = make_model(), random_perception(1)
    own = steps_of(model, view, None)
    best = int(own[0].label)
    second_best = steps_of(model, view, overrides=always(Override(excluded_labels=torch.arange(4)[None] == best)))[0]
    assert int(second_best.label) == own[0].class_logits[0].argsort(descending=True)[1]
    forced = steps_of(model, view, None, overrides=at(0, Override(label=second_best.label)))
    assert torch.equal(forced[0].label, second_best.label)
    assert torch.equal(forced[0].class_logits, own[0].class_logits)
    assert not torch.allclose(forced[1].class_logits, own[1].class_logits)


def test_one_meta_step_may_be_sampled_and_a_low_temperature_is_greedy() -> None:
    model, view = make_model(), random_perception(2)
    own = steps_of(model, view, None)
    cold = sampler(torch.Generator().manual_seed(0), temperature=1e-4)
    assert torch.equal(steps_of(model, view, None, overrides=always(Override(choose=cold)))[1].cells, own[1].cells)
    hot = sampler(torch.Generator().manual_seed(0), temperature=1e4)
    drawn = torch.cat([steps_of(model, view, overrides=always(Override(choose=hot)))[0].cells for _ in range(40)])
    assert len(drawn.unique()) == 9  # every cell is chosen at some time


@pytest.mark.parametrize("blind", [0, 1, 2])
def test_a_blank_glimpse_is_zero(blind: int) -> None:
    model, view, shown = make_model(), random_perception(1), []
    model.controller.register_forward_pre_hook(lambda _, args: shown.append(bool(args[3].any())))
    cells = view.saliency.flatten(1).topk(2)[1]
    steps_of(model, view, overrides=always(Override(blank_glimpses=frozenset([blind]), cells=cells)))
    assert shown == [number != blind for number in range(3)]
