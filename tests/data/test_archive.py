"""Uploaded files and zips: each image comes out with a unique name; unsafe entries are left out and reported."""

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
        warnings.simplefilter("ignore")  # of duplicate names
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def names(*files: tuple[str, bytes]) -> list[str]:
    return [name for name, _ in collect_images(files).images]


def test_files_and_those_in_zips_come_out_in_their_order() -> None:
    inside = zipped(("b/", b""), ("b/two.png", PNG + b"2"), ("three.JPG", b"no image yet"), ("__MACOSX/._b", b"x"))
    made = collect_images([("one.png", PNG), ("more.zip", inside), ("four.bmp", b"")])
    assert made.images == [
        ("one.png", PNG), ("b/two.png", PNG + b"2"), ("three.JPG", b"no image yet"), ("four.bmp", b"")
    ]
    assert made.problems == []


def test_a_name_that_is_there_twice_is_numbered() -> None:
    inside = zipped(("a.png", b"2"), ("a.png", b"3"), ("d/a.png", b"4"))
    assert names(("a.png", b"1"), ("z.zip", inside), ("d/a.png", b"5")) == [
        "a.png", "a (2).png", "a (3).png", "d/a.png", "d/a (2).png"
    ]


def test_copies_are_reported() -> None:
    assert collect_images([("a.png", PNG), ("b.png", PNG), ("c.png", PNG)]).problems == [
        "2 of the images are copies of others here, byte by byte."
    ]


@pytest.mark.parametrize("name", ["../out.png", "/etc/out.png", "a/../../out.png", "..\\out.png", "C:\\out.png"])
def test_a_path_that_climbs_out_is_left_out(name: str) -> None:
    made = collect_images([("z.zip", zipped((name, PNG), ("in.png", PNG)))])
    assert [kept for kept, _ in made.images] == ["in.png"]
    assert "as having a path outside of it: 1." in made.problems[0]


def test_what_is_not_an_image_nested_or_damaged_is_left_out_and_the_rest_is_taken() -> None:
    whole = zipped(
        ("bad.png", b"a" * 400), ("notes.txt", b"x"), ("deep.zip", zipped(("a.png", PNG))), ("good.png", PNG),
        method=zipfile.ZIP_STORED,
    )
    made = collect_images([("z.zip", whole.replace(b"a" * 400, b"b" * 400))])  # its checksum is another now
    assert [kept for kept, _ in made.images] == ["good.png"]
    message = " ".join(made.problems)
    for part in ("not an image by its name: 1", "a zip within the zip, to be unpacked first: 1", "damaged: 1"):
        assert part in message


def test_an_encrypted_entry_is_left_out() -> None:
    data = bytearray(zipped(("a.png", PNG), ("b.png", PNG)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the first entry's flags, in both of its headers
        at = data.index(mark) + place
        data[at : at + 2] = struct.pack("<H", 1)
    made = collect_images([("z.zip", bytes(data))])
    assert [kept for kept, _ in made.images] == ["b.png"]
    assert "as encrypted: 1." in made.problems[0]


def test_what_unpacks_without_end_is_never_unpacked_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(("bomb.png", bytes(40 * 2**20)), ("good.png", PNG))
    assert len(bomb) < 50_000
    made = collect_images([("z.zip", bomb)])
    assert [kept for kept, _ in made.images] == ["good.png"]
    assert "as larger than 10 MB when unpacked: 1." in made.problems[0]
    lying = bytearray(bomb)  # it claims one byte
    at = lying.index(b"PK\x01\x02") + 24
    lying[at : at + 4] = struct.pack("<I", 1)
    assert [kept for kept, _ in collect_images([("z.zip", bytes(lying))]).images] == ["good.png"]
    monkeypatch.setattr(module, "UNPACKED_BYTES", 2**20)
    many = zipped(*((f"{number}.png", bytes(2**19)) for number in range(5)))
    made = collect_images([("z.zip", many)])
    assert sum(len(data) for _, data in made.images) <= 2**20
    assert any("At most 200 images of together 1 MB" in one and "3 were left out" in one for one in made.problems)


def test_only_so_many_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    many = zipped(*((f"{number}.png", b"%d" % number) for number in range(MAX_IMAGES + 7)))
    made = collect_images([("z.zip", many), ("last.png", b"x")])
    assert len(made.images) == MAX_IMAGES
    assert made.problems == ["At most 200 images of together 100 MB are accepted at once: 8 were left out."]
    monkeypatch.setattr(module, "MAX_ENTRIES", 10)
    assert "was left out, since a zip may have 50 MB and 10 entries" in collect_images([("z.zip", many)]).problems[0]


def test_other_packing_and_no_zip_at_all() -> None:
    lzma, damaged = zipped(("a.png", PNG), method=zipfile.ZIP_LZMA), b"PK\x03\x04" + b"x" * 50
    made = collect_images([("x.zip", lzma), ("y.zip", damaged)])
    assert made.images == []
    assert "compressed by an unusual method: 1" in made.problems[0]
    assert '"y.zip" is a damaged zip' in made.problems[1]
