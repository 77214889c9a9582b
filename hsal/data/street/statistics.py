"""Statistics of real house numbers: SVHN's training annotations reduced to a small table.

Netzer, Wang, Coates, Bissacco, Wu, Ng, *Reading Digits in Natural Images with Unsupervised Feature
Learning*, 2011. Continuous quantities are stored as their quantiles at LEVELS.

`python -m hsal.data.street.statistics` writes `statistics.json` again from
HSAL_DATA/svhn_annotations/svhn_format1_annotations.npz (the training split alone).
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np

from hsal.data.base import DataError

_TAIL = (0.0, 0.001, 0.005, 0.01, 0.025)  # tails are long: a vertical number is one in 400
LEVELS = np.array([*_TAIL, *(step / 20 for step in range(1, 20)), *(1 - level for level in reversed(_TAIL))])
LONGEST = 6


@dataclass(frozen=True)
class StreetStatistics:
    """Lengths are in units of the number's median digit height unless noted otherwise."""

    lengths: list[float]  # share of numbers with 1..6 digits
    labels: list[list[list[float]]]  # [length-1][position][digit]: share
    height_px: list[float]  # quantiles of the digits' height in the photo
    width: list[float]  # quantiles of a number's median digit width, without the digit 1
    gap: list[float]  # quantiles of a number's median gap between neighbors' boxes; they may overlap
    slope: list[float]  # quantiles of the angle from the first digit's center to the last's, degrees, down is positive


@cache
def street_statistics() -> StreetStatistics:
    """The table that comes with the package."""
    text = resources.files("hsal.data.street").joinpath("statistics.json").read_text(encoding="utf-8")
    return StreetStatistics(**json.loads(text))


def measure(label: np.ndarray, box: np.ndarray, offset: np.ndarray) -> StreetStatistics:
    """The table of annotated numbers.

    Args:
        label: (M,) digits; 10 stands for 0.
        box: (M,4) left, top, right, bottom in px.
        offset: (N+1,) number i's digits are rows offset[i]:offset[i+1], left to right.
    """
    digits, box = label % 10, box.astype(float)
    lengths = np.diff(offset)
    numbers = [(digits[a:b], box[a:b]) for a, b in pairwise(offset)]
    wide = [(d, b) for d, b in numbers if (d != 1).any()]
    several = [b for _, b in numbers if len(b) > 1]
    return StreetStatistics(
        lengths=_rounded(np.bincount(lengths, minlength=LONGEST + 1)[1 : LONGEST + 1] / len(lengths)),
        labels=[_labels(digits, offset[:-1][lengths == length], length) for length in range(1, LONGEST + 1)],
        height_px=_quantiles([_height(b) for _, b in numbers]),
        width=_quantiles([np.median((b[:, 2] - b[:, 0])[d != 1]) / _height(b) for d, b in wide]),
        gap=_quantiles([np.median(b[1:, 0] - b[:-1, 2]) / _height(b) for b in several]),
        slope=_quantiles([_slope(b) for b in several]),
    )


def _labels(digits: np.ndarray, starts: np.ndarray, length: int) -> list[list[float]]:
    """Share of each digit at each position of the numbers of one length; uniform if there are none."""
    counts = [np.bincount(digits[starts + position], minlength=10) for position in range(length)]
    return [_rounded(count / count.sum() if count.sum() else np.full(10, 0.1)) for count in counts]


def _height(box: np.ndarray) -> float:
    return float(np.median(box[:, 3] - box[:, 1]))


def _slope(box: np.ndarray) -> float:
    right, down = ((box[-1, :2] + box[-1, 2:]) - (box[0, :2] + box[0, 2:])) / 2
    return float(np.degrees(np.arctan2(down, right)))


def _quantiles(values: list[float]) -> list[float]:
    return _rounded(np.quantile(values, LEVELS))


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 4) for value in values]


def main() -> None:
    """Write the table.

    Raises:
        DataError: the annotations are missing.
    """
    source = Path(os.environ.get("HSAL_DATA", ".")) / "svhn_annotations" / "svhn_format1_annotations.npz"
    if not source.is_file():
        raise DataError(f"{source} is missing. Set HSAL_DATA to the folder that holds svhn_annotations.")
    with np.load(source) as stored:
        table = measure(stored["train_label"], stored["train_box_xyxy"], stored["train_offset"])
    Path(__file__).with_suffix(".json").write_text(json.dumps(asdict(table), indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
