"""A baseline without attention: a CNN that counts, on the same backbone.

One hidden layer over the whole volume, then for every class a softmax over how often it occurs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hsal.config import TrainConfig
from hsal.evaluation import metrics
from hsal.model.hsal import HSAL
from hsal.model.perception import Perception
from hsal.training.feature_cache import FeatureCache
from hsal.training.progress import Progress
from hsal.training.schedule import cosine, set_rate

MAX_COUNT = 9  # largest count of one label that the head can predict
DROPOUT = 0.3  # prevents the wide first layer from memorizing scenes


class CountHead(nn.Module):
    """(B,C,h,w) -> logits (B,N,MAX_COUNT+1) over how often each class occurs."""

    def __init__(self, model: HSAL) -> None:
        """Args:
            model: whose volumes the head reads.
        """
        super().__init__()
        cells = model.map_size[0] * model.map_size[1]
        self.classes = model.config.classes
        self.hidden = nn.Linear(model.channels * cells, model.config.hidden)
        self.count = nn.Linear(model.config.hidden, self.classes * (MAX_COUNT + 1))

    def forward(self, volume: Tensor) -> Tensor:
        """The logits."""
        hidden = functional.dropout(self.hidden(volume.flatten(1)).relu(), DROPOUT, self.training)
        return self.count(hidden).view(len(volume), self.classes, MAX_COUNT + 1)


def fit(
    head: CountHead, model: HSAL, config: TrainConfig, features: FeatureCache, validation: FeatureCache
) -> Iterator[Progress]:
    """Train the head in place, by cross-entropy of each class's count; the backbone is frozen."""
    optimizer = torch.optim.Adam(head.parameters(), config.learning_rate)
    for number in range(1, config.steps + 1):
        set_rate(optimizer, config.learning_rate * cosine(number, config.steps))
        generator = torch.Generator(head.count.weight.device).manual_seed(config.seed * 1_000_003 + number)
        perception, counts = features.draw(model, number, config.batch, 1_000, generator)
        torch.manual_seed(config.seed * 1_000_003 + number)  # dropout uses the global generator
        loss = functional.cross_entropy(head.train()(perception.volume).flatten(0, 1), counts.long().flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        values = {"loss": loss.item()}
        validated = number % config.validate_every == 0 or number == config.steps
        if validated:
            measured = measure(head, validation.batches(model))
            values |= {f"validation_{name}": value for name, value in measured.items()}
        yield Progress(number, config.steps, values, validated)


def measure(head: CountHead, scenes: Iterable[tuple[Perception, Tensor]]) -> dict[str, float]:
    """0-1 exact match and macro-F1 of the most probable counts."""
    head.eval()
    with torch.inference_mode():
        pairs = [
            (head(perception.volume).argmax(dim=2).cpu().numpy(), counts.cpu().numpy()) for perception, counts in scenes
        ]
    predicted, true = (np.concatenate(part) for part in zip(*pairs, strict=True))
    return {"exact_match": metrics.exact_match(predicted, true), "macro_f1": metrics.macro_f1(predicted, true)}
