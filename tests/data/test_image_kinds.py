"""Unusual valid images: depth, alpha, palettes, animation, orientation."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hsal.data.images import decode_image
from tests.fixtures.images import SEVERAL, SHAPE, chunk, encode, four_fields, png


@pytest.fixture
def colors() -> np.ndarray:
    return four_fields()


def test_ignores_a_wrong_extension(colors: np.ndarray) -> None:
    loaded = decode_image(encode(Image.fromarray(colors), "JPEG", quality=95), "really.png")
    assert np.abs(loaded.pixels[4:8, 4:8].astype(int) - (220, 30, 20)).max() < 12
    assert loaded.notes == ()


@pytest.mark.parametrize("kind", ["PNG", "BMP"])
def test_decodes_plain_images_exactly(colors: np.ndarray, kind: str) -> None:
    loaded = decode_image(encode(Image.fromarray(colors), kind))
    assert np.array_equal(loaded.pixels, colors)
    assert loaded.notes == ()


def test_cmyk_has_its_true_colors(colors: np.ndarray) -> None:
    loaded = decode_image(encode(Image.fromarray(colors).convert("CMYK"), "JPEG", quality=98, subsampling=0))
    for row, column in ((5, 8), (5, 24), (17, 8), (17, 24)):
        assert np.abs(loaded.pixels[row, column].astype(int) - colors[row, column]).max() < 12
    assert loaded.notes == ("Colors were converted from CMYK to RGB.",)


def test_16_bit_gray_is_scaled_not_clipped() -> None:
    levels = np.linspace(0, 65535, 24 * 32).astype(np.uint16).reshape(SHAPE)
    loaded = decode_image(encode(Image.fromarray(levels)))
    assert np.abs(loaded.pixels[..., 0] - levels / 257).max() <= 1
    assert loaded.notes == ("16-bit gray was scaled to 8 bits.",)


def test_16_bit_gray_may_have_a_transparent_level() -> None:
    levels = np.full(SHAPE, 1000, dtype=np.uint16)  # near black, so it is composited on white
    levels[:12] = 40_000
    rows = zlib.compress(b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels))
    loaded = decode_image(png(32, 24, 16, 0, rows, chunk(b"tRNS", struct.pack(">H", 40_000))))
    assert loaded.pixels[0, 0].tolist() == [255, 255, 255]
    assert loaded.pixels[20, 0].tolist() == [3, 3, 3]  # 1000 / 257


def test_16_bit_color() -> None:
    pixel = struct.pack(">HHH", 0xFFFF, 0x8080, 0x0101)
    loaded = decode_image(png(32, 24, 16, 2, zlib.compress((b"\0" + pixel * 32) * 24)))
    assert (loaded.pixels == (255, 128, 1)).all()


def test_1_bit() -> None:
    image = Image.new("1", (32, 24))
    ImageDraw.Draw(image).rectangle((0, 0, 15, 23), fill=1)
    pixels = decode_image(encode(image)).pixels
    assert (pixels[:, :16] == 255).all()
    assert (pixels[:, 16:] == 0).all()


def with_alpha(ink: int, share: float) -> Image.Image:
    """LA: ink of one gray, opaque in the first rows, transparent elsewhere over the same gray."""
    pixels = np.full((*SHAPE, 2), ink, dtype=np.uint8)
    pixels[..., 1] = 0
    pixels[: round(SHAPE[0] * share), :, 1] = 255
    return Image.fromarray(pixels)


@pytest.mark.parametrize(("ink", "background"), [(10, "white"), (240, "black")])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_composites_transparency_on_the_contrasting_background(ink: int, background: str, mode: str) -> None:
    loaded = decode_image(encode(with_alpha(ink, 0.5).convert(mode)))
    assert (loaded.pixels[:12] == ink).all()
    assert (loaded.pixels[12:] == (255 if background == "white" else 0)).all()
    assert loaded.notes == (f"Transparent parts were filled with {background}.",)


def test_composites_paper_with_transparent_corners_on_white() -> None:
    """Most of it is light, but its ink is dark: black corners would look like ink."""
    pixels = np.full((60, 60, 4), 250, dtype=np.uint8)
    pixels[20:40, 28:32, :3] = 20
    pixels[:5, :5, 3] = 0
    assert decode_image(encode(Image.fromarray(pixels))).pixels[0, 0].tolist() == [255, 255, 255]


def test_drops_an_opaque_alpha_channel_silently() -> None:
    loaded = decode_image(encode(with_alpha(10, 1)))
    assert (loaded.pixels == 10).all()
    assert loaded.notes == ()


@pytest.mark.parametrize("transparency", [1, bytes([255, 0])], ids=["index", "bytes"])
def test_a_palette_may_have_a_transparent_color(transparency: int | bytes) -> None:
    image = Image.new("P", (32, 24), 0)
    image.putpalette([20, 60, 30, 200, 0, 0])
    ImageDraw.Draw(image).rectangle((0, 0, 31, 11), fill=1)
    loaded = decode_image(encode(image, transparency=transparency))
    assert loaded.pixels[0, 0].tolist() == [255, 255, 255]
    assert loaded.pixels[20, 0].tolist() == [20, 60, 30]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "MPO"])
def test_uses_the_first_frame_of_an_animation(kind: str) -> None:
    frames = [Image.new("RGB", (32, 24), color) for color in ("#c80000", "#00c800", "#0000c8")]
    loaded = decode_image(encode(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert np.abs(loaded.pixels.astype(int) - (200, 0, 0)).max() < 8
    assert loaded.notes == (SEVERAL,)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_applies_exif_orientation(colors: np.ndarray, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was rotated: upright after a quarter turn clockwise
    options = {"lossless": True} if kind == "WEBP" else {"quality": 98}
    loaded = decode_image(encode(Image.fromarray(colors), kind, exif=exif, **options))
    wanted = np.rot90(colors, -1)
    assert loaded.pixels.shape == wanted.shape == (32, 24, 3)
    for row, column in ((8, 5), (8, 17), (24, 5), (24, 17)):
        assert np.abs(loaded.pixels[row, column].astype(int) - wanted[row, column]).max() < 20
    assert loaded.notes == ("Turned upright, as its EXIF orientation says.",)


@pytest.mark.parametrize("exif", [b"Exif\0\0MM\0*", b"Exif\0\0nonsense"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_decodes_an_image_with_damaged_exif(kind: str, exif: bytes) -> None:
    data = encode(Image.new("L", (32, 24), 50), kind, exif=exif)
    assert np.abs(decode_image(data).pixels.astype(int) - 50).max() < 3
