"""Sampling: each fixation is drawn from the saliency map, independently of the others."""

from __future__ import annotations

from hsal.scanpaths.base import About, ScanpathModel
from hsal.scanpaths.independent import Independent

ABOUT = About(
    "Saliency, sampled",
    "a common baseline, as in Kümmerer, Bethge, Wallis, DeepGaze III, Journal of Vision 22(5), 2022",
    "Draws each fixation from the saliency map, whatever came before.",
)


def build() -> ScanpathModel:
    """Independent draws from the saliency map."""
    return Independent(lambda photo: photo.saliency)
