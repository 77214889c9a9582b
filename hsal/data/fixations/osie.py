"""OSIE: fixations of 15 people on photos of several objects, 800x600 px.

Xu, Jiang, Wang, Kankanhalli, Zhao, *Predicting human gaze beyond pixels*, Journal of Vision 2014. The folder holds the
original fixations.mat, or the same data as fixations.npz, and some or all of the 700 photos: those to measure on in
stimuli/, and others to train on in stimuli_train/.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from hsal.data.base import DataError
from hsal.data.fixations.base import FixatedImage, FixationDataset, Fixations, FixationSplit
from hsal.data.images import read_image

FOLDERS: dict[FixationSplit, str] = {"test": "stimuli", "train": "stimuli_train"}


def open_osie(root: Path, split: FixationSplit = "test") -> FixationDataset:
    """The photos of a split that have fixations, sorted by name.

    Raises:
        DataError: a file is missing or damaged, or a photo is in both splits.
    """
    known = _npz(root / "fixations.npz") if (root / "fixations.npz").is_file() else _mat(root / "fixations.mat")
    found = {part: {name for name in known if (root / folder / name).is_file()} for part, folder in FOLDERS.items()}
    if both := sorted(found["test"] & found["train"]):
        raise DataError(f"{both[0]} is in both {FOLDERS['test']} and {FOLDERS['train']}: remove it from one of them.")
    folder, names = root / FOLDERS[split], sorted(found[split])
    if not names:
        raise DataError(f"{root} has fixations but none of their photos: put them into {folder}.")

    def load(index: int) -> FixatedImage:
        image = read_image(folder / names[index])
        height, width = image.pixels.shape[:2]
        x, y, subject, duration = known[names[index]]
        # MATLAB counts from 1
        here = Fixations((x - 1).clip(0, width - 1), (y - 1).clip(0, height - 1), subject, duration)
        return FixatedImage(names[index], image.pixels, here, notes=image.notes)

    title = f"OSIE, {len(names)} photos" + (" to train on" if split == "train" else "")
    return FixationDataset(title, names, load)


Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # x, y, subject, duration_ms, (n,) each


def _npz(path: Path) -> dict[str, Columns]:
    try:
        with path.open("rb") as file, np.load(file) as stored:
            offset = stored["offset"].tolist()
            arrays = [
                stored[name].astype(kind)
                for name, kind in (("x", np.float32), ("y", np.float32), ("subject", int), ("duration_ms", np.float32))
            ]
            return {
                str(name): tuple(array[first:last] for array in arrays)
                for name, first, last in zip(stored["image"], offset[:-1], offset[1:], strict=True)
            }
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} is damaged: download it again.") from error


def _mat(path: Path) -> dict[str, Columns]:
    from scipy.io import loadmat  # slow to import, and not needed for fixations.npz

    try:
        records = loadmat(path, squeeze_me=True, struct_as_record=False)["fixations"]
        return {str(record.img): _flat(np.atleast_1d(record.subjects)) for record in records}
    except Exception as error:  # the reader fails in many ways on damaged bytes
        raise DataError(f"{path} is damaged: download it again.") from error


def _flat(subjects: np.ndarray) -> Columns:
    each = [
        [np.atleast_1d(getattr(one, name)).astype(np.float32) for name in ("fix_x", "fix_y", "fix_duration")]
        for one in subjects
    ]
    x, y, duration = (np.concatenate(parts) for parts in zip(*each, strict=True))
    return x, y, np.repeat(np.arange(len(each)), [len(one[0]) for one in each]), duration
