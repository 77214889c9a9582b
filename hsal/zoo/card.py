"""Model cards: description, training and test results of weights, written from recorded data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hsal.config import MNIST_TASKS
from hsal.zoo.checkpoint import Checkpoint

CARD = """# Model card: {name}

Weights of a hierarchical, saliency-based attention model (Welleck, Mao, Cho, Zhang, NIPS 2017) that labels
the digits of a scene one after another. File `{name}.safetensors`, {megabytes:.1f} MB, {parameters:,} parameters.
`hsal card --weights {name}` writes this card.

## Training

{training}

Objective: {objective}. No digit of the validation or test splits was used in training, and
no setting was chosen on test scenes.

## Results

{scenes:,} test scenes (seed {seed}; {digits}), greedy, one pass; {machine}.
In brackets: 95% intervals, from 1,000 bootstrap resamples of the scenes.{placements}

{rows}

`hsal evaluate --weights {name}` prints these figures; `hsal/evaluation/evaluate.py` and
`hsal/evaluation/localization.py` define them.

## Use and limits

For exploring and explaining attention, not for reading digits in applications. {knows} The map is coarse: {map}.
The table gives the share of meta-steps whose glimpses fall on more than one cell. A label counts as correct if it is
in the scene and not yet predicted, wherever the glimpses were.
"""

KNOWS_DIGITS = """It knows handwritten digits 0-9, light on dark, 1 to 4 in
a scene of 100x100 pixels, each 20 to 50 px high; with more digits, other sizes or photos it still attends and
predicts labels, but they mean little."""
KNOWS_NUMBERS = """It knows synthetic house numbers,
in color, that fill most of an image of 64x64 pixels; real ones it has not been trained on."""

ROWS = {
    "exact_match": "0-1 exact match", "macro_f1": "macro-F1",
    "attn_saliency": "`attn_saliency`, share of the map's maximum",
    "attn_saliency_paper": "`attn_saliency`, the paper's scale",
    "mask_peak": "mean peak of the mask", "mask_mass": "mean mass of the mask, in cells",
    "moving": "meta-steps whose glimpses fall on more than one cell",
    "inhibited": "saliency outside glimpsed cells removed per step", "mean_steps": "mean meta-steps, stop included",
    "stopped": "ended by stop",
    "glimpses_in_digit": "glimpses in a digit's box", "glimpses_touching_digit": "glimpses whose cell touches one",
    "mask_in_digits": "mask's mass in digits' boxes", "glimpses_in_named": "glimpses in the box of the predicted digit",
    "glimpses_touching_named": "glimpses whose cell touches it", "mask_in_named": "mask's mass in that box",
    "priority_on_unnamed": "priority's mass in the boxes of digits not yet predicted",
}

PLACEMENTS = """
`grid` is the task, with digits in the cells of a grid; `free` (`--placement free`) has them anywhere."""


def write_card(weights: Path, checkpoint: Checkpoint, measured: dict[str, dict[str, Any]]) -> Path:
    """Write the card beside the weights.

    Args:
        measured: placement -> the metrics of `hsal evaluate`.
    Returns:
        The card's path.
    """
    info = checkpoint.info
    text = CARD.format(
        name=checkpoint.name, training="\n".join(_training_table(info)), megabytes=weights.stat().st_size / 1e6,
        parameters=sum(parameter.numel() for parameter in checkpoint.model.parameters()),
        objective=info["training"].get("objective", "labels of single digits"), rows="\n".join(_rows(measured)),
        knows=KNOWS_DIGITS if info["task"] in MNIST_TASKS else KNOWS_NUMBERS, map=_map(checkpoint),
        placements=PLACEMENTS if len(measured) > 1 else "",
        **{key: measured["grid"][key] for key in ("scenes", "seed", "digits", "machine")},
    )
    card = weights.with_suffix(".md")
    card.write_text(text)
    return card


def _training_table(info: dict[str, Any]) -> Iterator[str]:
    """The table of training runs, first to last."""
    yield "| trained | command | digits | seed | time | machine |"
    yield "|---|---|---|---|---|---|"
    for stage in training_runs(info):
        part = "meta-controller and controller" if "objective" in stage["training"] else "backbone"
        if stage["training"].get("fine_tune"):
            part = "all of it, end to end"
        yield (
            f"| {part} | `{stage['command']}` | {stage['digits']} | {stage['seed']} | {stage['seconds'] / 60:.0f} min"
            f" | {stage['machine']} |"
        )


def training_runs(info: dict[str, Any], backbone_only: bool = False) -> list[dict[str, Any]]:
    """The training runs behind weights, first to last; the info of each holds that of the one before.

    Args:
        info: of the weights.
        backbone_only: leave out runs that did not change the backbone.
    """
    recurrent = "objective" in info["training"]
    before = info.get("backbone") or info.get("start")
    earlier = training_runs(before, backbone_only or not recurrent or "backbone" in info) if before else []
    changed = not recurrent or info["training"].get("fine_tune")
    return [*earlier, info] if changed or not backbone_only else earlier


def _map(checkpoint: Checkpoint) -> str:
    rows, columns = checkpoint.model.map_size
    return f"{rows}x{columns} cells, each about {checkpoint.model.config.size_px / columns:.0f} px wide"


def _rows(measured: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The table: a column for each placement, a row for each measure."""
    yield "| measure | " + " | ".join(measured) + " |"
    yield "|---" * (len(measured) + 1) + "|"
    for name, title in ROWS.items():
        yield f"| {title} | " + " | ".join(_cell(each, name) for each in measured.values()) + " |"
    for digits in sorted({part["digits"] for each in measured.values() for part in each["per_count"]}):
        shares = ({part["digits"]: part["exact_match"] for part in each["per_count"]} for each in measured.values())
        cells = " | ".join(f"{each[digits]:.4f}" if digits in each else "" for each in shares)
        yield f"| 0-1 exact match, scenes of {digits} | {cells} |"


def _cell(measures: dict[str, Any], name: str) -> str:
    value = measures[name] if name in measures else measures["localization"][name]
    ends = measures["intervals"].get(name)
    return f"{value:.4f}" + (f" [{ends[0]:.4f}, {ends[1]:.4f}]" if ends else "")
