"""OSIE: fixations of 15 people on photos of several objects, 800x600 px.

Xu, Jiang, Wang, Kankanhalli, Zhao, *Predicting human gaze beyond pixels*, Journal of Vision 2014. The folder holds the
original fixations.mat, or the same data as fixations.npz, and some or all of the 700 photos in stimuli/.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from hsal.data.base import DataError
from hsal.data.fixations.base import FixatedImage, FixationDataset, Fixations
from hsal.data.images import read_image


def open_osie(root: Path) -> FixationDataset:
    """The photos in stimuli/ that have fixations, sorted by name.

    Raises:
        DataError: a file is missing or damaged.
    """
    known = _npz(root / "fixations.npz") if (root / "fixations.npz").is_file() else _mat(root / "fixations.mat")
    names = sorted(name for name in known if (root / "stimuli" / name).is_file())
    if not names:
        raise DataError(f"{root} has fixations but none of their photos: put them into {root / 'stimuli'}.")

    def load(index: int) -> FixatedImage:
        image = read_image(root / "stimuli" / names[index])
        height, width = image.pixels.shape[:2]
        x, y, subject, duration = known[names[index]]
        # MATLAB counts from 1
        here = Fixations((x - 1).clip(0, width - 1), (y - 1).clip(0, height - 1), subject, duration)
        return FixatedImage(names[index], image.pixels, here, notes=image.notes)

    return FixationDataset(f"OSIE, {len(names)} photos", names, load)


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
