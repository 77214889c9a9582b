"""Opening a folder of images with fixations or boxes, and rendered scenes as such a dataset."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hsal.data.base import DataError, SceneSource
from hsal.data.fixations.base import FixatedImage, FixationDataset, FixationSplit
from hsal.data.fixations.custom import SCENES, open_custom, open_rendered
from hsal.data.fixations.osie import open_osie


def open_fixated(root: Path, split: FixationSplit = "test") -> FixationDataset:
    """The images of a folder, in the format that its files indicate.

    OSIE (`osie.py`) if there is a fixations.npz or fixations.mat; scenes with the digits' boxes if there is the
    scenes.jsonl of `hsal scenes`; else images with a CSV of fixations (`custom.py`).

    Args:
        root: the folder.
        split: which of OSIE's photos; the other formats have no splits, and all of their images are opened.
    Raises:
        DataError: there is no such folder, it holds none of these, or a file is damaged.
    """
    if not root.is_dir():
        raise DataError(f"There is no folder {root}: give the one with the images and their fixations.")
    if any((root / name).is_file() for name in ("fixations.npz", "fixations.mat")):
        return open_osie(root, split)
    if (root / SCENES).is_file():
        return open_rendered(root)
    return open_custom(root)


def of_scenes(source: SceneSource, seed: int, count: int) -> FixationDataset:
    """Scenes 0..count-1 of a seed, with the boxes of their digits."""

    def load(index: int) -> FixatedImage:
        scene = source.render(seed, index)
        return FixatedImage(names[index], colored(scene.image), boxes=scene.boxes)

    names = [f"scene {seed}-{index}" for index in range(count)]
    return FixationDataset(f"{source.name}, seed {seed}", names, load)


def colored(image: np.ndarray) -> np.ndarray:
    """(H,W) or (H,W,3) -> (H,W,3)."""
    return image if image.ndim == 3 else np.repeat(image[:, :, None], 3, axis=2)
