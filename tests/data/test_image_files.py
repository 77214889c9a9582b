"""Images from files, and their names."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hsal.data.images import MAX_BYTES, ImageError, read_image
from tests.fixtures.images import encode, four_fields, refusal


@pytest.fixture
def colors() -> np.ndarray:
    return four_fields()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", '"passwd"'),
        ("C:\\photos\\a.png", '"a.png"'),
        ("a\x1b[31m\nb\u202e.png", '"a [31m b .png"'),
        ("x" * 300 + ".png", '"xxxxxxxxxxxxxxxxxxxxxxxxxx…xxxxxxxxx.png"'),
        ("\x00", '"image"'),
        ("", '"image"'),
    ],
)
def test_cleans_names_for_messages(name: str, shown: str) -> None:
    assert refusal(b"", name).startswith(f"{shown} is empty")


def test_read_image(tmp_path: Path, colors: np.ndarray) -> None:
    path = tmp_path / "colors.png"
    path.write_bytes(encode(Image.fromarray(colors)))
    assert np.array_equal(read_image(path).pixels, colors)


def test_reports_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r'"absent\.png" does not exist'):
        read_image(tmp_path / "absent.png")
    with pytest.raises(ImageError, match="is a folder"):
        read_image(tmp_path)
    with pytest.raises(ImageError, match="cannot be read"):
        read_image(tmp_path / ("long" * 200))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ImageError, match="is not a plain file"):
        read_image(tmp_path / "pipe.png")


def test_reports_a_forbidden_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patched, because the superuser may read every file."""
    path = tmp_path / "secret.png"
    path.write_bytes(b"x")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImageError, match=r"cannot be read \(Permission denied\)"):
        read_image(path)


def test_rejects_a_huge_file_without_reading_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(3 * 2**30)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(ImageError, match="has 3,221,225,472 bytes"):
        read_image(path)


def test_reads_a_growing_file_only_up_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "grown.png"
    path.write_bytes(b"x")
    asked = []

    class Endless(io.BytesIO):
        def read(self, size: int = -1) -> bytes:
            asked.append(size)
            return b"\0" * size

    monkeypatch.setattr(Path, "open", lambda *_: Endless())
    with pytest.raises(ImageError, match="more than the 10,485,760"):
        read_image(path)
    assert asked == [MAX_BYTES + 1]
