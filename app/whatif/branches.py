"""A small tree of branches of one trace: each adds one edit to another. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from hsal.tracing.interventions.schema import NONE, Interventions

MOST = 60  # branches stored; more than a person looks through


class Branch(NamedTuple):
    """One trace in the tree."""

    parent: int | None
    done: Interventions


@dataclass(frozen=True)
class BranchTree:
    """The original trace (number 0) and its branches, in the order in which they were made."""

    all: tuple[Branch, ...] = (Branch(None, NONE),)
    at: int = 0
    """The branch that is shown."""
    undone: tuple[int, ...] = ()
    """Branches that redo leads to, the next one last."""

    @property
    def done(self) -> Interventions:
        """The interventions of the branch that is shown."""
        return self.all[self.at].done

    @property
    def can_undo(self) -> bool:
        """Whether the branch shown starts from another."""
        return self.all[self.at].parent is not None

    def do(self, done: Interventions) -> BranchTree:
        """Add a branch to the one shown, or show an equal one."""
        there = next((place for place, branch in enumerate(self.all) if branch.done == done), None)
        if there is not None:
            return self.go(there)
        if len(self.all) >= MOST:
            return BranchTree((self.all[0], Branch(0, done)), 1)
        return BranchTree((*self.all, Branch(self.at, done)), len(self.all))

    def go(self, place: int) -> BranchTree:
        """Show a branch; an unknown place changes nothing."""
        return replace(self, at=place, undone=()) if 0 <= place < len(self.all) and place != self.at else self

    def undo(self) -> BranchTree:
        """Show the branch that the current one starts from."""
        parent = self.all[self.at].parent
        return self if parent is None else replace(self, at=parent, undone=(*self.undone, self.at))

    def redo(self) -> BranchTree:
        """Show the branch that was last undone."""
        return self if not self.undone else replace(self, at=self.undone[-1], undone=self.undone[:-1])

    def depth(self, place: int) -> int:
        """The number of edits up to a branch."""
        parent = self.all[place].parent
        return 0 if parent is None else 1 + self.depth(parent)

    def in_order(self) -> list[int]:
        """Places, each after the branch it starts from and before later branches of the same."""
        def below(place: int) -> list[int]:
            grown = [other for other, branch in enumerate(self.all) if branch.parent == place]
            return [place, *(one for child in grown for one in below(child))]
        return below(0)
