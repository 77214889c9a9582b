"""The images that Compare saliency can show, with what is known of each; read once for all visitors."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from functools import lru_cache
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
from hsal.paths import ASSETS, DEFAULT_WEIGHTS
from hsal.zoo import samples

LONGEST_PX = 800  # of an image's sides: what is larger is reduced before any model sees it
EXAMPLE = ASSETS / "fixations-example"
MADE_UP = "The fixations of this example are made up: nobody's eyes were tracked."
NO_OSIE = (
    "OSIE's photographs are not here: put its `stimuli` folder and `fixations.mat` "
    "(github.com/NUS-VIP/predicting-human-gaze-beyond-pixels) into `HSAL_DATA/osie_fixations`, and start the app anew."
)
SCENE_TASKS = ("mnist-multiset", "street-numbers")  # whose scenes everybody can draw


@dataclass(frozen=True)
class ComparedImage:
    """An image to compare maps on: what is known of it, and what identifies it."""

    picture: FixatedImage
    digest: str
    """Of its pixels and fixations."""
    task: str = ""
    """Of a scene: which weights know what is in it."""
    root: Path | None = None
    """Of a photograph: the folder whose other photographs it can be measured against."""

    @property
    def truth(self) -> tuple[int, ...] | None:
        """The labels of a scene; None where they are not known."""
        return tuple(box.label for box in self.picture.boxes) if self.task else None


def sample_image(name: str) -> ComparedImage:
    """A sample scene, with its digits' boxes."""
    trace = samples.recorded()[name]
    return _subject(FixatedImage(f"sample {name}", colored(trace.image), boxes=trace.boxes), cache.RECORDED_TASK)


@st.cache_data(max_entries=64, show_spinner=False)
def scene_image(task: str, seed: int, index: int) -> ComparedImage:
    """A scene rendered from a seed; raises HsalError."""
    name = next((name for name in (DEFAULT_WEIGHTS, task) if describe(name).task == task), task)
    scene = cache.scenes(task, describe(name).config.size_px, *cache.DEFAULT_SCENE).render(seed, index)
    called = f"scene {seed}" if index == 0 else f"scene {index} of seed {seed}"
    return _subject(FixatedImage(called, colored(scene.image), boxes=scene.boxes), task)


def photos() -> dict[str, str]:
    """Name -> title of the photographs of which fixations are known: OSIE's where they are here, and the examples."""
    found = {}
    for root in _roots():
        try:
            found |= {name: _titled(name, root) for name in _opened(root, root.stat().st_mtime_ns).names}
        except (DataError, OSError):
            continue  # damaged: the choice of photographs is poorer, and `photo_image` says why
    return found


def has_osie() -> bool:
    """Whether OSIE's photographs are here."""
    return len(_roots()) > 1


def photo_image(name: str) -> ComparedImage:
    """One of the photographs; raises HsalError."""
    for root in _roots():
        fixated = _opened(root, root.stat().st_mtime_ns)
        if name in fixated.names:
            picture = fixated[fixated.names.index(name)]
            made_up = (MADE_UP,) if root == EXAMPLE else ()
            return _subject(replace(picture, notes=(*picture.notes, *made_up)), root=root)
    raise DataError(f"There is no photograph {quoted(name)} here: choose another.")


def _roots() -> list[Path]:
    data = os.environ.get("HSAL_DATA")
    osie = [root for root in (Path(data) / "osie_fixations", Path(data)) if _fixated(root)] if data else []
    return [*osie[:1], EXAMPLE]


def _fixated(root: Path) -> bool:
    return any((root / name).is_file() for name in ("fixations.npz", "fixations.mat"))


def _titled(name: str, root: Path) -> str:
    return f"{Path(name).stem} (example)" if root == EXAMPLE else f"OSIE {Path(name).stem}"


@st.cache_resource(max_entries=4, show_spinner=False)  # frozen: all visitors may share them
def _opened(root: Path, stamp: int) -> FixationDataset:
    return open_fixated(root)


@st.cache_data(max_entries=16, show_spinner=False)
def uploaded_image(name: str, data: bytes) -> ComparedImage:
    """A visitor's image, of which nothing is known; raises ImageError."""
    picture = decode_image(data, name)
    return _subject(FixatedImage(name[:80], picture.pixels, notes=picture.notes))


@st.cache_data(max_entries=16, show_spinner=False)
def image_with_fixations(name: str, data: bytes, table_name: str, table: bytes) -> ComparedImage:
    """A visitor's image with a CSV of fixations; raises ImageError or DataError."""
    picture = decode_image(data, name)
    shape = decode_shape(data, name)
    placed, notes = assign_fixations(parse_table(table, table_name), {name: shape})
    fixations = scaled(placed[name], shape, picture.pixels.shape[:2])
    return _subject(FixatedImage(name[:80], picture.pixels, fixations, notes=(*picture.notes, *notes)))


Targets = tuple[np.ndarray, np.ndarray, tuple[int, int]]  # rows and columns looked at, and the image's (H,W)


def other_targets(subject: ComparedImage) -> list[Targets]:
    """Where people looked on the other photographs of its folder. Takes seconds when it is asked for first."""
    if subject.root is None:
        return []
    found = _targets(subject.root, subject.root.stat().st_mtime_ns)
    return [target for name, target in found.items() if name != subject.picture.name]


@lru_cache(maxsize=2)
def _targets(root: Path, stamp: int) -> dict[str, Targets]:
    pictures = open_fixated(root)
    looked = {name: picture for name, picture in zip(pictures.names, pictures, strict=True) if picture.fixations}
    return {name: (*picture.targets(), picture.image.shape[:2]) for name, picture in looked.items()}


def _subject(picture: FixatedImage, task: str = "", root: Path | None = None) -> ComparedImage:
    picture = _reduced(picture)
    picture = replace(picture, image=np.array(picture.image))  # torch wants what it may write to
    parts = [picture.image.tobytes(), str(picture.image.shape).encode(), repr(picture.boxes).encode()]
    if picture.fixations is not None:
        parts += [picture.fixations.x.tobytes(), picture.fixations.y.tobytes()]
    return ComparedImage(picture, hashlib.sha256(b"|".join(parts)).hexdigest(), task, root)


def _reduced(picture: FixatedImage) -> FixatedImage:
    """At most LONGEST_PX on a side, and a note where that has changed it."""
    height, width = picture.image.shape[:2]
    factor = LONGEST_PX / max(height, width)
    if factor >= 1:
        return picture
    size = max(8, round(width * factor)), max(8, round(height * factor))
    image = np.asarray(Image.fromarray(picture.image).resize(size, Image.Resampling.BOX, reducing_gap=2.0))
    fixations = picture.fixations and scaled(picture.fixations, (height, width), (size[1], size[0]))
    boxes = tuple(_moved(box, size[1] / height, size[0] / width) for box in picture.boxes)
    note = f"Reduced from {width} x {height} to {size[0]} x {size[1]} pixels, the most that maps are made of."
    return replace(picture, image=image, fixations=fixations, boxes=boxes, notes=(*picture.notes, note))


def _moved(box: Box, down: float, across: float) -> Box:
    return Box(
        box.label, int(box.top_px * down), int(box.left_px * across),
        max(int(box.top_px * down) + 1, round(box.bottom_px * down)),
        max(int(box.left_px * across) + 1, round(box.right_px * across)),
    )
