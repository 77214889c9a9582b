"""BranchTree, and what the browser asks for: pure, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from app.whatif.apply import after, possible
from app.whatif.branches import MOST, BranchTree
from app.whatif.names import branch_name, in_words
from hsal.config import ModelConfig
from hsal.tracing.interventions.checks import InterventionError
from hsal.tracing.interventions.schema import NONE, Edit, Interventions, Rule
from hsal.tracing.schema import Trace
from tests.fixtures.traces import make_trace

A, B, C = (Interventions(saliency=name) for name in "abc")


def test_undo_and_redo_walk_up_and_down_the_tree() -> None:
    branches = BranchTree().do(A).do(B)
    assert (branches.done, branches.can_undo, branches.undone) == (B, True, ())
    back = branches.undo().undo()
    assert (back.done, back.can_undo, back.undone) == (NONE, False, (2, 1))
    assert back.undo() == back
    assert back.redo().done == A
    assert back.redo().redo() == branches
    assert branches.redo() == branches


def test_another_fork_grows_from_the_one_shown_and_nothing_is_lost() -> None:
    branches = BranchTree().do(A).do(B).undo().do(C)  # original - A - (B, C)
    assert [branch.parent for branch in branches.all] == [None, 0, 1, 1]
    assert branches.undone == ()
    assert branches.in_order() == [0, 1, 2, 3]
    assert [branches.depth(place) for place in range(4)] == [0, 1, 2, 2]
    side = branches.go(0).do(Interventions(saliency="d"))
    assert side.in_order() == [0, 1, 2, 3, 4]
    assert side.all[4].parent == 0


def test_the_same_thing_done_twice_is_one_fork() -> None:
    branches = BranchTree().do(A).undo().do(A)
    assert (len(branches.all), branches.at) == (2, 1)
    assert branches.do(NONE).at == 0
    assert branches.go(9) == branches


def test_a_tree_that_is_full_begins_anew_with_what_is_done() -> None:
    branches = BranchTree()
    for number in range(MOST + 3):
        branches = branches.do(Interventions(saliency=str(number)))
    assert len(branches.all) <= MOST
    assert branches.done.saliency == str(MOST + 2)


def test_a_wish_joins_the_edit_of_its_meta_step() -> None:
    done = after(NONE, {"step": 1, "edit": {"look": [[0, 2]]}})
    assert done == Interventions(edits=(Edit(1, look=((0, 2),)),))
    done = after(done, {"step": 1, "edit": {"label": 4}})
    done = after(done, {"step": 0, "edit": {"veto": [3]}})
    assert done == Interventions(edits=(Edit(0, veto=(3,)), Edit(1, look=((0, 2),), label=4)))
    done = after(done, {"step": 1, "edit": {"look": None, "label": None}})  # left to the model: nothing is left of it
    assert done == Interventions(edits=(Edit(0, veto=(3,)),))


def test_a_wish_joins_the_rule_of_its_meta_step() -> None:
    done = after(NONE, {"step": 2, "rule": {"inhibition": False}})
    done = after(done, {"step": 2, "rule": {"temperature": 0.5, "seed": 7}})
    assert done == Interventions(rules=(Rule(2, inhibition=False, temperature=0.5, seed=7),))


def test_hidden_parts_and_saliency_are_of_the_whole_walk() -> None:
    done = after(after(NONE, {"hidden": [[0, 0, 5, 5]]}), {"saliency": "gbvs"})
    assert done == Interventions(hidden=((0, 0, 5, 5),), saliency="gbvs")
    assert after(done, {"hidden": []}) == Interventions(saliency="gbvs")


@pytest.mark.parametrize(
    "wish", [None, {}, {"step": 1}, {"edit": 3}, {"step": "x", "edit": {"label": 1}}, {"edit": {"label": 1}},
             {"step": 0, "edit": {"label": "x"}}, {"step": 0, "edit": {"nonsense": 1}}, {"hidden": [[1]]}],
)
def test_what_is_no_wish_is_one_sentence(wish: object) -> None:
    with pytest.raises(InterventionError) as caught:
        after(NONE, wish)
    assert "\n" not in str(caught.value)


def test_what_a_link_asks_for_is_kept_as_far_as_it_can_be_done() -> None:
    config = ModelConfig()
    good = Edit(0, look=((0, 0), (1, 1), (2, 2)))  # three glimpses: the rule makes room for them
    wanted = Interventions(
        edits=(good, Edit(1, look=((99, 0),)), Edit(500)), rules=(Rule(0, glimpses=3),),
        hidden=((0, 0, 10, 10), (0, 0, 10, 9_999)), saliency="nope",
    )
    kept, problems = possible(wanted, config, (13, 13), ["gbvs"])
    assert kept == Interventions(edits=(good,), rules=(Rule(0, glimpses=3),), hidden=((0, 0, 10, 10),))
    assert len(problems) == 4
    assert "row 100, column 1 (99, 0 counted from 0) lies outside the map of 13 rows" in problems[0]
    assert "nope" in problems[3]


OWN = np.array([[0.5, 1.0, 2.0, 3.0], [0.5, 0.25, 6.0, 6.0]])


@pytest.mark.parametrize(("changes", "said"), [
    ({(1, 3): 5.0}, "Gaussian 2 moved"), ({(0, 1): 0.9}, "Gaussian 1 widened"), ({(0, 1): 1.1}, "Gaussian 1 narrowed"),
    ({(0, 0): 0.9}, "Gaussian 1 made heavier"), ({(1, 0): 0.1}, "Gaussian 2 made lighter"),
    ({(0, 2): 1.0, (1, 2): 1.0}, ""), ({(1, 3): 6.0004}, ""),
])
def test_what_a_hand_did_to_gaussians(changes: dict[tuple[int, int], float], said: str) -> None:
    after = OWN.copy()
    for place, value in changes.items():
        after[place] = value
    assert in_words(OWN, after) == said


def test_gaussians_are_added_and_removed() -> None:
    assert in_words(OWN, OWN[:1]) == "a Gaussian removed"
    assert in_words(OWN[:1], OWN) == "a Gaussian added"
    assert in_words(OWN[:0], OWN) == ""


def test_a_fork_is_named_by_what_it_adds() -> None:
    walk = make_trace()

    def walk_of(done: Interventions) -> Trace:
        assert done == NONE
        return walk

    own = tuple(map(tuple, walk.steps[1].gaussians.round(3).tolist()))
    moved = Interventions((Edit(1, gaussians=(own[0], (*own[1][:3], 1.0), own[2])),))
    labeled = Interventions((*moved.edits, Edit(2, label=4)))
    branches = BranchTree().do(moved).do(labeled).go(0).do(Interventions((Edit(7, gaussians=own),)))
    named = [branch_name(branches, place, walk.class_names, walk_of) for place in range(4)]
    assert named == [
        "The original", "meta-step 2: Gaussian 2 moved", "meta-step 3: label set to 4",
        "meta-step 8: 3 Gaussians set by hand",  # past the walk's end, of which nothing is known
    ]
