"""The images that Compare saliency can show, with their fixations or boxes; loaded once for all visitors."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from app import cache
from app.weights import describe
from hsal.data.base import Box, DataError
from hsal.data.fixations.csv_table import assign_fixations, parse_table
from hsal.data.fixations.custom import scaled
from hsal.data.fixations.dataset import FixatedImage, FixationDataset, colored, open_fixated
from hsal.data.images import decode_image, decode_shape, quoted
from hsal.paths import ASSETS, DEFAULT_WEIGHTS, shipped_weights
from hsal.zoo import samples
from hsal.zoo.suitability import suitable_weights

MAX_SIDE_PX = 800  # a larger image is reduced before any model sees it
EXAMPLE = ASSETS / "fixations-example"
MADE_UP = "The fixations of this example are made up, not recorded from people."
NO_OSIE = (
    "The photos of the OSIE dataset are not installed: put its `stimuli` folder and `fixations.mat` "
    "(github.com/NUS-VIP/predicting-human-gaze-beyond-pixels) into `HSAL_DATA/osie_fixations`, and restart the app."
)
SCENE_TASKS = ("mnist-multiset", "street-numbers")  # scenes that need no dataset of the visitor


@dataclass(frozen=True)
class ComparedImage:
    """An image to compare maps on, with its ground truth."""

    fixated: FixatedImage
    digest: str
    """SHA-256 of its pixels, boxes and fixations."""
    task: str = ""
    """The task of a scene; empty for other images."""
    root: Path | None = None
    """The folder of a photo's dataset, whose other photos serve for shuffled AUC."""

    @property
    def pixels(self) -> np.ndarray:
        """(H,W,3) uint8, RGB."""
        return self.fixated.image

    @property
    def size(self) -> tuple[int, int]:
        """(H,W)."""
        height, width = self.pixels.shape[:2]
        return height, width

    @cached_property
    def suitable_weights(self) -> str:
        """The shipped weights that suit the image: for photos, or for the digits of its scene."""
        return self.task if self.task in shipped_weights() else suitable_weights(self.pixels)

    @property
    def truth(self) -> tuple[int, ...] | None:
        """The labels of a scene; None for other images."""
        return tuple(box.label for box in self.fixated.boxes) if self.task else None


def sample_image(name: str) -> ComparedImage:
    """A sample scene, with the boxes of its digits."""
    trace = samples.recorded()[name]
    return _compared(FixatedImage(f"sample {name}", colored(trace.image), boxes=trace.boxes), cache.RECORDED_TASK)


@st.cache_data(max_entries=64, show_spinner=False)
def scene_image(task: str, seed: int, index: int) -> ComparedImage:
    """A scene rendered from a seed; raises HsalError."""
    name = next((name for name in (DEFAULT_WEIGHTS, task) if describe(name).task == task), task)
    scene = cache.scenes(task, describe(name).config.size_px, *cache.DEFAULT_SCENE).render(seed, index)
    title = f"scene {seed}" if index == 0 else f"scene {index} of seed {seed}"
    return _compared(FixatedImage(title, colored(scene.image), boxes=scene.boxes), task)


def photos() -> dict[str, str]:
    """Name -> title of the photos: those of OSIE if it is installed, the examples of fixations, and the sample photos,
    which have none."""
    titles: dict[str, str] = {}
    for root in _roots():
        try:
            titles |= {name: _title(name, root) for name in _opened(root, root.stat().st_mtime_ns).names}
        except (DataError, OSError):
            continue  # a damaged dataset must not hide the others; `photo_image` gives the reason
    names = samples.sample_photos()
    return titles | {name: f"{samples.photo_title(name)} (no fixations)" for name in names}


def has_osie() -> bool:
    """Whether the OSIE dataset is installed."""
    return osie_root() is not None


def osie_root() -> Path | None:
    """The folder of the OSIE dataset; None where it is not installed."""
    data = os.environ.get("HSAL_DATA")
    places = (Path(data) / "osie_fixations", Path(data)) if data else ()
    return next((root for root in places if _has_fixations(root)), None)


def photo_image(name: str) -> ComparedImage:
    """One of the photos; raises HsalError."""
    if name in samples.sample_photos():
        return _compared(FixatedImage(name, samples.photo_pixels(name)))
    for root in _roots():
        dataset = _opened(root, root.stat().st_mtime_ns)
        if name in dataset.names:
            photo = dataset[dataset.names.index(name)]
            made_up = (MADE_UP,) if root == EXAMPLE else ()
            return _compared(replace(photo, notes=(*photo.notes, *made_up)), root=root)
    raise DataError(f"There is no photo {quoted(name)}: choose another.")


def _roots() -> list[Path]:
    osie = osie_root()
    return [EXAMPLE] if osie is None else [osie, EXAMPLE]


def _has_fixations(root: Path) -> bool:
    return any((root / name).is_file() for name in ("fixations.npz", "fixations.mat"))


def _title(name: str, root: Path) -> str:
    return f"{Path(name).stem} (example)" if root == EXAMPLE else f"OSIE {Path(name).stem}"


@st.cache_resource(max_entries=4, show_spinner=False)  # frozen: all visitors may share them
def _opened(root: Path, stamp: int) -> FixationDataset:
    return open_fixated(root)


@st.cache_data(max_entries=16, show_spinner=False)
def uploaded_image(name: str, data: bytes) -> ComparedImage:
    """A visitor's image without ground truth; raises ImageError."""
    decoded = decode_image(data, name)
    return _compared(FixatedImage(name[:80], decoded.pixels, notes=decoded.notes))


@st.cache_data(max_entries=16, show_spinner=False)
def image_with_fixations(name: str, data: bytes, table_name: str, table: bytes) -> ComparedImage:
    """A visitor's image with a CSV table of fixations; raises ImageError or DataError."""
    decoded = decode_image(data, name)
    shape = decode_shape(data, name)
    assigned, notes = assign_fixations(parse_table(table, table_name), {name: shape})
    fixations = scaled(assigned[name], shape, decoded.pixels.shape[:2])
    return _compared(FixatedImage(name[:80], decoded.pixels, fixations, notes=(*decoded.notes, *notes)))


Targets = tuple[np.ndarray, np.ndarray, tuple[int, int]]  # rows (n,), columns (n,), and the image's (H,W)


def other_targets(image: ComparedImage) -> list[Targets]:
    """Fixated pixels on the other photos of the dataset. The first call takes seconds."""
    if image.root is None:
        return []
    targets = _targets(image.root, image.root.stat().st_mtime_ns)
    return [target for name, target in targets.items() if name != image.fixated.name]


@lru_cache(maxsize=2)
def _targets(root: Path, stamp: int) -> dict[str, Targets]:
    dataset = open_fixated(root)
    fixated = {name: photo for name, photo in zip(dataset.names, dataset, strict=True) if photo.fixations}
    return {name: (*photo.targets(), photo.image.shape[:2]) for name, photo in fixated.items()}


def _compared(fixated: FixatedImage, task: str = "", root: Path | None = None) -> ComparedImage:
    fixated = _reduced(fixated)
    fixated = replace(fixated, image=np.array(fixated.image))  # torch needs a writable array
    parts = [fixated.image.tobytes(), str(fixated.image.shape).encode(), repr(fixated.boxes).encode()]
    if fixated.fixations is not None:
        parts += [fixated.fixations.x.tobytes(), fixated.fixations.y.tobytes()]
    return ComparedImage(fixated, hashlib.sha256(b"|".join(parts)).hexdigest(), task, root)


def _reduced(fixated: FixatedImage) -> FixatedImage:
    """The image at most MAX_SIDE_PX on a side, with a note if it was reduced."""
    height, width = fixated.image.shape[:2]
    factor = MAX_SIDE_PX / max(height, width)
    if factor >= 1:
        return fixated
    size = max(8, round(width * factor)), max(8, round(height * factor))
    image = np.asarray(Image.fromarray(fixated.image).resize(size, Image.Resampling.BOX, reducing_gap=2.0))
    fixations = fixated.fixations and scaled(fixated.fixations, (height, width), (size[1], size[0]))
    boxes = tuple(_scaled_box(box, size[1] / height, size[0] / width) for box in fixated.boxes)
    note = f"Reduced from {width} x {height} to {size[0]} x {size[1]} pixels, the largest size for maps."
    return replace(fixated, image=image, fixations=fixations, boxes=boxes, notes=(*fixated.notes, note))


def _scaled_box(box: Box, down: float, across: float) -> Box:
    return Box(
        box.label, int(box.top_px * down), int(box.left_px * across),
        max(int(box.top_px * down) + 1, round(box.bottom_px * down)),
        max(int(box.left_px * across) + 1, round(box.right_px * across)),
    )
