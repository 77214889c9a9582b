"""The moments of a trace, in the order of player, film and comparison."""

from __future__ import annotations

from dataclasses import dataclass

from hsal.tracing.schema import Trace


@dataclass(frozen=True)
class Moment:
    """One stage of a meta-step."""

    step: int
    """The meta-step, from 0."""
    kind: str
    """saliency, mask, priority, broad, glimpse, label or inhibition."""
    glimpse: int | None = None
    """Number of the glimpse, from 0, where kind is glimpse."""


def moments_of(trace: Trace) -> list[Moment]:
    """All moments in the player's order; their number is `Trace.moments`."""
    moments = []
    for number, step in enumerate(trace.steps):
        moments += [Moment(number, kind) for kind in ("saliency", "mask", "priority", "broad")]
        moments += [Moment(number, "glimpse", glimpse) for glimpse in range(len(step.glimpses))]
        if not trace.withheld:
            moments.append(Moment(number, "label"))
        if step.label != trace.stop:  # nothing follows stop, so nothing is inhibited for a next step
            moments.append(Moment(number, "inhibition"))
    return moments
