"""The settings of `hsal card`."""

from __future__ import annotations

from dataclasses import dataclass

from hsal.data.digits.mnist import DigitSource


@dataclass(frozen=True)
class CardCommand:
    """Evaluate weights on test scenes and write their model card, NAME.md beside the weights.

    Example: hsal card --weights mnist-multiset
    """

    weights: str = "mnist-multiset"
    """Name of shipped weights, or a .safetensors file."""
    scenes: int = 10000
    """Number of test scenes."""
    seed: int = 1
    """Seed of the scenes."""
    digits: DigitSource = "mnist"
    """Where test digits come from: all of MNIST, the embedded 5000, or auto."""

    def run(self) -> int:
        """Evaluate and write the card."""
        from hsal.cli.run.card import run_card

        return run_card(self)
