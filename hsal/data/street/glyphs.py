"""Digit shapes of street numbers: signed distance fields of many faces, split by family.

`assets/faces.png` has a row of ten cells per face; `faces.json` names each row's family, style,
split and license. A distance field (Green, *Improved Alpha-Tested Magnification*, 2007) can be drawn at
any size and gives bolder strokes, outlines, bevels and shadows by a threshold or a slope.

Families are split, not faces, and families that imitate one another (Liberation Sans and Nimbus Sans,
the three that imitate Times) are in one split, so that a held-out face is a shape never trained on.

`python -m hsal.data.street.glyphs FOLDER` draws both files again from the fonts found below FOLDER.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hsal.data.base import DataError, Split

GLYPH_PX = 40  # a digit's height in its cell
MARGIN_PX = 6  # around it, as room for outlines
CELL_PX = GLYPH_PX + 2 * MARGIN_PX
EDGE = 128  # the field's value on the outline; above is ink
LEVELS_PER_PX = 20
_DRAWN_PX = 4 * GLYPH_PX  # fonts are drawn this large before the field is taken
_DIRECTIONS = np.stack([np.cos(np.arange(12) * np.pi / 6), np.sin(np.arange(12) * np.pi / 6)])  # (2,12)

# split -> family -> what the names of its files begin with
FAMILIES: dict[Split, dict[str, tuple[str, ...]]] = {
    "train": {
        "Helvetica-like": ("LiberationSans-", "NimbusSans-", "LiberationSansNarrow-", "NimbusSansNarrow-"),
        "Times-like": ("LiberationSerif-", "NimbusRoman-", "STIXGeneral"),
        "DejaVu Sans": ("DejaVuSans", "DejaVuSansCondensed"),
        "Computer Modern": ("cmr10", "cmb10", "cmss10", "cmtt10", "cmti10"),
        "Bookman-like": ("URWBookman-",),
        "Courier-like": ("NimbusMonoPS-",),
        "Oswald": ("oswald-",),
        "Barlow Condensed": ("barlow-condensed-",),
        "Josefin Sans": ("josefin-sans-",),
        "Arvo": ("arvo-",),
        "Alfa Slab One": ("alfa-slab-one-",),
        "Abril Fatface": ("abril-fatface-",),
        "Lobster": ("lobster-",),
        "Pacifico": ("pacifico-",),
        "Comfortaa": ("comfortaa-",),
        "Varela Round": ("varela-round-",),
        "Saira Stencil One": ("saira-stencil-one-",),
        "Rubik": ("rubik-",),
        "Passion One": ("passion-one-",),
        "Poppins": ("poppins-",),
        "Courgette": ("courgette-",),
        "Righteous": ("righteous-",),
    },
    "validation": {
        "Avant-Garde-like": ("URWGothic-",),
        "Roboto Slab": ("roboto-slab-",),
        "Kaushan Script": ("kaushan-script-",),
        "Bebas Neue": ("bebas-neue-",),
        "Cinzel": ("cinzel-",),
    },
    "test": {
        "Century-Schoolbook-like": ("C059-",),
        "Palatino-like": ("P052-",),
        "Overpass": ("overpass-",),
        "Patua One": ("patua-one-",),
        "Fredoka One": ("fredoka-one-",),
        "Old Standard": ("old-standard-tt-",),
        "Domine": ("domine-",),
        "DejaVu Serif": ("DejaVuSerif",),
        "Permanent Marker": ("permanent-marker-",),
    },
}


@dataclass(frozen=True)
class Face:
    """Ten digits of one face."""

    family: str
    style: str
    fields: tuple[np.ndarray, ...]  # per digit (CELL_PX,w+2*MARGIN_PX) uint8; the edge is at EDGE
    hulls: np.ndarray  # (10,12,2) x,y of the ink's outermost points in each digit's field, px
    ink_px: tuple[int, ...]  # each digit's ink width
    width_px: float  # median ink width of the digits that are not 1


@cache
def faces(split: Split) -> tuple[Face, ...]:
    """The split's faces, from the package's own files."""
    folder = resources.files("hsal.data.street").joinpath("assets")
    listed = json.loads(folder.joinpath("faces.json").read_text(encoding="utf-8"))
    with folder.joinpath("faces.png").open("rb") as file, Image.open(file) as sheet:
        cells = np.asarray(sheet).reshape(len(listed), CELL_PX, 10, CELL_PX).swapaxes(1, 2)  # (faces,10,CELL,CELL)
    rows = [row for row, face in enumerate(listed) if face["split"] == split]
    return tuple(_face(listed[row]["family"], listed[row]["style"], cells[row]) for row in rows)


def _face(family: str, style: str, cells: np.ndarray) -> Face:
    fields, hulls, widths = [], [], []
    for cell in cells:
        ink = cell > EDGE
        columns = np.flatnonzero(ink.any(axis=0))
        left, right = columns[0], columns[-1] + 1
        field = cell[:, max(0, left - MARGIN_PX) : right + MARGIN_PX]
        y, x = np.nonzero(field > EDGE)
        points = np.stack([x, y], axis=1) + 0.5  # (n,2)
        fields.append(np.ascontiguousarray(field))
        hulls.append(points[(points @ _DIRECTIONS).argmax(axis=0)])  # (12,2)
        widths.append(int(right - left))
    width_px = float(np.median(np.delete(widths, 1)))
    return Face(family, style, tuple(fields), np.stack(hulls), tuple(widths), width_px)


def _found(folder: Path) -> Iterator[tuple[Split, str, Path]]:
    """Split, family and file of every font below the folder that FAMILIES lists, each file name once."""
    files = {path.name: path for path in sorted(folder.rglob("*")) if path.suffix in {".ttf", ".otf"}}
    for split, families in FAMILIES.items():
        for family, starts in families.items():
            for name, path in sorted(files.items()):
                if name.startswith(starts):
                    yield split, family, path


def _cells(path: Path) -> np.ndarray | None:
    """A face's ten fields (10,CELL_PX,CELL_PX) uint8; None if digits are missing, differ in height or are too wide."""
    font = ImageFont.truetype(str(path), 200)
    tops, bottoms = np.array([font.getbbox(str(digit), anchor="ls")[1::2] for digit in range(10)]).T
    high = np.median(bottoms - tops)
    if high == 0 or np.ptp(tops) > 0.12 * high or np.ptp(bottoms) > 0.12 * high:
        return None
    font = ImageFont.truetype(str(path), 200 * _DRAWN_PX / high)
    base = (CELL_PX - MARGIN_PX) * 4
    cells = np.zeros((10, CELL_PX, CELL_PX), dtype=np.uint8)
    for digit in range(10):
        image = Image.new("L", (CELL_PX * 4, CELL_PX * 4))
        left, _, right, _ = font.getbbox(str(digit), anchor="ls")
        if right - left > (CELL_PX - 2) * 4:
            return None
        ImageDraw.Draw(image).text((CELL_PX * 2 - (left + right) / 2, base), str(digit), 255, font, anchor="ls")
        cells[digit] = _field(np.asarray(image) >= 128)
    return cells


def _field(ink: np.ndarray) -> np.ndarray:
    from scipy.ndimage import distance_transform_edt  # for drawing the sheet only

    distance = (distance_transform_edt(ink) - distance_transform_edt(~ink)) / 4  # cell px, (4 CELL,4 CELL)
    small = distance.reshape(CELL_PX, 4, CELL_PX, 4).mean(axis=(1, 3))
    return (np.rint(np.clip(EDGE + small * LEVELS_PER_PX, 0, 252) / 4) * 4).astype(np.uint8)  # coarse levels compress


def draw_sheet(folder: Path, target: Path) -> int:
    """Write faces.png and faces.json into `target` from the fonts below `folder`; returns the number of faces.

    Raises:
        DataError: there is no usable font.
    """
    listed: list[dict[str, str]] = []
    rows: list[np.ndarray] = []
    for split, family, path in _found(folder):
        cells = _cells(path)
        if cells is not None and not any(np.array_equal(cells, row) for row in rows):
            rows.append(cells)
            listed.append({"family": family, "style": path.stem, "split": split})
    if not rows:
        raise DataError(f"There is no known font below {folder}. Give the fonts' folder.")
    sheet = np.stack(rows).swapaxes(1, 2).reshape(len(rows) * CELL_PX, 10 * CELL_PX)
    Image.fromarray(sheet).save(target / "faces.png", optimize=True)
    (target / "faces.json").write_text(json.dumps(listed, indent=0) + "\n", encoding="utf-8")
    return len(rows)


if __name__ == "__main__":
    count = draw_sheet(Path(sys.argv[1]), Path(__file__).parent / "assets")
    print(f"{count} faces drawn")
