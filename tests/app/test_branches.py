"""The tree of branches, their names, and the browser's requests."""

from __future__ import annotations

import numpy as np
import pytest

from app.whatif.branch_names import branch_name, describe_gaussians
from app.whatif.branches import MAX_BRANCHES, BranchTree
from app.whatif.requests import apply_request, feasible
from hsal.config import ModelConfig
from hsal.tracing.interventions.checks import InterventionError
from hsal.tracing.interventions.schema import NONE, Edit, Interventions, Rule
from hsal.tracing.schema import Trace
from tests.fixtures.traces import make_trace

A, B, C = (Interventions(saliency=name) for name in "abc")


def test_undo_and_redo_move_up_and_down_the_tree() -> None:
    tree = BranchTree().add(A).add(B)
    assert (tree.interventions, tree.can_undo, tree.undone) == (B, True, ())
    back = tree.undo().undo()
    assert (back.interventions, back.can_undo, back.undone) == (NONE, False, (2, 1))
    assert back.undo() == back
    assert back.redo().interventions == A
    assert back.redo().redo() == tree
    assert tree.redo() == tree


def test_a_branch_starts_from_the_one_shown_and_none_is_lost() -> None:
    tree = BranchTree().add(A).add(B).undo().add(C)  # original - A - (B, C)
    assert [branch.parent for branch in tree.branches] == [None, 0, 1, 1]
    assert tree.undone == ()
    assert tree.in_order() == [0, 1, 2, 3]
    assert [tree.depth(number) for number in range(4)] == [0, 1, 2, 2]
    side = tree.show(0).add(Interventions(saliency="d"))
    assert side.in_order() == [0, 1, 2, 3, 4]
    assert side.branches[4].parent == 0


def test_the_same_interventions_are_one_branch() -> None:
    tree = BranchTree().add(A).undo().add(A)
    assert (len(tree.branches), tree.current) == (2, 1)
    assert tree.add(NONE).current == 0
    assert tree.show(9) == tree


def test_a_full_tree_starts_again_with_the_new_branch() -> None:
    tree = BranchTree()
    for number in range(MAX_BRANCHES + 3):
        tree = tree.add(Interventions(saliency=str(number)))
    assert len(tree.branches) <= MAX_BRANCHES
    assert tree.interventions.saliency == str(MAX_BRANCHES + 2)


def test_a_request_is_merged_into_the_edit_of_its_meta_step() -> None:
    interventions = apply_request(NONE, {"step": 1, "edit": {"look": [[0, 2]]}})
    assert interventions == Interventions(edits=(Edit(1, look=((0, 2),)),))
    interventions = apply_request(interventions, {"step": 1, "edit": {"label": 4}})
    interventions = apply_request(interventions, {"step": 0, "edit": {"veto": [3]}})
    assert interventions == Interventions(edits=(Edit(0, veto=(3,)), Edit(1, look=((0, 2),), label=4)))
    interventions = apply_request(interventions, {"step": 1, "edit": {"look": None, "label": None}})  # reset
    assert interventions == Interventions(edits=(Edit(0, veto=(3,)),))


def test_a_request_is_merged_into_the_rule_of_its_meta_step() -> None:
    interventions = apply_request(NONE, {"step": 2, "rule": {"inhibition": False}})
    interventions = apply_request(interventions, {"step": 2, "rule": {"temperature": 0.5, "seed": 7}})
    assert interventions == Interventions(rules=(Rule(2, inhibition=False, temperature=0.5, seed=7),))


def test_hidden_parts_and_saliency_hold_for_the_whole_trace() -> None:
    interventions = apply_request(apply_request(NONE, {"hidden": [[0, 0, 5, 5]]}), {"saliency": "gbvs"})
    assert interventions == Interventions(hidden=((0, 0, 5, 5),), saliency="gbvs")
    assert apply_request(interventions, {"hidden": []}) == Interventions(saliency="gbvs")


@pytest.mark.parametrize(
    "invalid", [None, {}, {"step": 1}, {"edit": 3}, {"step": "x", "edit": {"label": 1}}, {"edit": {"label": 1}},
             {"step": 0, "edit": {"label": "x"}}, {"step": 0, "edit": {"nonsense": 1}}, {"hidden": [[1]]}],
)
def test_an_invalid_request_is_one_sentence(invalid: object) -> None:
    with pytest.raises(InterventionError) as caught:
        apply_request(NONE, invalid)
    assert "\n" not in str(caught.value)


def test_impossible_interventions_of_a_link_are_left_out() -> None:
    config = ModelConfig()
    good = Edit(0, look=((0, 0), (1, 1), (2, 2)))  # three glimpses, which the rule allows
    wanted = Interventions(
        edits=(good, Edit(1, look=((99, 0),)), Edit(500)), rules=(Rule(0, glimpses=3),),
        hidden=((0, 0, 10, 10), (0, 0, 10, 9_999)), saliency="nope",
    )
    possible, problems = feasible(wanted, config, (100, 100), ["gbvs"])
    assert possible == Interventions(edits=(good,), rules=(Rule(0, glimpses=3),), hidden=((0, 0, 10, 10),))
    assert len(problems) == 4
    assert "row 100, column 1 (99, 0 counted from 0) lies outside the map of 13 rows" in problems[0]
    assert "nope" in problems[3]


BEFORE = np.array([[0.5, 1.0, 2.0, 3.0], [0.5, 0.25, 6.0, 6.0]])


@pytest.mark.parametrize(("changes", "phrase"), [
    ({(1, 3): 5.0}, "Gaussian 2 moved"), ({(0, 1): 0.9}, "Gaussian 1 widened"), ({(0, 1): 1.1}, "Gaussian 1 narrowed"),
    ({(0, 0): 0.9}, "Gaussian 1 made heavier"), ({(1, 0): 0.1}, "Gaussian 2 made lighter"),
    ({(0, 2): 1.0, (1, 2): 1.0}, ""), ({(1, 3): 6.0004}, ""),
])
def test_a_change_of_one_gaussian_has_a_phrase(changes: dict[tuple[int, int], float], phrase: str) -> None:
    after = BEFORE.copy()
    for index, value in changes.items():
        after[index] = value
    assert describe_gaussians(BEFORE, after) == phrase


def test_gaussians_added_and_removed_have_a_phrase() -> None:
    assert describe_gaussians(BEFORE, BEFORE[:1]) == "a Gaussian removed"
    assert describe_gaussians(BEFORE[:1], BEFORE) == "a Gaussian added"
    assert describe_gaussians(BEFORE[:0], BEFORE) == ""


def test_a_branch_is_named_for_its_change() -> None:
    trace = make_trace()

    def trace_of(interventions: Interventions) -> Trace:
        assert interventions == NONE
        return trace

    own = tuple(map(tuple, trace.steps[1].gaussians.round(3).tolist()))
    moved = Interventions((Edit(1, gaussians=(own[0], (*own[1][:3], 1.0), own[2])),))
    labeled = Interventions((*moved.edits, Edit(2, label=4)))
    tree = BranchTree().add(moved).add(labeled).show(0).add(Interventions((Edit(7, gaussians=own),)))
    names = [branch_name(tree, number, trace.class_names, trace_of) for number in range(4)]
    assert names == [
        "The original", "meta-step 2: Gaussian 2 moved", "meta-step 3: label set to 4",
        "meta-step 8: 3 Gaussians set by hand",  # after the trace's end, where the model's Gaussians are unknown
    ]
