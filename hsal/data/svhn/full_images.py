"""House numbers in full images: cropping a number, and the few labeled samples."""

from __future__ import annotations

import json
import os
from abc import abstractmethod
from pathlib import Path

import numpy as np
from PIL import Image

from hsal.data.base import DataError
from hsal.data.svhn.crop import ENLARGED, Crop, number_crop
from hsal.data.svhn.house_numbers import Number, NumberSource, neighbors
from hsal.data.svhn.mosaic import bordered, mosaic
from hsal.data.svhn.reassembled import Reassembled

ROOM = 1.6  # size of the part around a number, in windows: augmentation needs real pixels

LabeledImage = tuple[Image.Image, tuple[int, ...], np.ndarray]  # RGB, labels, boxes (n,4) left, top, right, bottom


class ImageSource(NumberSource):
    """Numbers in full images, which are read from disk each time: there may be too many for memory."""

    @abstractmethod
    def image(self, number: int) -> LabeledImage:
        """Image 0..n-1 with its labels and boxes."""

    def number(self, number: int) -> Number:
        """Number 0..n-1 with its surroundings, at about the scale of the output."""
        return cut_number(*self.image(number), digit_px=max(32, round(self.size_px / ENLARGED)))

    def isolated(self, number: int, place: int) -> Number:
        """One digit's square without its neighbors, with a smooth fill around it."""
        source = self.number(number)
        box = source.boxes[place]
        side, center = float((box[2:] - box[:2]).max()), (box[:2] + box[2:]) / 2
        size = max(round(side), 1)
        x, y = center.tolist()
        pixels = np.asarray(source.canvas.render(Crop(x, y, side, side), size))  # (size,size,3)
        square = np.concatenate([center - side / 2, center + side / 2])
        hidden = neighbors(source.boxes, place, square, size)
        canvas, transform = mosaic(pixels[None], square[None], hidden[None])
        return Number(canvas, (source.labels[place],), transform.apply(box[None]))


def cut_number(image: Image.Image, labels: tuple[int, ...], boxes: np.ndarray, digit_px: int) -> Number:
    """The part of an RGB image around a number, scaled so that its median digit is digit_px high or wide."""
    crop = number_crop(boxes)
    reach = Crop(crop.center_x, crop.center_y, ROOM * crop.width, ROOM * crop.height).reach()
    left, right = (int(np.clip(round(x), 0, image.width)) for x in reach[::2])
    top, bottom = (int(np.clip(round(y), 0, image.height)) for y in reach[1::2])
    if right <= left or bottom <= top:
        raise DataError("A number lies outside its image: the labels belong to other images, download both again.")
    scale = digit_px / float(np.median((boxes[:, 2:] - boxes[:, :2]).max(1)))
    size = max(round((right - left) * scale), 1), max(round((bottom - top) * scale), 1)
    cut = image.resize(size, Image.Resampling.BILINEAR, box=(left, top, right, bottom))
    scales = np.array([size[0] / (right - left), size[1] / (bottom - top)])
    canvas, margin = bordered(np.asarray(cut))
    return Number(canvas, labels, (boxes - (left, top, left, top)) * np.tile(scales, 2) + margin)


class Samples(ImageSource):
    """The 17 labeled full images of SVHN in HSAL_DATA/svhn_samples, as a test split, for a report.

    `ids` are their files' names without ending: train_00001, test_00142 and so on.

    Raises:
        DataError: they are missing or damaged.
    """

    def __init__(self, size_px: int = 64) -> None:
        super().__init__("test", size_px, False, None)
        self._folder = Path(os.environ.get("HSAL_DATA") or ".") / "svhn_samples"
        if not os.environ.get("HSAL_DATA") or not (self._folder / "full_labels.json").is_file():
            raise DataError("SVHN's samples were not found: set HSAL_DATA to a folder that holds svhn_samples/.")
        try:
            known = json.loads((self._folder / "full_labels.json").read_text())
            self._labeled = {Path(name).stem: entry for name, entry in sorted(known.items()) if "digits" in entry}
            self._count(np.array([len(entry["digits"]) for entry in self._labeled.values()]))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise DataError(f"The labels in {self._folder} are damaged ({error}): download them again.") from error
        self.ids = tuple(self._labeled)
        self.name = f"{self.scenes} labeled samples of SVHN"

    @property
    def trained_on(self) -> tuple[bool, ...]:
        """Whether each sample is among SVHN Reassembled's training numbers; a report must exclude those.

        Its validation and test numbers count as not trained on.

        Raises:
            DataError: the file of crops is missing or damaged.
        """
        trained = set(Reassembled("train").ids)
        return tuple(e["split"] == "test" and e["image_id"] in trained for e in self._labeled.values())

    def image(self, number: int) -> LabeledImage:
        """Sample 0..16 with its labels and boxes."""
        name = self.ids[number]
        entry = self._labeled[name]
        image = open_image(self._folder / "full" / f"{name}.png")
        return image, tuple(entry["digits"]), np.array(entry["boxes_xyxy"], dtype=np.float64)


def open_image(path: Path) -> Image.Image:
    """An image file as RGB.

    Raises:
        DataError: it is missing or damaged.
    """
    try:
        with Image.open(path) as opened:
            return opened.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:  # Pillow calls some damage a SyntaxError
        raise DataError(f"The image {path} is missing or damaged ({error}): download the data again.") from error
