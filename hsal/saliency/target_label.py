"""The label that a saliency model asks a network for, and its score."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import torch
from torch import Tensor

from hsal.saliency.base import Network, SaliencyError, Stimulus


@dataclass(frozen=True)
class Parameters:
    """What the map is of."""

    label: str = ""
    """Name of the label that is asked for; where empty, the most probable one of each image."""


ANY_LABEL = Parameters()


def require_network(stimulus: Stimulus, title: str) -> Network:
    """The network of a stimulus.

    Raises:
        SaliencyError: there is none.
    """
    if stimulus.network is None:
        raise SaliencyError(f"{title} needs a network with labels: choose one of hsal.zoo.networks.")
    return stimulus.network


def choose_labels(network: Network, logits: Tensor, label: str) -> Tensor:
    """Indices (B,) of the label of that name, or, where it is empty, of each row's most probable one: logits (B,N).

    Raises:
        SaliencyError: the network has no such label.
    """
    if not label:
        return logits.argmax(dim=1)
    labels = list(network.labels)
    if label not in labels:
        near = get_close_matches(label, labels, n=3, cutoff=0.4) or labels[:3]
        raise SaliencyError(f"{network.name} has no label {label!r}: choose one of its {len(labels)}, such as"
                            f" {', '.join(near)}.")
    return torch.full((len(logits),), labels.index(label), device=logits.device)


def total_score(network: Network, volume: Tensor, label: str) -> Tensor:
    """The unnormalized scores of `choose_labels`, summed over a batch: volume (B,C,h,w) -> ().

    Rows do not mix, so that its gradient holds each row's own.

    Raises:
        SaliencyError: the network has no such label.
    """
    logits = network.logits(volume)  # (B,N)
    return logits.gather(1, choose_labels(network, logits, label)[:, None]).sum()
