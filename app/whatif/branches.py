"""A tree of branches of one trace: each adds one intervention to another. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from hsal.tracing.interventions.schema import NONE, Interventions

MAX_BRANCHES = 60  # more than a person looks through


class Branch(NamedTuple):
    """One trace in the tree."""

    parent: int | None
    interventions: Interventions


@dataclass(frozen=True)
class BranchTree:
    """The original trace (number 0) and its branches, in the order in which they were made."""

    branches: tuple[Branch, ...] = (Branch(None, NONE),)
    current: int = 0
    """The branch that is shown."""
    undone: tuple[int, ...] = ()
    """Branches that redo leads to, the next one last."""

    @property
    def interventions(self) -> Interventions:
        """The interventions of the branch that is shown."""
        return self.branches[self.current].interventions

    @property
    def can_undo(self) -> bool:
        """Whether the branch shown starts from another."""
        return self.branches[self.current].parent is not None

    def add(self, interventions: Interventions) -> BranchTree:
        """Add a branch to the one shown, or show an equal one. A full tree starts again with this branch alone."""
        for number, branch in enumerate(self.branches):
            if branch.interventions == interventions:
                return self.show(number)
        if len(self.branches) >= MAX_BRANCHES:
            return BranchTree((self.branches[0], Branch(0, interventions)), 1)
        return BranchTree((*self.branches, Branch(self.current, interventions)), len(self.branches))

    def show(self, number: int) -> BranchTree:
        """Show a branch; an unknown number changes nothing."""
        known = 0 <= number < len(self.branches)
        return replace(self, current=number, undone=()) if known and number != self.current else self

    def undo(self) -> BranchTree:
        """Show the branch that the current one starts from."""
        parent = self.branches[self.current].parent
        return self if parent is None else replace(self, current=parent, undone=(*self.undone, self.current))

    def redo(self) -> BranchTree:
        """Show the branch that was last undone."""
        return self if not self.undone else replace(self, current=self.undone[-1], undone=self.undone[:-1])

    def depth(self, number: int) -> int:
        """The number of steps from the original to a branch."""
        parent = self.branches[number].parent
        return 0 if parent is None else 1 + self.depth(parent)

    def in_order(self) -> list[int]:
        """Numbers of all branches, each after the one that it starts from (depth first)."""
        def subtree(number: int) -> list[int]:
            children = [child for child, branch in enumerate(self.branches) if branch.parent == number]
            return [number, *(one for child in children for one in subtree(child))]
        return subtree(0)
