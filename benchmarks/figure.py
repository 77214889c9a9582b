"""One measured figure and how a list of them is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured, and what it should be."""

    name: str
    value: float
    unit: str
    target: str  # empty where there is none


def as_markdown(figures: list[Figure], machine: str) -> str:
    """A table in Markdown, with the machine that it holds for."""
    rows = [f"| {figure.name} | {_number(figure.value)} {figure.unit} | {figure.target} |" for figure in figures]
    return "\n".join(["| figure | measured | target |", "|---|---|---|", *rows, "", f"Measured on: {machine}."])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 1 else f"{value:.1f}"
