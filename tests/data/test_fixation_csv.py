"""CSV files of fixations: their content, and one sentence for each kind of error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hsal.data.base import DataError
from hsal.data.fixations import csv_table as fixation_csv
from hsal.data.fixations.csv_table import assign_fixations, parse_table, read_table

SHAPES = {"cat.jpg": (20, 30), "dog.png": (20, 30)}  # H, W


def refusal(text: str | bytes) -> str:
    """The error message for a file."""
    with pytest.raises(DataError) as caught:
        parse_table(text if isinstance(text, bytes) else text.encode())
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.startswith('"fixations.csv"')
    assert sentence.endswith(".")
    return sentence


def test_columns_come_in_any_order_and_others_are_ignored() -> None:
    rows = b"Y, note ,x,image,duration,subject\r\n2,hm,1.5,cat.jpg,200,zoe\r\n\r\n4,,3,cat.jpg,90,anna\r\n"
    table = parse_table(rows)
    np.testing.assert_array_equal(table.x, [1.5, 3])
    np.testing.assert_array_equal(table.y, [2, 4])
    np.testing.assert_array_equal(table.duration_ms, [200, 90])
    np.testing.assert_array_equal(table.subject, [1, 0])  # anna is 0, zoe 1
    np.testing.assert_array_equal(table.line, [2, 4])  # line 3 is blank
    assert list(table.image) == ["cat.jpg", "cat.jpg"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_reads_the_output_of_spreadsheets(encoding: str, delimiter: str) -> None:
    text = "image,x,y\n\"schöne, Katze.jpg\",1,2\n".replace(",", delimiter)
    (image,) = parse_table(text.encode(encoding)).image
    assert image == "schöne, Katze.jpg".replace(",", delimiter)


@pytest.mark.parametrize(("text", "message"), [
    (b"", "is empty"),
    (b" \n \n", "is empty"),
    (b"image,x,y\n", "has no fixations"),
    (b"image,x\ncat.jpg,1\n", "line 1: there is no column y"),
    (b"image,x,y,x\ncat.jpg,1,2,3\n", "line 1: there are two columns x"),
    (b"image,x,y\ncat.jpg,1,2\ncat.jpg,one,2\n", "line 3: x is 'one', not a number"),
    (b"image,x,y\ncat.jpg,1,nan\n", "line 2: y is 'nan', not a number"),
    (b"image,x,y\ncat.jpg,1,\n", "line 2: y is empty"),
    (b"image,x,y\n,1,2\n", "line 2: image is empty"),
    (b"image,x,y,duration\na.jpg,1,2,-3\n", "line 2: duration is negative"),
    (b"image,x,y\ncat.jpg,1\n", "line 2: 2 values where the first line names 3"),
    (b"image;x;y\ncat.jpg;1,5;2\n", "line 2: x is '1,5', not a number (write 12.5)"),
    (b'image,x,y\n"cat.jpg,1,2\n', "not a line of a CSV file"),
    (b"image,x,y\ncat.jpg,1,2\nk\xe4tzchen.jpg,1,2\n", "line 3: not UTF-8 text"),
    (b"image,x,y\n\x00,1,2\n", "line 2: not text"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8 text"),
    (b"\xff\xfei", "not UTF-8 text"),
    (b"x" * 200_000 + b",y\n1,2\n", "line 1"),
])
def test_reports_an_invalid_file_in_one_sentence_with_the_line(text: bytes, message: str) -> None:
    assert message in refusal(text)


def test_rejects_a_huge_file_without_reading_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixation_csv, "MAX_CSV_BYTES", 2**20)
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2**40)  # a sparse terabyte
    with pytest.raises(DataError, match="more than 1 MiB"):
        read_table(path)
    with pytest.raises(DataError, match="cannot be read"):
        read_table(tmp_path)


def test_matches_images_by_name_with_and_without_extension() -> None:
    table = parse_table(b"image,x,y,subject\ndog,1,2,7\ncat.jpg,3,4,9\ndog.png,5,6,9\n")
    placed, notes = assign_fixations(table, SHAPES)
    assert notes == ()
    np.testing.assert_array_equal(placed["dog.png"].x, [1, 5])
    np.testing.assert_array_equal(placed["dog.png"].subject, [0, 1])
    np.testing.assert_array_equal(placed["cat.jpg"].y, [4])
    assert not len(placed["cat.jpg"].duration_ms)


def test_matches_names_in_either_unicode_form() -> None:
    table = parse_table("image,x,y\nka\u0308tzchen.jpg,1,2\n".encode())
    assert list(assign_fixations(table, {"k\u00e4tzchen.jpg": (9, 9)})[0]) == ["k\u00e4tzchen.jpg"]


def test_a_single_image_needs_no_image_column() -> None:
    table = parse_table(b"x,y\n1,2\n")
    assert list(assign_fixations(table, {"cat.jpg": (20, 30)})[0]) == ["cat.jpg"]
    with pytest.raises(DataError, match="line 1: there is no column image, and there are 2 images"):
        assign_fixations(table, SHAPES)


def test_skips_and_reports_fixations_outside_the_image() -> None:
    # 30 columns have pixel centers 0..29, so that 29.4 lies in the last one and 29.5 outside
    table = parse_table(b"image,x,y\ncat.jpg,29.4,19\ncat.jpg,29.5,3\ncat.jpg,-0.4,0\ncat.jpg,4,-1\ncat.jpg,4,20\n")
    placed, (note,) = assign_fixations(table, SHAPES)
    np.testing.assert_array_equal(placed["cat.jpg"].x, [29, 0])
    np.testing.assert_array_equal(placed["cat.jpg"].y, [19, 0])
    assert note == '"fixations.csv": 3 fixations outside their images were left out, line 3 first.'


def test_rejects_fixations_all_outside_or_all_of_other_images() -> None:
    with pytest.raises(DataError, match=r"all 2 fixations lie outside their images, line 2 first"):
        assign_fixations(parse_table(b"image,x,y\ncat.jpg,31,2\ncat.jpg,3,200\n"), SHAPES)
    with pytest.raises(DataError, match=r'names none of the images: line 2 says "cow.jpg", there is "cat.jpg"'):
        assign_fixations(parse_table(b"image,x,y\ncow.jpg,1,2\n"), SHAPES)


def test_skips_and_reports_names_of_missing_images() -> None:
    table = parse_table(b"image,x,y\ncat.jpg,1,2\ncow.jpg,1,2\ncow.jpg,1,2\nowl.jpg,1,2\n")
    placed, (note,) = assign_fixations(table, SHAPES)
    assert list(placed) == ["cat.jpg"]
    assert '3 fixations of 2 missing images were left out, line 3 ("cow.jpg") first' in note
