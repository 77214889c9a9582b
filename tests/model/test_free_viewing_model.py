"""Free viewing: parts for maps of any proportions, soft inhibition of return, and the one rollout over photos."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from hsal.config import ConfigError, ModelConfig
from hsal.model.hsal import HSAL, MetaStep
from hsal.model.inhibition import SoftInhibition, inhibit
from hsal.model.overrides import Override
from hsal.model.perception import Perception, to_grid
from tests.fixtures.free_viewing import CONFIG, make_model, perception


def roll(model: HSAL, view: Perception, cells: Tensor | None = None) -> list[MetaStep]:
    def overrides(t: int) -> Override:
        return Override(cells=None if cells is None else cells[:, t : t + 1])

    with torch.no_grad():
        return list(model.rollout(view, overrides=overrides))


@pytest.mark.parametrize(("size", "grid"), [((600, 800), (24, 32)), ((500, 500), (28, 28)), ((300, 900), (16, 48))])
def test_the_grid_has_the_proportions_of_the_photo(size: tuple[int, int], grid: tuple[int, int]) -> None:
    assert replace(CONFIG, size_px=448).grid(size) == grid
    assert replace(CONFIG, size_px=448, viewing="objects", inhibition="hard").grid(size) == (28, 28)


def test_settings_of_free_viewing_are_refused_for_objects() -> None:
    with pytest.raises(ConfigError, match="can only be set for free viewing"):
        ModelConfig(inhibition="soft")


@pytest.mark.parametrize("grid", [(6, 8), (3, 20), (1, 1)])
def test_a_rollout_has_the_size_of_the_photos_map(grid: tuple[int, int]) -> None:
    steps = roll(make_model(), perception(grid=grid))
    assert len(steps) == CONFIG.meta_steps
    for step in steps:
        assert step.mask.shape == step.saliency.shape == step.next_saliency.shape == (2, *grid)
        assert step.location_logits.shape == (2, 1, grid[0] * grid[1])
        assert step.class_logits.shape == (2, 6)
        assert step.mask.min() > 0
        assert step.mask.max() <= 1


def test_rows_of_a_batch_do_not_affect_each_other() -> None:
    model, view = make_model(), perception(3)
    together = roll(model, view)
    alone = roll(model, Perception(*(part[1:2] for part in view)))
    for one, other in zip(together, alone, strict=True):
        assert torch.equal(one.cells[1:2], other.cells)
        torch.testing.assert_close(one.location_logits[1:2], other.location_logits)


@pytest.mark.parametrize(
    "change",
    [{"covert": False}, {"saccades": False}, {"inhibition": "none"}, {"inhibition": "hard"},
     {"covert": False, "inhibition": "hard"}],
)
def test_every_part_can_be_left_out(change: dict[str, object]) -> None:
    first, second = roll(make_model(replace(CONFIG, **change)), perception())[:2]
    if change.get("covert") is False:
        assert torch.equal(first.mask, torch.ones_like(first.mask))
        assert torch.equal(first.priority, first.saliency)
    if change.get("inhibition") == "none":
        assert torch.equal(first.saliency, second.saliency)
    if change.get("inhibition") == "hard":
        mask = first.mask if change.get("covert", True) else torch.zeros_like(first.mask)
        assert torch.equal(second.saliency, inhibit(first.saliency, mask, first.cells))
        assert second.saliency.sum() > 0


def test_the_last_saccade_changes_the_next_prediction_only_with_saccades() -> None:
    cells = torch.tensor([[0, 9], [47, 9]])  # two people, who differ in their first fixation
    for saccades in (True, False):
        model = make_model(replace(CONFIG, saccades=saccades, inhibition="none", meta_steps=2))
        view = Perception(*(part[:1].expand(2, *part.shape[1:]) for part in perception()))
        second = roll(model, view, cells)[1].location_logits
        assert torch.allclose(second[0], second[1]) != saccades


def test_the_likelihood_of_a_scanpath_has_a_gradient_in_every_part() -> None:
    model = make_model()
    logits = [step.location_logits for step in model.rollout(perception())]
    torch.cat(logits, dim=1).log_softmax(dim=2)[:, 1:, 5].sum().backward()
    unused = ("backbone.", "controller.score.4.bias")
    for name, parameter in model.named_parameters():
        if not name.startswith(unused):
            assert parameter.grad is not None, name
            assert parameter.grad.abs().sum() > 0, name


def test_labels_are_the_classifiers_of_the_broad_and_the_sharp_glimpse() -> None:
    model, view = make_model(), perception()
    step = roll(model, view)[0]
    broad = (view.volume * step.broad_weights[:, None]).sum(dim=(2, 3))  # (B,3)
    sharp = view.volume.flatten(2).gather(2, step.cells[:, None].expand(-1, 3, -1))[..., 0]  # (B,3)
    torch.testing.assert_close(step.class_logits[:, :5], model.backbone.classify((broad + sharp) / 2).detach())
    assert (step.class_logits.argmax(dim=1) != 5).all()  # much saliency is left: no stop


def test_it_stops_when_no_saliency_is_left() -> None:
    model, view = make_model(), perception()

    def overrides(t: int) -> Override:
        return Override(saliency=torch.zeros_like if t == 1 else None)

    with torch.no_grad():
        labels = [step.label.tolist() for step in model.rollout(view, meta_steps=2, overrides=overrides)]
    assert labels[0] != [5, 5]
    assert labels[1] == [5, 5]


def test_soft_inhibition_by_hand() -> None:
    soft = SoftInhibition()
    with torch.no_grad():
        soft.strength.fill_(torch.logit(torch.tensor(0.5)))
        soft.glimpse_strength.fill_(torch.logit(torch.tensor(0.8)))
        soft.recovery.fill_(torch.logit(torch.tensor(0.25)))
        soft.log_width.fill_(0.0)
        # one row of three cells, the first glimpsed: G = 1, exp(-1/2), exp(-2)
        first, now, mask = torch.tensor([[[1.0, 0.8, 0.4]], [[1.0, 0.8, 0.4]], [[1.0, 0.0, 0.0]]])[:, None]
        after = soft(first[None, 0], now[None, 0], mask[None, 0], torch.tensor([[0]]))[0, 0]
    # kept: 1 * .5 * .2 = .1;  .8 * (1 - .8 * .60653) = .41182;  .4 * (1 - .8 * .13534) = .35669; then a quarter back
    expected = [0.1 + 0.25 * 0.9, 0.41182 + 0.25 * 0.38818, 0.35669 + 0.25 * 0.04331]
    torch.testing.assert_close(after, torch.tensor(expected), atol=1e-4, rtol=0)


def test_a_map_is_averaged_or_interpolated_to_the_grid() -> None:
    fine = torch.arange(16.0).view(1, 4, 4)
    assert to_grid(fine, (2, 2)).tolist() == [[[2.5, 4.5], [10.5, 12.5]]]
    assert to_grid(fine, (4, 4)) is fine
    assert to_grid(fine, (8, 8)).shape == (1, 8, 8)
