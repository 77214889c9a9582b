"""The photos of the page, with the scanpaths of people who looked at them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from app.compare import images
from app.compare.images import ComparedImage
from hsal.data.base import DataError
from hsal.data.fixations.base import FixatedImage, Fixations
from hsal.data.images import quoted
from hsal.errors import HsalError
from hsal.gaze.scanpath import Scanpath, scanpaths_of
from hsal.zoo import samples

NO_SUBJECTS = "The file has no column subject, so all fixations are shown as one person's, in the order of the file."
LEAST = 2  # fixations of a person of whom the next one can be predicted


@dataclass(frozen=True)
class PeoplePhoto:
    """A photo, and people's scanpaths on it."""

    name: str
    title: str
    pixels: np.ndarray
    """(H,W,3) uint8, RGB."""
    people: tuple[Scanpath, ...] = ()
    notes: tuple[str, ...] = ()
    """A sentence for each change to the files, and for each person that cannot be scored."""

    @property
    def size(self) -> tuple[int, int]:
        """(H,W)."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def digest(self) -> str:
        """SHA-256 of the pixels and scanpaths."""
        parts = [self.pixels.tobytes(), str(self.pixels.shape).encode()]
        for path in self.people:
            parts += [path.x_px.tobytes(), path.y_px.tobytes(), path.duration_ms.tobytes()]
        return hashlib.sha256(b"|".join(parts)).hexdigest()


def photo_titles() -> dict[str, str]:
    """Name -> title: the photos of OSIE if it is installed, then the sample photos, which have no fixations."""
    osie = {name: title for name, title in images.photos().items() if not (images.EXAMPLE / name).is_file()}
    return osie | {name: samples.photo_title(name) for name in samples.sample_photos()}


def has_people(name: str) -> bool:
    """Whether there are fixations of people for a photo."""
    return name not in samples.sample_photos()


def listed_photo(name: str) -> PeoplePhoto:
    """One of `photo_titles`; raises HsalError."""
    title = photo_titles().get(name)
    if title is None:
        raise DataError(f"There is no photo {quoted(name)}: choose another.")
    if has_people(name):
        return _photo(images.photo_image(name), title)
    return PeoplePhoto(name, title, samples.photo_pixels(name))


def another_photo(photo: PeoplePhoto) -> PeoplePhoto | None:
    """The listed photo with people that follows this one; None without any other. Raises HsalError."""
    names = [name for name in photo_titles() if has_people(name)]
    place = names.index(photo.name) + 1 if photo.name in names else 0
    name = names[place % len(names)] if names else photo.name
    return None if name == photo.name else listed_photo(name)


def own_photo(image: tuple[str, bytes], table: tuple[str, bytes] | None) -> PeoplePhoto:
    """A visitor's photo, with the scanpaths of a CSV file.

    A file of fixations that cannot be used is left out, and a note says why.

    Args:
        image: file name and content. table: the same of the CSV; None without one.
    Raises:
        ImageError: the photo cannot be used.
    """
    alone = images.uploaded_image(*image)
    if table is None:
        return _photo(alone, image[0])
    try:
        return _photo(images.image_with_fixations(*image, *table), image[0])
    except HsalError as error:
        photo = _photo(alone, image[0])
        return replace(photo, notes=(*photo.notes, f"The photo is shown without people: {error}"))


def _photo(shown: ComparedImage, title: str) -> PeoplePhoto:
    fixated: FixatedImage = shown.fixated
    people, notes = people_of(fixated.fixations) if fixated.fixations is not None else ((), ())
    return PeoplePhoto(fixated.name, title, fixated.image, people, (*fixated.notes, *notes))


def people_of(fixations: Fixations) -> tuple[tuple[Scanpath, ...], tuple[str, ...]]:
    """Each person's scanpath, and a sentence on what cannot be predicted."""
    if not len(fixations.subject):
        alone = (Scanpath(fixations.x, fixations.y, fixations.duration_ms),)
        return alone, (NO_SUBJECTS, *_too_short(alone))
    people = tuple(scanpaths_of(fixations).values())
    return people, _too_short(people)


def _too_short(people: tuple[Scanpath, ...]) -> tuple[str, ...]:
    short = [str(number) for number, path in enumerate(people, 1) if len(path) < LEAST]
    if not short:
        return ()
    if len(short) == 1:
        return (f"Person {short[0]} has one fixation only, so there is no next one to predict.",)
    return (f"People {', '.join(short[:-1])} and {short[-1]} have one fixation each, so there is no next one to "
            "predict.",)
