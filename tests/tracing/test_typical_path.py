"""The path of a trace of free viewing: sampled, typical, the same each time, and open to interventions."""

from __future__ import annotations

import torch

from hsal.model.overrides import Override, always, no_overrides, sampler
from hsal.tracing.typical_path import follow_typical_path, sample_paths, typical_path
from tests.fixtures.free_viewing import make_model, perception


def one() -> object:
    return type(perception())(*(part[:1] for part in perception(grid=(6, 8))))


def test_the_path_that_most_others_resemble_is_typical() -> None:
    # on a map of 40 columns: three paths on the left, two cells apart at most, and one on the right
    paths = torch.tensor([[0, 80], [1, 81], [2, 82], [39, 119]])[..., None]
    assert typical_path(paths, width=40).flatten().tolist() == [1, 81]


def test_sampled_paths_depend_on_the_seed_alone() -> None:
    model = make_model()
    first = sample_paths(model, one(), no_overrides, 3, samples=5)
    assert first.shape == (5, 3, 1)
    assert torch.equal(first, sample_paths(model, one(), no_overrides, 3, samples=5))
    assert not torch.equal(first, sample_paths(model, one(), no_overrides, 3, samples=5, seed=1))


def test_a_rollout_follows_the_typical_path_except_where_a_cell_is_forced() -> None:
    model = make_model()
    free = follow_typical_path(model, one(), no_overrides, 3)
    with torch.no_grad():
        cells = [step.cells.item() for step in model.rollout(one(), meta_steps=3, overrides=free)]
        assert cells == typical_path(sample_paths(model, one(), no_overrides, 3), 8).flatten().tolist()

        def forced(t: int) -> Override:
            return Override(cells=torch.tensor([[47 if t == 1 else -1]]))

        changed = follow_typical_path(model, one(), forced, 3)
        assert [step.cells.item() for step in model.rollout(one(), meta_steps=3, overrides=changed)][1] == 47


def test_overrides_that_sample_are_left_alone() -> None:
    drawn = always(Override(choose=sampler(torch.Generator().manual_seed(0))))
    assert follow_typical_path(make_model(), one(), drawn, 2) is drawn
