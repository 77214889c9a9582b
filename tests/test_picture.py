"""Hostile uploads, each made here, and what becomes of honest ones."""

from __future__ import annotations

import io
import os
import random
import struct
import subprocess
import sys
import time
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hsal.data import picture
from hsal.data.digits import Digits
from hsal.data.picture import MAX_BYTES, PictureError, load_picture, read_picture
from hsal.data.prepare import as_scene
from hsal.data.scenes import SceneConfig, SceneRenderer
from hsal.errors import HsalError

ROOT = Path(__file__).parents[1]
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


@pytest.fixture(scope="module")
def colours() -> np.ndarray:
    """(24,32,3) uint8: a red, a green, a blue and a grey field; no two alike, so a turn shows."""
    pixels = np.full((*SHAPE, 3), 90, dtype=np.uint8)
    pixels[:12, :16], pixels[:12, 16:], pixels[12:, :16] = (220, 30, 20), (20, 200, 40), (10, 40, 210)
    return pixels


# --- what is not a picture


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty (0 bytes)"),
        (b"\x89PNG\r\n\x1a\n", "is not a PNG, JPEG, WEBP, BMP or GIF picture"),
        (b"hello, this is a letter\n" * 20, "is not a PNG, JPEG, WEBP, BMP or GIF picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "is not a PNG, JPEG, WEBP, BMP or GIF"),
        (encode(Image.new("L", (32, 24)), "TIFF"), "is not a PNG, JPEG, WEBP, BMP or GIF picture"),
        (encode(Image.new("L", (32, 24)), "PPM"), "is not a PNG, JPEG, WEBP, BMP or GIF picture"),
        (random.Random(0).randbytes(4096), "is not a PNG, JPEG, WEBP, BMP or GIF picture"),
        (encode(Image.new("L", (1, 1))), "is only 1 x 1 pixels: choose a picture of at least 8 pixels"),
        (encode(Image.new("L", (200, 7))), "is only 200 x 7 pixels"),
    ],
    ids=["empty", "magic", "text", "svg", "tiff", "ppm", "noise", "1x1", "200x7"],
)
def test_what_is_no_picture_is_told_in_one_sentence(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_a_picture_error_is_an_expected_failure() -> None:
    assert issubclass(PictureError, HsalError)
    assert issubclass(PictureError, ValueError)


def test_eight_pixels_are_enough() -> None:
    assert load_picture(encode(Image.new("L", (8, 8)))).pixels.shape == (8, 8, 3)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_a_truncated_file_is_damaged(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise), kind)
    assert "damaged" in refusal(data[: len(data) // 2])


def test_corrupt_pixels_are_damage() -> None:
    data = png(32, 24, 8, 0, b"these are no compressed rows")
    assert "is damaged or cut off and cannot be decoded" in refusal(data)


def test_too_many_bytes_are_refused_with_size_and_limit() -> None:
    sentence = refusal(b"\0" * (MAX_BYTES + 1))
    assert "has 10,485,761 bytes, more than the 10,485,760 (10 MiB) allowed" in sentence


def test_exactly_the_limit_is_read() -> None:
    data = encode(Image.new("L", (32, 24), 77))
    assert load_picture(data + b"\0" * (MAX_BYTES - len(data))).pixels[0, 0].tolist() == [77, 77, 77]


# --- bombs


def test_a_picture_of_900_megapixels_is_refused_from_its_header() -> None:
    data = png(30_000, 30_000, 8, 2, zlib.compress(b"\0"))
    tracemalloc.start()
    start = time.perf_counter()
    sentence = refusal(data, "bomb.png")
    seconds = time.perf_counter() - start
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sentence == '"bomb.png" is too large: scale it down to at most 40 megapixels and 20,000 pixels on a side.'
    assert seconds < 0.5
    assert peak < 2**20


def test_long_sides_are_refused() -> None:
    assert "is too large (20,001 x 10 pixels)" in refusal(png(20_001, 10, 8, 0, b""))


def test_a_real_bomb_just_above_the_limit_is_never_decoded() -> None:
    """8,000 x 5,001 pixels of one colour fit in 47 kB; decoded they would take 40 MB, counted outside Python."""
    squeeze = zlib.compressobj(9)
    rows = b"".join(squeeze.compress(b"\0" + b"\x40" * 8000) for _ in range(5001)) + squeeze.flush()
    measure = (
        "import sys, resource\n"
        "from hsal.data.picture import load_picture, PictureError\n"
        "data = sys.stdin.buffer.read()\n"
        "try: load_picture(data[:40])\n"  # whatever decoding needs is imported by now
        "except PictureError: pass\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: load_picture(data)\n"
        "except PictureError as error: print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    data = png(8000, 5001, 8, 0, rows)
    done = subprocess.run([sys.executable, "-c", measure], input=data, capture_output=True, cwd=ROOT, check=True)
    sentence, kilobytes = done.stdout.decode().splitlines()
    assert "is too large (8,000 x 5,001 pixels)" in sentence
    assert int(kilobytes) < 8_000


def test_the_largest_picture_allowed_is_decoded_and_reduced() -> None:
    squeeze = zlib.compressobj(1)
    rows = b"".join(squeeze.compress(b"\0" + b"\x40" * 8000) for _ in range(5000)) + squeeze.flush()
    loaded = load_picture(png(8000, 5000, 8, 0, rows))
    assert loaded.pixels.shape == (1280, 2048, 3)
    assert (loaded.pixels == 0x40).all()
    assert loaded.notes == ("Reduced from 8000 x 5000 to 2048 x 1280 pixels.",)


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = encode(Image.new("L", (64, 64), 9), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert load_picture(data[:last] + data[last:-2] * 20 + b"\xff\xd9").pixels.shape == (64, 64, 3)
    assert "JPEG of more than 100 scans" in refusal(data[:last] + data[last:-2] * 120 + b"\xff\xd9")
    several = encode(Image.new("L", (64, 64)), "MPO", save_all=True, append_images=[Image.new("L", (64, 64))])
    assert load_picture(several).notes == (SEVERAL,)
    assert "JPEG of more than 100 scans" in refusal(several + data[last:-2] * 120)


def test_text_that_unpacks_to_gigabytes_is_damage() -> None:
    texts = (chunk(b"zTXt", b"k%d\0\0" % i + zlib.compress(b"a" * 900_000, 9)) for i in range(80))
    data = png(32, 24, 8, 0, zlib.compress(b"\0" * 33 * 24), *texts)
    assert "damaged" in refusal(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "animated WEBP", "animated PNG", "16-bit PNG"])
def test_bytes_turned_and_files_cut_at_random_give_a_picture_or_a_sentence(kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*SHAPE, 3), dtype=np.uint8)
    image, options = Image.fromarray(noise), {}
    if kind.startswith("animated"):
        options = {"save_all": True, "append_images": [image.rotate(90), image.rotate(180)]}
    if kind == "16-bit PNG":
        image = Image.fromarray(noise[..., 0].astype(np.uint16) * 257)
    whole = encode(image, kind.split()[-1], **options)
    dice, outcomes = random.Random(kind), {"picture": 0, "sentence": 0}
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(dice.choice((0, 1, 2, 9))):
            data[dice.randrange(min(len(data), dice.choice((48, 10**6))))] = dice.randrange(256)
        kept = dice.choice((len(data), dice.randrange(len(data))))
        try:
            pixels = load_picture(bytes(data[:kept])).pixels
        except PictureError:
            outcomes["sentence"] += 1
        else:
            outcomes["picture"] += 1
            assert pixels.dtype == np.uint8
            assert pixels.shape[2] == 3
    assert min(outcomes.values()) > 5, outcomes  # else the fuzz only ever walks one path


# --- strange but sound


def test_a_wrong_name_does_not_matter(colours: np.ndarray) -> None:
    loaded = load_picture(encode(Image.fromarray(colours), "JPEG", quality=95), "really.png")
    assert np.abs(loaded.pixels[4:8, 4:8].astype(int) - (220, 30, 20)).max() < 12
    assert loaded.notes == ()


@pytest.mark.parametrize("kind", ["PNG", "BMP"])
def test_plain_pictures_come_back_exactly(colours: np.ndarray, kind: str) -> None:
    loaded = load_picture(encode(Image.fromarray(colours), kind))
    assert np.array_equal(loaded.pixels, colours)
    assert loaded.notes == ()


def test_cmyk_has_its_true_colours(colours: np.ndarray) -> None:
    loaded = load_picture(encode(Image.fromarray(colours).convert("CMYK"), "JPEG", quality=98, subsampling=0))
    for row, column in ((5, 8), (5, 24), (17, 8), (17, 24)):
        assert np.abs(loaded.pixels[row, column].astype(int) - colours[row, column]).max() < 12
    assert loaded.notes == ("Colours were converted from CMYK to RGB.",)


def test_16_bit_grey_is_scaled_not_clipped() -> None:
    levels = np.linspace(0, 65535, 24 * 32).astype(np.uint16).reshape(SHAPE)
    loaded = load_picture(encode(Image.fromarray(levels)))
    assert np.abs(loaded.pixels[..., 0] - levels / 257).max() <= 1
    assert loaded.notes == ("16-bit grey was scaled to 8 bits.",)


def test_16_bit_grey_may_have_a_transparent_level() -> None:
    levels = np.full(SHAPE, 1000, dtype=np.uint16)  # near black, so it is laid on white
    levels[:12] = 40_000
    rows = zlib.compress(b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels))
    loaded = load_picture(png(32, 24, 16, 0, rows, chunk(b"tRNS", struct.pack(">H", 40_000))))
    assert loaded.pixels[0, 0].tolist() == [255, 255, 255]
    assert loaded.pixels[20, 0].tolist() == [3, 3, 3]  # 1000 / 257


def test_16_bit_colour() -> None:
    pixel = struct.pack(">HHH", 0xFFFF, 0x8080, 0x0101)
    loaded = load_picture(png(32, 24, 16, 2, zlib.compress((b"\0" + pixel * 32) * 24)))
    assert (loaded.pixels == (255, 128, 1)).all()


def test_1_bit() -> None:
    image = Image.new("1", (32, 24))
    ImageDraw.Draw(image).rectangle((0, 0, 15, 23), fill=1)
    pixels = load_picture(encode(image)).pixels
    assert (pixels[:, :16] == 255).all()
    assert (pixels[:, 16:] == 0).all()


def with_alpha(ink: int, share: float) -> Image.Image:
    """LA: ink of one grey, opaque in the first rows, transparent elsewhere over the same grey."""
    pixels = np.full((*SHAPE, 2), ink, dtype=np.uint8)
    pixels[..., 1] = 0
    pixels[: round(SHAPE[0] * share), :, 1] = 255
    return Image.fromarray(pixels)


@pytest.mark.parametrize(("ink", "ground"), [(10, "white"), (240, "black")])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparency_is_laid_where_the_ink_shows(ink: int, ground: str, mode: str) -> None:
    loaded = load_picture(encode(with_alpha(ink, 0.5).convert(mode)))
    assert (loaded.pixels[:12] == ink).all()
    assert (loaded.pixels[12:] == (255 if ground == "white" else 0)).all()
    assert loaded.notes == (f"Transparent parts were laid on {ground}.",)


def test_a_sheet_of_paper_with_clear_corners_is_laid_on_white() -> None:
    """Most of it is light, but its ink is dark: black corners would look like ink."""
    pixels = np.full((60, 60, 4), 250, dtype=np.uint8)
    pixels[20:40, 28:32, :3] = 20
    pixels[:5, :5, 3] = 0
    assert load_picture(encode(Image.fromarray(pixels))).pixels[0, 0].tolist() == [255, 255, 255]


def test_an_opaque_alpha_channel_is_dropped_without_a_word() -> None:
    loaded = load_picture(encode(with_alpha(10, 1)))
    assert (loaded.pixels == 10).all()
    assert loaded.notes == ()


@pytest.mark.parametrize("transparency", [1, bytes([255, 0])], ids=["index", "bytes"])
def test_a_palette_may_have_a_transparent_colour(transparency: int | bytes) -> None:
    image = Image.new("P", (32, 24), 0)
    image.putpalette([20, 60, 30, 200, 0, 0])
    ImageDraw.Draw(image).rectangle((0, 0, 31, 11), fill=1)
    loaded = load_picture(encode(image, transparency=transparency))
    assert loaded.pixels[0, 0].tolist() == [255, 255, 255]
    assert loaded.pixels[20, 0].tolist() == [20, 60, 30]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "MPO"])
def test_an_animation_gives_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (32, 24), colour) for colour in ("#c80000", "#00c800", "#0000c8")]
    loaded = load_picture(encode(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert np.abs(loaded.pixels.astype(int) - (200, 0, 0)).max() < 8
    assert loaded.notes == (SEVERAL,)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_exif_orientation_is_obeyed(colours: np.ndarray, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate a quarter clockwise to see it upright
    options = {"lossless": True} if kind == "WEBP" else {"quality": 98}
    loaded = load_picture(encode(Image.fromarray(colours), kind, exif=exif, **options))
    wanted = np.rot90(colours, -1)
    assert loaded.pixels.shape == wanted.shape == (32, 24, 3)
    for row, column in ((8, 5), (8, 17), (24, 5), (24, 17)):
        assert np.abs(loaded.pixels[row, column].astype(int) - wanted[row, column]).max() < 20
    assert loaded.notes == ("Turned upright, as its EXIF orientation says.",)


@pytest.mark.parametrize("exif", [b"Exif\0\0MM\0*", b"Exif\0\0nonsense"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_damaged_exif_does_not_cost_the_picture(kind: str, exif: bytes) -> None:
    data = encode(Image.new("L", (32, 24), 50), kind, exif=exif)
    assert np.abs(load_picture(data).pixels.astype(int) - 50).max() < 3


# --- names and files


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", '"passwd"'),
        ("C:\\photos\\a.png", '"a.png"'),
        ("a\x1b[31m\nb\u202e.png", '"a [31m b .png"'),
        ("x" * 300 + ".png", '"xxxxxxxxxxxxxxxxxxxxxxxxxx…xxxxxxxxx.png"'),
        ("\x00", '"picture"'),
        ("", '"picture"'),
    ],
)
def test_names_are_cleaned_for_sentences(name: str, shown: str) -> None:
    assert refusal(b"", name).startswith(f"{shown} is empty")


def test_read_picture(tmp_path: Path, colours: np.ndarray) -> None:
    path = tmp_path / "colours.png"
    path.write_bytes(encode(Image.fromarray(colours)))
    assert np.array_equal(read_picture(path).pixels, colours)


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r'"absent\.png" does not exist'):
        read_picture(tmp_path / "absent.png")
    with pytest.raises(PictureError, match="is a folder"):
        read_picture(tmp_path)
    with pytest.raises(PictureError, match="cannot be read"):
        read_picture(tmp_path / ("long" * 200))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(PictureError, match="is not a plain file"):
        read_picture(tmp_path / "pipe.png")


def test_a_forbidden_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Patched rather than made: to the superuser no file is forbidden."""
    path = tmp_path / "secret.png"
    path.write_bytes(b"x")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PictureError, match=r"cannot be read \(Permission denied\)"):
        read_picture(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(3 * 2**30)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(PictureError, match="has 3,221,225,472 bytes"):
        read_picture(path)


def test_a_file_that_grows_is_read_no_further_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "grown.png"
    path.write_bytes(b"x")
    asked = []

    class Endless(io.BytesIO):
        def read(self, size: int = -1) -> bytes:
            asked.append(size)
            return b"\0" * size

    monkeypatch.setattr(Path, "open", lambda *_: Endless())
    with pytest.raises(PictureError, match="more than the 10,485,760"):
        read_picture(path)
    assert asked == [MAX_BYTES + 1]


# --- a picture made a scene


@pytest.fixture(scope="module")
def renderer() -> SceneRenderer:
    """Ten hand-made digits, rings with a bar, light on 0, so that no data need be had."""
    images = np.zeros((10, 28, 28), dtype=np.uint8)
    y, x = np.mgrid[:28, :28] - 13.5
    for label in range(10):
        ring = np.abs(np.hypot(x, y) - 5 - label % 5) < 1.4
        images[label] = np.where(ring | ((np.abs(x - label + 4) < 1) & (np.abs(y) < 9)), 254, 0)
    return SceneRenderer(Digits(images, np.arange(10, dtype=np.uint8), "rings"), SceneConfig(placement="mixed"))


def test_true_scenes_pass_untouched(renderer: SceneRenderer) -> None:
    for index in range(50):
        scene = renderer.render(5, index).image
        uploaded = load_picture(encode(Image.fromarray(scene))).pixels
        for pixels in (scene, np.repeat(scene[..., None], 3, axis=2), uploaded):
            prepared = as_scene(pixels, 100)
            assert np.array_equal(prepared.image, scene)
            assert prepared.notes == ()


def test_black_on_white_is_exchanged(renderer: SceneRenderer) -> None:
    scene = renderer.render(5, 1).image
    prepared = as_scene(255 - scene, 100)
    assert np.array_equal(prepared.image, scene)
    assert prepared.notes == (EXCHANGED,)


def test_grey_is_luma_of_itu_r_601() -> None:
    pixels = np.zeros((100, 100, 3), dtype=np.uint8)
    pixels[20:50, 20:50], pixels[60:90, 20:50], pixels[20:50, 60:90] = (255, 255, 255), (0, 255, 0), (255, 0, 0)
    image = as_scene(pixels, 100).image
    assert image[70, 30] == 150  # 0.587 * 255 = 149.7
    assert image[30, 70] == 76  # 0.299 * 255 = 76.2


def test_ten_to_one_is_letterboxed_without_distortion() -> None:
    pixels = np.full((100, 1000), 255, dtype=np.uint8)
    y, x = np.mgrid[:100, :1000]
    pixels[np.hypot(y - 50, x - 500) < 40] = 0  # a disc: stays one, 8 pixels across
    prepared = as_scene(pixels, 100)
    rows, columns = np.nonzero(prepared.image > 127)
    assert prepared.image.shape == (100, 100)
    assert (rows.min(), rows.max()) == (46, 53)
    assert (columns.min(), columns.max()) == (46, 53)
    assert prepared.image[:45].max() == prepared.image[55:].max() == 0  # no edge between paper and band
    assert prepared.notes == (
        "Scaled from 1000 x 100 to 100 x 10 pixels.", EXCHANGED, "Bands above and below make the picture square.",
    )
    upright = as_scene(np.ascontiguousarray(pixels.T), 100)
    assert np.array_equal(upright.image, prepared.image.T)
    assert upright.notes[-1] == "Bands left and right make the picture square."


def test_scaling_down_is_antialiased() -> None:
    """Lines a pixel wide, every tenth: skipping pixels would show all or nothing of them."""
    pixels = np.zeros((1000, 1000), dtype=np.uint8)
    pixels[300:700:10, 300:700] = 255
    image = as_scene(pixels, 100).image
    assert (image[32:68, 32:68] > 200).all()  # evenly grey, then stretched
    assert image[:25].max() == 0


@pytest.mark.parametrize("level", [0, 60, 128, 200, 255])
def test_a_blank_picture_is_told_so(level: int) -> None:
    dice = np.random.default_rng(level)
    noise = dice.normal(level, 4, (100, 100)).clip(0, 255).astype(np.uint8)
    for pixels in (np.full((100, 100), level, dtype=np.uint8), noise):
        with pytest.raises(PictureError, match="The picture is blank"):
            as_scene(pixels, 100)


def sheet(light: float | np.ndarray, ink: float, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """A photo (300,300) of pen on paper, and the pen's place at 100 x 100: 1 on ink, 0 well off it."""
    image = Image.new("L", (300, 300), 0)
    draw = ImageDraw.Draw(image)
    draw.line((60, 40, 60, 120), fill=255, width=11)
    draw.ellipse((170, 150, 240, 250), outline=255, width=11)
    pen = np.asarray(image) / 255
    photo = light * (1 - pen * (1 - ink)) + np.random.default_rng(0).normal(0, noise, pen.shape)
    return photo.clip(0, 255).astype(np.uint8), np.asarray(image.resize((100, 100), Image.Resampling.BILINEAR)) / 255


YY, XX = np.mgrid[0:1:300j, 0:1:300j]


@pytest.mark.parametrize(
    ("light", "ink", "noise"),
    [
        (246.0, 0.2, 3.0),  # a scan
        (105.0, 0.4, 6.0),  # a dim room: the border is darker than mid grey, and the ink darker still
        (235 - 150 * XX, 0.3, 5.0),  # a lamp at the left
        (220 - 240 * ((XX - 0.5) ** 2 + (YY - 0.5) ** 2), 0.3, 5.0),  # a vignette
        (235 - 380 * ((XX - 0.5) ** 2 + (YY - 0.5) ** 2), 0.3, 5.0),  # its shading outdoes the ink's contrast
        (225 - 40 * YY, 0.7, 4.0),  # pencil
    ],
    ids=["scan", "dim", "lamp", "vignette", "strong vignette", "pencil"],
)
def test_paper_becomes_black_and_ink_white(light: float | np.ndarray, ink: float, noise: float) -> None:
    photo, pen = sheet(light, ink, noise)
    prepared = as_scene(photo, 100)
    paper, stroke = prepared.image[pen == 0], prepared.image[pen > 0.95]
    assert np.mean(paper < 8) > 0.98
    assert np.median(paper) == 0
    assert stroke.min() > 150
    assert prepared.notes[1:] == (EXCHANGED, STRETCHED)


def test_chalk_on_a_grey_board_is_not_exchanged() -> None:
    """The border is brighter than mid grey, yet all the contrast lies above it."""
    photo, pen = sheet(140.0, 1.7, 3.0)
    prepared = as_scene(photo, 100)
    assert EXCHANGED not in prepared.notes
    assert prepared.image[pen > 0.95].min() > 150
    assert np.median(prepared.image[pen == 0]) == 0


def test_specks_of_dust_are_no_measure_of_contrast() -> None:
    photo, pen = sheet(225.0, 0.7, 2.0)
    for row, column in ((20, 200), (280, 30), (150, 100)):
        photo[row : row + 4, column : column + 4] = 0
    assert as_scene(photo, 100).image[pen > 0.95].min() > 150


def test_a_thin_frame_does_not_turn_the_picture_over() -> None:
    photo, pen = sheet(250.0, 0.1, 0.0)
    photo[:2], photo[-2:], photo[:, :2], photo[:, -2:] = 0, 0, 0, 0
    prepared = as_scene(photo, 100)
    assert prepared.image[pen > 0.95].min() > 150
    assert prepared.image[50, 50] == 0


@pytest.mark.parametrize("shape", [(1, 2048), (2048, 1), (3, 3), (100, 101), (101, 100)])
def test_odd_shapes_are_squared(shape: tuple[int, int]) -> None:
    height, width = shape
    pixels = np.zeros(shape, dtype=np.uint8)
    pixels[height // 3 : height // 3 + 1 + height // 10, width // 3 : width // 3 + 1 + width // 10] = 255
    assert as_scene(pixels, 100).image.shape == (100, 100)


@pytest.mark.parametrize(
    "pixels", [np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9)), np.zeros((0, 9), np.uint8), np.zeros(9, np.uint8)]
)
def test_other_arrays_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(PictureError, match="must be"):
        as_scene(pixels, 100)


def test_decoding_leaves_the_filters_of_warnings_alone() -> None:
    before = list(picture.warnings.filters)
    load_picture(encode(Image.new("L", (32, 24))))
    assert picture.warnings.filters == before


def test_a_border_of_two_levels_is_no_stumbling_block() -> None:
    """Half black, half white: the border's median is a level that no pixel has."""
    pixels = np.zeros((100, 100), dtype=np.uint8)
    pixels[:, 50:] = 255
    assert as_scene(pixels, 100).image.shape == (100, 100)
