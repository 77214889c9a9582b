"""Scanpath models: from a photo, and a person's fixations so far, to where that person looks next.

Any saliency map becomes a scanpath model. To add one, add a file to hsal/scanpaths/models/, or to another package with
the entry point group `hsal.scanpaths`: a docstring that cites its source, an `ABOUT` and a function `build()`.
"""

from hsal.registry import Registry

SCANPATHS = Registry("hsal.scanpaths.models", "hsal.scanpaths")
