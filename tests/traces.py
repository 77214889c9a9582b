"""Hand-made traces: every number follows the model's rules, no model is needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hsal.trace import Box, Glimpse, Source, Step, Trace

DIGITS = (*"0123456789", "stop")
PLACES = ((0.21, 0.79), (0.79, 0.36), (0.36, 0.21))  # where the objects lie, as shares of height and width


def make_trace(
    *,
    labels: tuple[int, ...] = (3, 7, 10),
    rewards: tuple[float | None, ...] = (1.0, -1.0, -1.0),
    truth: tuple[int, ...] | None = (3, 5),
    rows: int = 7,
    columns: int = 7,
    gaussians: int = 3,
    glimpses: int = 2,
    names: tuple[str, ...] = DIGITS,
    name: str = "hand-made",
    image_px: tuple[int, int] = (100, 100),
    colour: bool = False,
) -> Trace:
    """A walk over two bright squares: one meta-step per label, each attending to another place.

    As it stands: a 3 named rightly, a 7 named wrongly, and a stop that comes too early, since a 5 is left.
    `colour` makes the picture RGB. `truth=None` also drops the rewards. `rewards` belongs to `labels`, one each.
    """
    saliency = _bumps(rows, columns)
    steps = []
    for t, label in enumerate(labels):
        step = _step(saliency, PLACES[t % len(PLACES)], gaussians, glimpses, label, len(names))
        steps.append(replace(step, reward=None if truth is None else rewards[t]))
        saliency = step.next_saliency
    source = Source("scene", name, "0" * 64, "hand-made", "hand-made", seed=7)
    height, width = image_px
    corners = ((3, 8, 66, 34, 92), (5, 66, 23, 92, 49))  # percent of height, width, height, width
    boxes = tuple(
        Box(label, top * height // 100, left * width // 100, bottom * height // 100, right * width // 100)
        for label, top, left, bottom, right in corners
    )
    picture = _picture(*image_px)
    return Trace(source, _painted(picture) if colour else picture, names, 1.0, tuple(steps), truth, boxes)


def _picture(height: int, width: int) -> np.ndarray:
    image = np.zeros((height, width), np.uint8)
    for down, across in PLACES[:2]:
        top, left = int((down - 0.12) * height), int((across - 0.12) * width)
        image[top : top + int(0.24 * height), left : left + int(0.24 * width)] = 220
    return image


def _painted(grey: np.ndarray) -> np.ndarray:
    """Yellow squares on a brick-red wall, (H,W,3)."""
    return np.where(grey[..., None] > 0, [240, 220, 60], [150, 70, 50]).astype(np.uint8)


def _distances(rows: int, columns: int, row: float, column: float) -> np.ndarray:
    down, across = np.mgrid[1 : rows + 1, 1 : columns + 1]
    return (down - row) ** 2 + (across - column) ** 2


def _bumps(rows: int, columns: int) -> np.ndarray:
    saliency = np.zeros((rows, columns))
    for strength, (down, across) in zip((1.0, 0.8, 0.3), PLACES, strict=True):
        saliency += strength * np.exp(-0.8 * _distances(rows, columns, 0.5 + down * rows, 0.5 + across * columns))
    return (saliency / saliency.max()).astype(np.float32)


def _step(
    saliency: np.ndarray, place: tuple[float, float], gaussians: int, glimpses: int, label: int, classes: int
) -> Step:
    rows, columns = saliency.shape
    row, column = 0.5 + place[0] * rows, 0.5 + place[1] * columns
    weights = [2 * (i + 1) / (gaussians * (gaussians + 1)) for i in range(gaussians)]  # 1 : 2 : 3 ..., sum 1
    mixture = np.array([(alpha, 0.35 + 0.1 * i, row, column) for i, alpha in enumerate(weights)], np.float32)
    mask = sum(alpha * np.exp(-beta * _distances(rows, columns, row, column)) for alpha, beta, *_ in mixture)
    mask = mask.astype(np.float32)
    priority = mask * saliency
    looks = tuple(_glimpse(priority, order) for order in range(glimpses))
    after = np.maximum(saliency - mask, 0).astype(np.float32)
    for look in looks:
        after[look.cell] = 0
    chances = np.full(classes, 0.2 / (classes - 1), np.float32)
    chances[label] = 0.8
    return Step(saliency, mixture, mask, priority, mask / mask.sum(), looks, chances, label, 0.61, None, after)


def _glimpse(priority: np.ndarray, order: int) -> Glimpse:
    cell = divmod(int(np.argsort(priority, axis=None)[-1 - order]), priority.shape[1])
    odds = np.exp(6 * priority)
    odds[cell] *= 4
    return Glimpse((odds / odds.sum()).astype(np.float32), cell, 0.25 + 0.1 * order, float(priority[cell]))
