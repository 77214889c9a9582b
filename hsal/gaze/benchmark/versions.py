"""Versions of the code behind a result, so that results of other code are not mixed with new ones."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import hsal.gaze.metrics
import hsal.saliency
from hsal.saliency import SALIENCY

DIGITS = 12


def model_version(name: str) -> str:
    """A digest of the source code of a saliency model, of what all models share, and of the metrics.

    It covers this package, and of another package the module that defines the model. Libraries, such as OpenCV, and
    downloaded weights are not covered.

    Raises:
        UnknownNameError: there is no such model.
    """
    digest = hashlib.sha256(_shared_digest())
    source = getattr(SALIENCY.find(name), "__file__", None)
    if source and Path(source).is_file():
        digest.update(Path(source).read_bytes())
    return digest.hexdigest()[:DIGITS]


@cache
def _shared_digest() -> bytes:
    digest = hashlib.sha256()
    for package in (hsal.saliency, hsal.gaze.metrics):
        for source in sorted(Path(package.__path__[0]).glob("*.py")):
            digest.update(source.read_bytes())
    return digest.digest()
