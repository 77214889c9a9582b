"""Scanpath models on one photo: their own paths, and what they predict along people's."""

from __future__ import annotations

from app.people.data import ModelPaths
from app.people.photos import PeoplePhoto


def model_titles() -> dict[str, str]:
    """Name -> title of the models; the first is the default."""
    return {}


def model_paths(name: str, photo: PeoplePhoto) -> ModelPaths:
    """A model's own path over a photo, and its predictions along people's paths; raises HsalError."""
    raise NotImplementedError
