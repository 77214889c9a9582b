"""The label that a saliency model explains, and its score."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import torch
from torch import Tensor

from hsal.saliency.base import Network, SaliencyError, Stimulus


@dataclass(frozen=True)
class Parameters:
    """The label to explain."""

    label: str = ""
    """Name of the label; empty means the most probable label of each image."""


ANY_LABEL = Parameters()


def require_network(stimulus: Stimulus, title: str) -> Network:
    """The network of a stimulus.

    Args:
        stimulus: the input of a saliency model.
        title: the model's title, for the error message.
    Raises:
        SaliencyError: the stimulus has no network.
    """
    if stimulus.network is None:
        raise SaliencyError(f"{title} needs a network with labels: choose one of hsal.zoo.networks.")
    return stimulus.network


def choose_labels(network: Network, logits: Tensor, label: str) -> Tensor:
    """The index of the label to explain in each row.

    Args:
        network: the classifier, which names the labels.
        logits: (B,N).
        label: name of the label; empty means the most probable label of each row.
    Returns:
        (B,) int64.
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
    """The sum over a batch of the logits that `choose_labels` selects.

    Rows are independent, so the gradient with respect to the volume contains each row's own gradient.

    Args:
        network: the classifier.
        volume: (B,C,h,w).
        label: name of the label; empty means the most probable label of each row.
    Returns:
        A scalar.
    Raises:
        SaliencyError: the network has no such label.
    """
    logits = network.logits(volume)  # (B,N)
    return logits.gather(1, choose_labels(network, logits, label)[:, None]).sum()
