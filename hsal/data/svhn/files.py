"""SVHN's first format on disk: download, checksums and unpacking of its archives, and digitStruct.mat.

Netzer, Wang, Coates, Bissacco, Wu, Ng, *Reading Digits in Natural Images with Unsupervised Feature
Learning*, NIPS workshop, 2011; http://ufldl.stanford.edu/housenumbers, for non-commercial use only.

Choice: the download does not use pooch, as `hsal.download` does, because pooch cannot resume one and the archives
have hundreds of MB. The page publishes no checksums. Those here are the ones that Hugging Face's `datasets` has for
its `svhn` (datasets/svhn/dataset_infos.json, with the sizes) and that docTR's SVHN loader requires.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import tarfile
import tempfile
import urllib.request
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal
from zipfile import BadZipFile

import h5py
import numpy as np
from tqdm import tqdm

from hsal.data.base import DataError
from hsal.paths import atomic_write, cache_dir

Part = Literal["train", "test"]
BASE = "http://ufldl.stanford.edu/housenumbers"
SIZES = {"train": 404_141_560, "test": 276_555_967}  # bytes
SHA256 = {
    "train": "4b17bb33b6cd8f963493168f80143da956f28ec406cc12f8e5745a9f91a51898",
    "test": "57ac9ceb530e4aa85b55d991be8fc49c695b3d71c6f6a88afea86549efde7fb5",
}
TIMEOUT_S = 20
CHUNK = 2**20


@dataclass(frozen=True)
class Annotations:
    """The content of digitStruct.mat, image by image."""

    names: np.ndarray  # (images,) file names
    offsets: np.ndarray  # (images+1,) the digits of image i are offsets[i]..offsets[i+1]-1
    labels: np.ndarray  # (digits,) 0..9
    boxes: np.ndarray  # (digits,4) left, top, right, bottom in the image's pixels


def find_part(part: Part) -> Path:
    """The folder of SVHN's images with their digitStruct.mat, unpacked or downloaded first if necessary.

    It is searched in HSAL_DATA/svhn, then in the cache; an archive in either is unpacked into the cache.

    Raises:
        DataError: it is missing and cannot be downloaded, or an archive is damaged.
    """
    folder = unpacked(part)
    if folder:
        return folder
    for root in _roots():
        if (root / f"{part}.tar.gz").is_file():
            return unpack(root / f"{part}.tar.gz", part)
    archive = download(part)
    folder = unpack(archive, part)
    archive.unlink()
    return folder


def unpacked(part: Part) -> Path | None:
    """The folder of SVHN's images if it exists; nothing is downloaded or unpacked."""
    return next((root / part for root in _roots() if (root / part / "digitStruct.mat").is_file()), None)


def _roots() -> list[Path]:
    given = os.environ.get("HSAL_DATA")
    return [*([Path(given) / "svhn"] if given else []), cache_dir() / "svhn"]


def download(part: Part) -> Path:
    """Download an archive into the cache; an interrupted download resumes.

    Raises:
        DataError: no network, an incomplete download, or a wrong checksum.
    """
    target = cache_dir() / "svhn" / f"{part}.tar.gz"
    partial = target.with_suffix(".gz.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not partial.is_file() or partial.stat().st_size < SIZES[part]:
            _fetch(f"{BASE}/{part}.tar.gz", partial, SIZES[part])
        size = partial.stat().st_size
        if size < SIZES[part]:
            raise DataError(
                f"SVHN's {part}.tar.gz ended early, at {size:,} bytes: run again to resume it."
            )
        if _sha256(partial) != SHA256[part]:
            partial.unlink()
            raise DataError(
                f"SVHN's {part}.tar.gz came with a wrong checksum and was deleted: run again to download it."
            )
        return partial.replace(target)
    except (OSError, http.client.HTTPException) as error:
        raise DataError(
            f"SVHN's {part}.tar.gz could not be downloaded ({getattr(error, 'reason', error)}): run again with a "
            f"network, or put the file in HSAL_DATA/svhn."
        ) from error


def _fetch(url: str, partial: Path, size: int) -> None:
    """Append the missing bytes to `partial`; a server without range requests starts from the beginning."""
    done = partial.stat().st_size if partial.is_file() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        done = done if answer.status == http.HTTPStatus.PARTIAL_CONTENT else 0
        bar = tqdm(total=size, initial=done, unit="B", unit_scale=True, desc=url.rsplit("/", 1)[-1], disable=None)
        with partial.open("ab" if done else "wb") as out, bar:
            while chunk := answer.read(CHUNK):
                out.write(chunk)
                bar.update(len(chunk))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack(archive: Path, part: Part) -> Path:
    """Unpack an archive into the cache, whole or not at all; returns the folder.

    Raises:
        DataError: it is damaged or holds unexpected files, or the disk is full.
    """
    target = cache_dir() / "svhn" / part
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            with tarfile.open(archive) as packed:
                _extract(packed, Path(scratch), part)
            if not (Path(scratch) / part / "digitStruct.mat").is_file():
                raise DataError(f"{archive} holds no {part}/digitStruct.mat: download the file again.")
            shutil.rmtree(target, ignore_errors=True)
            (Path(scratch) / part).replace(target)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise DataError(f"{archive} cannot be unpacked ({error}): download it again, or free disk space.") from error
    return target


def _extract(packed: tarfile.TarFile, folder: Path, part: Part) -> None:
    """Write the files of an archive directly below `part`, where all of SVHN's are; any other is refused.

    tarfile's own filter is missing from early releases of Python 3.11.
    """
    (folder / part).mkdir()
    for member in packed:
        parts = PurePosixPath(member.name).parts
        if member.isdir() and parts == (part,):
            continue
        source = packed.extractfile(member) if member.isreg() else None
        if source is None or len(parts) != 2 or parts[0] != part or parts[1] == "..":
            raise tarfile.TarError(f"it holds {member.name!r}, which SVHN does not")
        with source, (folder / part / parts[1]).open("wb") as out:
            shutil.copyfileobj(source, out)


def read_annotations(folder: Path) -> Annotations:
    """The content of the folder's digitStruct.mat; slow the first time, then read from a copy in the cache.

    Raises:
        DataError: it is damaged.
    """
    path = folder / "digitStruct.mat"
    try:
        state = path.stat()
        copy = cache_dir() / "svhn" / f"{folder.name}-{state.st_size}-{state.st_mtime_ns}.npz"
        if copy.is_file():
            try:
                with np.load(copy) as stored:
                    return Annotations(*(stored[name] for name in Annotations.__dataclass_fields__))
            except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error):
                pass  # a damaged copy: read the file itself
        with h5py.File(path, "r") as file:
            found = _read(file)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RuntimeError) as error:
        raise DataError(f"{path} is damaged ({error}): delete its folder and download SVHN again.") from error
    _write_cache(copy, found)
    return found


def _read(file: h5py.File) -> Annotations:
    names: list[str] = []
    counts: list[int] = []
    rows: list[tuple[float, ...]] = []
    struct = file["digitStruct"]
    pairs = zip(struct["name"][:, 0], struct["bbox"][:, 0], strict=True)
    for name, group in tqdm(pairs, total=len(struct["name"]), desc="digitStruct.mat", disable=None):
        names.append("".join(map(chr, file[name][:].ravel())))
        fields = [_numbers(file, file[group][field]) for field in ("left", "top", "width", "height", "label")]
        rows += zip(*fields, strict=True)
        counts.append(len(fields[0]))
    left, top, width, height, labels = np.array(rows, dtype=np.float64).T
    boxes = np.stack([left, top, left + np.maximum(width, 1), top + np.maximum(height, 1)], 1)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    return Annotations(np.array(names), offsets, labels.astype(np.int64) % 10, boxes)  # label 10 is the digit 0


def _numbers(file: h5py.File, field: h5py.Dataset) -> list[float]:
    """A field of all of a number's digits: MATLAB stores one directly, and several as references."""
    if field.dtype != h5py.ref_dtype:
        return [float(field[0, 0])]
    return [float(file[reference][0, 0]) for reference in field[:, 0]]


def _write_cache(copy: Path, found: Annotations) -> None:
    try:
        with atomic_write(copy) as scratch, scratch.open("wb") as out:
            np.savez(out, **vars(found))
    except OSError:
        return  # without the copy the next read is slow again
