"""The photos of the lesson's chapter about photos, with people's fixations and the model's path."""

from __future__ import annotations

from app.lesson.address import LessonAddress
from app.lesson.precomputed import recorded_photo_path
from app.lesson.text import Chapter
from app.people.data import ModelPaths
from app.people.models import default_model, model_paths
from app.people.photos import PeoplePhoto, has_people, listed_photo, photo_titles


def photo_names() -> list[str]:
    """Names of the photos with people's fixations; of all photos where there are none."""
    names = list(photo_titles())
    return [name for name in names if has_people(name)] or names


def photo_name(chapter: Chapter, address: LessonAddress) -> str:
    """The name of the photo that a chapter shows: the link's, or else the first of its own that is available."""
    names = photo_titles()
    return address.photo or next(name for name in (*chapter.photos, *names) if name in names)


def chapter_photo(chapter: Chapter, address: LessonAddress) -> PeoplePhoto:
    """The photo that a chapter shows; raises HsalError if there is no such photo."""
    return listed_photo(photo_name(chapter, address))


def model_on(photo: PeoplePhoto) -> ModelPaths:
    """The model for photos, with its path; raises HsalError. Recorded paths need no torch."""
    recorded = None if photo.people else recorded_photo_path(photo.name)
    return model_paths(default_model(), photo) if recorded is None else ModelPaths("HSAL, free viewing", recorded)
