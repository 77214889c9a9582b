"""Pictures as bytes for tests: encoded, built chunk by chunk, or refused."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from hsal.data.picture import PictureError, load_picture

SHAPE = (24, 32)  # rows, columns of the small pictures below
SEVERAL = "The file holds several frames; the first is used."
EXCHANGED = "Light and dark were exchanged: the model knows light ink on a dark ground."
STRETCHED = "The ground was made black and the contrast stretched."


def encode(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG by hand; `rows` is the compressed body."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def refusal(data: bytes, name: str = "picture.png") -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(PictureError) as caught:
        load_picture(data, name)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def four_fields() -> np.ndarray:
    """(24,32,3) uint8: a red, a green, a blue and a grey field; no two alike, so a turn shows."""
    pixels = np.full((*SHAPE, 3), 90, dtype=np.uint8)
    pixels[:12, :16], pixels[:12, 16:], pixels[12:, :16] = (220, 30, 20), (20, 200, 40), (10, 40, 210)
    return pixels
