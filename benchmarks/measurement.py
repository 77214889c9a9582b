"""One measurement, and a table of several."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """One measured value and its target."""

    name: str
    value: float
    unit: str
    target: str
    """The target in words; empty if there is none."""


def as_markdown(measurements: list[Measurement], machine: str) -> str:
    """A table in Markdown, with the machine it was measured on."""
    rows = [f"| {one.name} | {_number(one.value)} {one.unit} | {one.target} |" for one in measurements]
    return "\n".join(["| what | measured | target |", "|---|---|---|", *rows, "", f"Measured on: {machine}."])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 1 else f"{value:.1f}"
