"""The rollout: what is carried from step to step, the inputs of the controller, and the paths of gradients."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from hsal.config import ModelConfig, TrainConfig
from hsal.model.hsal import HSAL, MetaStep
from hsal.model.inhibition import inhibit
from hsal.model.overrides import greedy, sampler
from hsal.model.perception import Perception, divide_by_maximum
from hsal.training.loop import fresh_model
from hsal.training.losses.objective import rollout_loss

N, STOP, START = 3, 3, 4  # object classes 0..2; then stop; then the start symbol
CONFIG = ModelConfig(width=2, cell_px=16, hidden=16, size_px=48, classes=N, gaussians=2, glimpses=2, meta_steps=3)
CELLS, CHANNELS = 9, 16  # 48 px make 3x3 cells; 8 times the width


def make_model(**changes: object) -> HSAL:
    return fresh_model(ModelConfig(**{**CONFIG.__dict__, **changes}), seed=1)


def images(count: int) -> Tensor:
    return torch.rand(count, 1, 48, 48, generator=torch.Generator().manual_seed(2))


def random_perception(count: int = 2) -> Perception:
    """A volume whose cells differ more than those of an untrained backbone."""
    volume = torch.randn(count, CHANNELS, 3, 3, generator=torch.Generator().manual_seed(4)).relu()
    return Perception(volume, *divide_by_maximum(volume.square().sum(dim=1)))


def scripted(*actions: int) -> Callable[[Tensor], Tensor]:
    """Choose these actions one after another, regardless of the logits: glimpses and label of each meta-step."""
    queue = list(actions)
    return lambda logits: torch.full((len(logits),), queue.pop(0))


def inputs_of(module: nn.Module, names: str) -> list[dict[str, Tensor]]:
    """Record the inputs of a module at each call, by argument name."""
    seen: list[dict[str, Tensor]] = []
    module.register_forward_pre_hook(lambda _, args: seen.append(dict(zip(names.split(), args, strict=True))))
    return seen


def controller_inputs(model: HSAL) -> list[dict[str, Tensor]]:
    return inputs_of(model.controller, "priority label cell glimpse hidden")


def numbers(step: MetaStep) -> dict[str, Tensor]:
    """All tensors of a step, by name."""
    fields = {**step._asdict(), **step.gaussians._asdict()}
    return {name: tensor for name, tensor in fields.items() if isinstance(tensor, Tensor)}


def roll(model: HSAL, view: Perception, **options: object) -> list[MetaStep]:
    with torch.no_grad():
        return list(model.rollout(view, **options))


def test_perceive_divides_the_map_by_its_maximum_and_returns_it() -> None:
    model = make_model()
    with torch.no_grad():
        view = model.perceive(images(3))
    energy = view.volume.square().sum(dim=1)
    torch.testing.assert_close(view.scale, energy.amax(dim=(1, 2)))
    assert view.saliency.amax(dim=(1, 2)).tolist() == [1, 1, 1]  # each map by its own maximum
    assert view.saliency.min() >= 0
    torch.testing.assert_close(view.saliency * view.scale[:, None, None], energy)


def test_a_blank_map_stays_blank() -> None:
    divided, scale = divide_by_maximum(torch.stack([torch.zeros(2, 2), torch.tensor([[0.0, 4.0], [1.0, 2.0]])]))
    assert divided.tolist() == [[[0, 0], [0, 0]], [[0, 1], [0.25, 0.5]]]
    assert scale.tolist() == [0, 4]


def test_a_blank_image_rolls_out_without_nan() -> None:
    model = make_model()
    view = model.perceive(torch.zeros(1, 1, 48, 48))
    assert not view.saliency.any()
    for step in roll(model, view):
        for name, tensor in numbers(step).items():
            assert bool(tensor.isfinite().all()), name
        assert not step.next_saliency.any()


def test_shapes_and_ranges_of_a_step() -> None:
    model = make_model(gaussians=2, glimpses=2)
    for step in roll(model, random_perception(5), choose=sampler(torch.Generator().manual_seed(0))):
        assert step.mask.shape == step.priority.shape == step.broad_weights.shape == (5, 3, 3)
        assert step.gaussians.alpha.shape == step.gaussians.row.shape == (5, 2)
        assert step.location_logits.shape == (5, 2, CELLS)
        assert step.cells.shape == (5, 2)
        assert 0 <= step.cells.min() <= step.cells.max() < CELLS
        assert step.values.shape == (5, 3)  # k + 1
        assert step.class_logits.shape == (5, N + 1)
        assert step.label.shape == (5,)
        assert 0 <= step.label.min() <= step.label.max() <= STOP


def test_a_step_agrees_with_its_own_parts() -> None:
    for step in roll(make_model(), random_perception()):
        torch.testing.assert_close(step.priority, step.mask * step.saliency)
        torch.testing.assert_close(step.broad_weights, step.mask / step.mask.sum(dim=(1, 2), keepdim=True))
        assert torch.equal(step.next_saliency, inhibit(step.saliency, step.mask, step.cells))
        assert torch.equal(step.cells, step.location_logits.argmax(dim=2))  # greedy is the default
        assert torch.equal(step.label, step.class_logits.argmax(dim=1))


def test_every_choice_is_made_from_the_reported_logits() -> None:
    seen: list[Tensor] = []
    step, *_ = roll(make_model(), random_perception(), choose=lambda logits: [seen.append(logits), greedy(logits)][1])
    assert torch.equal(torch.stack(seen[:2], dim=1), step.location_logits)
    assert torch.equal(seen[2], step.class_logits)
    assert not torch.equal(seen[0], seen[1])


def test_each_step_starts_from_the_saliency_of_the_previous_one() -> None:
    view = random_perception()
    steps = roll(make_model(), view)
    assert torch.equal(steps[0].saliency, view.saliency)
    for step, following in pairwise(steps):
        assert torch.equal(step.next_saliency, following.saliency)
        assert not torch.equal(step.saliency, following.saliency)


@pytest.mark.parametrize(("limit", "taken"), [(None, 3), (1, 1), (5, 5)])
def test_number_of_meta_steps(limit: int | None, taken: int) -> None:
    assert len(roll(make_model(), random_perception(), meta_steps=limit)) == taken


@pytest.mark.parametrize("glimpses", [1, 3])
def test_number_of_glimpses(glimpses: int) -> None:
    step = roll(make_model(glimpses=glimpses), random_perception(4))[0]
    assert step.cells.shape == (4, glimpses)
    assert step.values.shape == (4, glimpses + 1)


def test_rows_of_a_batch_are_independent() -> None:
    model = make_model()
    together = roll(model, model.perceive(images(3)))
    for row in range(3):
        alone = roll(model, model.perceive(images(3)[row : row + 1]))
        for step, single in zip(together, alone, strict=True):
            for name, tensor in numbers(single).items():
                torch.testing.assert_close(numbers(step)[name][row : row + 1], tensor, msg=name)


def test_the_controller_receives_the_broad_glimpse_first_and_then_the_glimpsed_columns() -> None:
    model, view = make_model(), random_perception()
    seen = controller_inputs(model)
    step, *_ = roll(model, view, choose=scripted(5, 2, 0), meta_steps=1)
    columns = view.volume.flatten(2)
    broad = (step.broad_weights.flatten(1)[:, None] * columns).sum(dim=2)
    torch.testing.assert_close(seen[0]["glimpse"], broad)
    assert torch.equal(seen[1]["glimpse"], columns[:, :, 5])
    assert torch.equal(seen[2]["glimpse"], columns[:, :, 2])
    assert [call["cell"].argmax(dim=1).tolist() for call in seen] == [[CELLS] * 2, [5] * 2, [2] * 2]
    assert all(torch.equal(call["priority"], step.priority) for call in seen)


def test_each_row_sees_the_column_of_its_own_cell() -> None:
    model, view = make_model(), random_perception()
    seen = controller_inputs(model)
    roll(model, view, choose=lambda logits: torch.tensor([1, 2]), meta_steps=1)
    assert torch.equal(seen[1]["glimpse"], torch.stack([view.volume[0, :, 0, 1], view.volume[1, :, 0, 2]]))


def test_labels_are_inputs_of_the_next_meta_step() -> None:
    model = make_model()
    covert = inputs_of(model.meta_controller, "saliency label hidden")
    overt = controller_inputs(model)
    roll(model, random_perception(1), choose=scripted(0, 1, 2, 3, 4, STOP, 5, 6, 0))
    assert [call["label"].tolist() for call in covert] == [[[0, 0, 0, 0, 1]], [[0, 0, 1, 0, 0]], [[0, 0, 0, 1, 0]]]
    labels = [call["label"].argmax(dim=1).item() for call in overt]
    assert labels == [START] * 3 + [2] * 3 + [STOP] * 3


def test_the_previous_label_matters() -> None:
    model, view = make_model(), random_perception(1)
    one = roll(model, view, choose=scripted(0, 1, 0, 2, 3, 0), meta_steps=2)
    other = roll(model, view, choose=scripted(0, 1, 1, 2, 3, 0), meta_steps=2)
    assert torch.equal(one[0].class_logits, other[0].class_logits)
    assert not torch.allclose(one[1].mask, other[1].mask)
    assert not torch.allclose(one[1].class_logits, other[1].class_logits)


def without_memory(model: HSAL, part: str, calls: int) -> HSAL:
    """The model with the hidden state of a part reset at every `calls`-th call, which begins a meta-step."""
    count = iter(range(1000))

    def reset(_: nn.Module, args: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return args if next(count) % calls else (*args[:-1], torch.zeros_like(args[-1]))

    model.get_submodule(part).register_forward_pre_hook(reset)
    return model


@pytest.mark.parametrize(("part", "calls", "output"), [("meta_controller", 1, "mask"), ("controller", 3, "values")])
def test_the_hidden_state_is_carried_from_meta_step_to_meta_step(part: str, calls: int, output: str) -> None:
    actions, view = (0, 1, 0, 2, 3, 0), random_perception(1)
    carried = roll(make_model(), view, choose=scripted(*actions), meta_steps=2)
    without = roll(without_memory(make_model(), part, calls), view, choose=scripted(*actions), meta_steps=2)
    assert torch.equal(getattr(carried[0], output), getattr(without[0], output))  # both start from zero
    assert not torch.allclose(getattr(carried[1], output), getattr(without[1], output))


def test_rollouts_are_independent() -> None:
    model, view = make_model(), random_perception()
    first, again = roll(model, view), roll(model, view)
    for step, same in zip(first, again, strict=True):
        assert all(torch.equal(tensor, numbers(same)[name]) for name, tensor in numbers(step).items())


def test_gradients_reach_every_parameter_of_both_controllers() -> None:
    model = make_model()
    steps = model.rollout(random_perception(6), sampler(torch.Generator().manual_seed(0)))
    rollout_loss(steps, torch.ones(6, N), TrainConfig(), torch.Generator()).total.backward()
    for part in (model.meta_controller, model.controller):
        for name, parameter in part.named_parameters():
            assert parameter.grad is not None, name
            assert bool(parameter.grad.any()), name


@pytest.mark.parametrize("way", ["priority", "broad_weights"])
def test_label_gradients_reach_the_mask_through_priority_and_broad_glimpse(way: str) -> None:
    step = next(make_model().rollout(random_perception(1)))
    log_p = step.class_logits.log_softmax(dim=1)[0, 0]
    (from_label,) = torch.autograd.grad(log_p, getattr(step, way), retain_graph=True)
    assert bool(from_label.any())
    (from_way,) = torch.autograd.grad(getattr(step, way).square().sum(), step.mask)
    assert bool(from_way.any())


def test_sampled_actions_carry_no_gradient() -> None:
    step = next(make_model().rollout(random_perception(), sampler(torch.Generator().manual_seed(0))))
    assert step.location_logits.requires_grad
    assert not step.cells.requires_grad
    assert not step.label.requires_grad


def test_greedy_takes_the_most_probable() -> None:
    assert greedy(torch.tensor([[0.1, 0.3, 0.2], [5.0, -1.0, 4.0]])).tolist() == [1, 0]


def test_sampler_is_reproducible_and_follows_softmax() -> None:
    odds = torch.tensor([[1.0, 3.0, 6.0, 0.0]])
    logits = odds.log().expand(4000, 4)
    drawn = sampler(torch.Generator().manual_seed(8))(logits)
    assert torch.equal(drawn, sampler(torch.Generator().manual_seed(8))(logits))
    assert not torch.equal(drawn, sampler(torch.Generator().manual_seed(9))(logits))
    shares = drawn.bincount(minlength=4) / 4000
    # one standard deviation of 4000 draws is below 0.008
    torch.testing.assert_close(shares, torch.tensor([0.1, 0.3, 0.6, 0.0]), atol=0.03, rtol=0)
    assert shares[3] == 0


def test_successive_draws_of_one_sampler_differ() -> None:
    choose = sampler(torch.Generator().manual_seed(8))
    logits = torch.zeros(50, 9)
    assert not torch.equal(choose(logits), choose(logits))
