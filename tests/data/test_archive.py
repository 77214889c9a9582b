"""Uploaded files and ZIP archives: every image gets a unique name; unsafe entries are skipped and reported."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile

import pytest

from hsal.data import archive as module
from hsal.data.archive import MAX_IMAGES, collect_images
from tests.fixtures.step_through import image_bytes

PNG = image_bytes()


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")  # about duplicate names
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def names(*files: tuple[str, bytes]) -> list[str]:
    return [name for name, _ in collect_images(files).images]


def test_files_and_archive_entries_stay_in_order() -> None:
    inside = zipped(("b/", b""), ("b/two.png", PNG + b"2"), ("three.JPG", b"no image yet"), ("__MACOSX/._b", b"x"))
    collected = collect_images([("one.png", PNG), ("more.zip", inside), ("four.bmp", b"")])
    assert collected.images == [
        ("one.png", PNG), ("b/two.png", PNG + b"2"), ("three.JPG", b"no image yet"), ("four.bmp", b"")
    ]
    assert collected.problems == []


def test_numbers_duplicate_names() -> None:
    inside = zipped(("a.png", b"2"), ("a.png", b"3"), ("d/a.png", b"4"))
    assert names(("a.png", b"1"), ("z.zip", inside), ("d/a.png", b"5")) == [
        "a.png", "a (2).png", "a (3).png", "d/a.png", "d/a (2).png"
    ]


def test_reports_duplicate_images() -> None:
    assert collect_images([("a.png", PNG), ("b.png", PNG), ("c.png", PNG)]).problems == [
        "2 of the images are copies of others here, byte by byte."
    ]


@pytest.mark.parametrize("name", ["../out.png", "/etc/out.png", "a/../../out.png", "..\\out.png", "C:\\out.png"])
def test_skips_paths_outside_the_archive(name: str) -> None:
    collected = collect_images([("z.zip", zipped((name, PNG), ("in.png", PNG)))])
    assert [name for name, _ in collected.images] == ["in.png"]
    assert "as having a path outside of it: 1." in collected.problems[0]


def test_skips_nested_damaged_and_non_image_files() -> None:
    archive = zipped(
        ("bad.png", b"a" * 400), ("notes.txt", b"x"), ("deep.zip", zipped(("a.png", PNG))), ("good.png", PNG),
        method=zipfile.ZIP_STORED,
    )
    collected = collect_images([("z.zip", archive.replace(b"a" * 400, b"b" * 400))])  # the checksum no longer matches
    assert [name for name, _ in collected.images] == ["good.png"]
    message = " ".join(collected.problems)
    for part in ("not an image by its name: 1", "a zip within the zip, to be unpacked first: 1", "damaged: 1"):
        assert part in message


def test_skips_an_encrypted_entry() -> None:
    data = bytearray(zipped(("a.png", PNG), ("b.png", PNG)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flags of the first entry, in both its headers
        at = data.index(mark) + place
        data[at : at + 2] = struct.pack("<H", 1)
    collected = collect_images([("z.zip", bytes(data))])
    assert [name for name, _ in collected.images] == ["b.png"]
    assert "as encrypted: 1." in collected.problems[0]


def test_stops_unpacking_a_decompression_bomb_early(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(("bomb.png", bytes(40 * 2**20)), ("good.png", PNG))
    assert len(bomb) < 50_000
    collected = collect_images([("z.zip", bomb)])
    assert [name for name, _ in collected.images] == ["good.png"]
    assert "as larger than 10 MB when unpacked: 1." in collected.problems[0]
    forged = bytearray(bomb)  # its header claims one byte
    at = forged.index(b"PK\x01\x02") + 24
    forged[at : at + 4] = struct.pack("<I", 1)
    assert [name for name, _ in collect_images([("z.zip", bytes(forged))]).images] == ["good.png"]
    monkeypatch.setattr(module, "UNPACKED_BYTES", 2**20)
    many = zipped(*((f"{number}.png", bytes(2**19)) for number in range(5)))
    collected = collect_images([("z.zip", many)])
    assert sum(len(data) for _, data in collected.images) <= 2**20
    assert any("At most 200 images of together 1 MB" in one and "3 were left out" in one for one in collected.problems)


def test_limits_the_number_of_images(monkeypatch: pytest.MonkeyPatch) -> None:
    many = zipped(*((f"{number}.png", b"%d" % number) for number in range(MAX_IMAGES + 7)))
    collected = collect_images([("z.zip", many), ("last.png", b"x")])
    assert len(collected.images) == MAX_IMAGES
    assert collected.problems == ["At most 200 images of together 100 MB are accepted at once: 8 were left out."]
    monkeypatch.setattr(module, "MAX_ENTRIES", 10)
    assert "was left out, since a zip may have 50 MB and 10 entries" in collect_images([("z.zip", many)]).problems[0]


def test_other_compression_methods_and_invalid_archives() -> None:
    lzma, damaged = zipped(("a.png", PNG), method=zipfile.ZIP_LZMA), b"PK\x03\x04" + b"x" * 50
    collected = collect_images([("x.zip", lzma), ("y.zip", damaged)])
    assert collected.images == []
    assert "compressed by an unusual method: 1" in collected.problems[0]
    assert '"y.zip" is a damaged zip' in collected.problems[1]
