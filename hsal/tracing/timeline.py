"""The moments of a walk, in the order in which player, film and comparison go through them."""

from __future__ import annotations

from dataclasses import dataclass

from hsal.tracing.schema import Trace


@dataclass(frozen=True)
class Moment:
    """One thing that happens."""

    step: int
    """The meta-step, from 0."""
    kind: str
    """saliency, mask, priority, broad, glimpse, label or inhibition."""
    glimpse: int | None = None
    """Which, from 0, where it is a sharp one."""


def moments_of(trace: Trace) -> list[Moment]:
    """Every moment in the player's order; `Trace.moments` of them."""
    found = []
    for number, step in enumerate(trace.steps):
        found += [Moment(number, kind) for kind in ("saliency", "mask", "priority", "broad")]
        found += [Moment(number, "glimpse", glimpse) for glimpse in range(len(step.glimpses))]
        found.append(Moment(number, "label"))
        if step.label != trace.stop:  # nothing follows stop, so nothing is inhibited for a next step
            found.append(Moment(number, "inhibition"))
    return found
