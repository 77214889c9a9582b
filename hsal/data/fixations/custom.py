"""A folder of the user's images with a CSV of fixations, or of rendered scenes with the digits' boxes."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from hsal.data.base import Box, DataError
from hsal.data.fixations.base import FixatedImage, FixationDataset, Fixations
from hsal.data.fixations.csv_table import assign_fixations, read_table
from hsal.data.images import ImageError, quoted, read_image, read_shape
from hsal.paths import ASSETS

SCENES = "scenes.jsonl"  # what `hsal scenes` writes beside its images
EXAMPLE = ASSETS / "fixations-example"  # three images with made-up fixations
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")


def open_custom(root: Path) -> FixationDataset:
    """The images of a folder, sorted by name, with fixations.csv (or the only .csv) beside them.

    Images without fixations are included; damaged ones are left out, and a note says so.

    Raises:
        DataError: no image, no CSV or several of them, or a CSV that does not fit (`hsal/data/fixations/csv_table.py`).
    """
    files = sorted(path for path in root.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())
    table = read_table(_csv(root))
    shapes, notes = {}, []
    for path in files:
        try:
            shapes[path.name] = read_shape(path)
        except ImageError as error:
            notes.append(f"Left out: {error}")
    if not shapes:
        raise DataError(f"{root} has no image: put PNG, JPEG, WebP, BMP or GIF files beside the CSV of fixations.")
    placed, problems = assign_fixations(table, shapes)
    names = list(shapes)
    without = [name for name in names if name not in placed]
    if without:
        note = f"{len(without):,} of {len(names):,} images have no fixations, {quoted(without[0])} first."
        problems = (*problems, note)

    def load(index: int) -> FixatedImage:
        name = names[index]
        image = read_image(root / name)
        fixations = placed.get(name)
        here = fixations and scaled(fixations, shapes[name], image.pixels.shape[:2])
        return FixatedImage(name, image.pixels, here, notes=image.notes)

    return FixationDataset(f"{root.name}, {len(names)} images", names, load, (*notes, *problems))


def _csv(root: Path) -> Path:
    found = sorted(root.glob("*.csv"))
    if root / "fixations.csv" in found:
        return root / "fixations.csv"
    if len(found) != 1:
        found_files = "several .csv files and none is" if found else "no"
        raise DataError(f"{root} has {found_files} fixations.csv: put one there, with the columns x, y and image.")
    return found[0]


def scaled(fixations: Fixations, shape: tuple[int, int], wanted: tuple[int, int]) -> Fixations:
    """Fixations of an image of shape (H,W) on the same image scaled to the wanted (H,W)."""
    if shape == wanted:
        return fixations
    y, x = (
        ((axis + 0.5) * after / before - 0.5).clip(0, after - 1).astype(np.float32)
        for axis, before, after in zip((fixations.y, fixations.x), shape, wanted, strict=True)
    )
    return replace(fixations, x=x, y=y)


def open_rendered(root: Path) -> FixationDataset:
    """Scenes as `hsal scenes` wrote them, with the boxes of their digits.

    Raises:
        DataError: scenes.jsonl is damaged, or all its images are missing.
    """
    boxes: dict[str, tuple[Box, ...]] = {}
    number = 0
    try:
        for line in (root / SCENES).read_text(encoding="utf-8").splitlines():
            number += 1
            record = json.loads(line)
            boxes[Path(record["image"]).name] = tuple(
                Box(*(int(box[key]) for key in ("label", "top_px", "left_px", "bottom_px", "right_px")))
                for box in record["boxes"]
            )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"{root / SCENES}, line {number}: damaged: run hsal scenes again.") from error
    names = [name for name in boxes if (root / name).is_file()]
    if not names:
        raise DataError(f"{root / SCENES} names images that are all missing: run hsal scenes again.")

    def load(index: int) -> FixatedImage:
        image = read_image(root / names[index])
        return FixatedImage(names[index], image.pixels, boxes=boxes[names[index]], notes=image.notes)

    missing = len(boxes) - len(names)
    notes = [f"{SCENES} names {missing:,} missing images: left out."] if missing else []
    return FixationDataset(f"{root.name}, {len(names)} scenes", names, load, notes)


def example_zip() -> bytes:
    """The example's images and CSV as one archive, to download as a template."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(EXAMPLE.iterdir()):
            archive.write(path, f"{EXAMPLE.name}/{path.name}")
    return buffer.getvalue()
