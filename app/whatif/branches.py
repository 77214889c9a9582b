"""A small tree of forks of one walk: each grows from another by one thing done; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from hsal.tracing.interventions.schema import NONE, Interventions

MOST = 60  # forks kept; more than a person looks through


class Branch(NamedTuple):
    """One walk in the tree."""

    parent: int | None
    done: Interventions


@dataclass(frozen=True)
class BranchTree:
    """The original walk (number 0) and its forks, in the order in which they were made."""

    all: tuple[Branch, ...] = (Branch(None, NONE),)
    at: int = 0
    """The one that is shown."""
    undone: tuple[int, ...] = ()
    """Those to come back to, the next one last."""

    @property
    def done(self) -> Interventions:
        """What is done in the one that is shown."""
        return self.all[self.at].done

    @property
    def can_undo(self) -> bool:
        """Whether the one shown grew from another."""
        return self.all[self.at].parent is not None

    def do(self, done: Interventions) -> BranchTree:
        """Another fork grows from the one shown; where there is such a one already, it is shown."""
        there = next((place for place, fork in enumerate(self.all) if fork.done == done), None)
        if there is not None:
            return self.go(there)
        if len(self.all) >= MOST:
            return BranchTree((self.all[0], Branch(0, done)), 1)
        return BranchTree((*self.all, Branch(self.at, done)), len(self.all))

    def go(self, place: int) -> BranchTree:
        """Show one of them; a place that there is not leaves all as it is."""
        return replace(self, at=place, undone=()) if 0 <= place < len(self.all) and place != self.at else self

    def undo(self) -> BranchTree:
        """Back to what the one shown grew from."""
        parent = self.all[self.at].parent
        return self if parent is None else replace(self, at=parent, undone=(*self.undone, self.at))

    def redo(self) -> BranchTree:
        """Forward again to what was last undone."""
        return self if not self.undone else replace(self, at=self.undone[-1], undone=self.undone[:-1])

    def depth(self, place: int) -> int:
        """How many things were done one after another up to a fork."""
        parent = self.all[place].parent
        return 0 if parent is None else 1 + self.depth(parent)

    def in_order(self) -> list[int]:
        """Places, each after what it grew from and before what grew later from the same."""
        def below(place: int) -> list[int]:
            grown = [other for other, fork in enumerate(self.all) if fork.parent == place]
            return [place, *(one for child in grown for one in below(child))]
        return below(0)
