"""Center bias: where people looked on other photos.

Tatler, *The central fixation bias in scene viewing*, Journal of Vision 7(14):4, 2007.
"""

from __future__ import annotations

from hsal.scanpaths.base import About, ScanpathModel
from hsal.scanpaths.independent import Independent

ABOUT = About(
    "Center bias", "Tatler, The central fixation bias in scene viewing, Journal of Vision 7(14), 2007",
    "Looks where people looked on other photos, whatever this one shows.", kind="baseline",
)


def build() -> ScanpathModel:
    """The empirical center bias."""
    return Independent(lambda photo: photo.statistics.center_bias)
