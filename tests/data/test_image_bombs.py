"""Hostile images: rejected before decompression, or decoded within the limits."""

from __future__ import annotations

import random
import subprocess
import sys
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from hsal.data.images import ImageError, decode_image
from tests.fixtures.browser import ROOT
from tests.fixtures.images import SEVERAL, SHAPE, chunk, encode, png, refusal


def test_rejects_an_image_of_900_megapixels_by_its_header() -> None:
    data = png(30_000, 30_000, 8, 2, zlib.compress(b"\0"))
    tracemalloc.start()
    sentence = refusal(data, "bomb.png")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sentence == '"bomb.png" is too large: scale it down to at most 40 megapixels and 20,000 pixels on a side.'
    assert peak < 2**20


def test_rejects_long_sides() -> None:
    assert "is too large (20,001 x 10 pixels)" in refusal(png(20_001, 10, 8, 0, b""))


def test_never_decodes_a_bomb_just_above_the_limit() -> None:
    """8,000 x 5,001 pixels of one color fit in 47 kB; decoded they would take 40 MB, counted outside Python."""
    squeeze = zlib.compressobj(9)
    rows = b"".join(squeeze.compress(b"\0" + b"\x40" * 8000) for _ in range(5001)) + squeeze.flush()
    measure = (
        "import sys, resource\n"
        "from hsal.data.images import decode_image, ImageError\n"
        "data = sys.stdin.buffer.read()\n"
        "try: decode_image(data[:40])\n"  # import everything that decoding needs
        "except ImageError: pass\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: decode_image(data)\n"
        "except ImageError as error: print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    data = png(8000, 5001, 8, 0, rows)
    done = subprocess.run([sys.executable, "-c", measure], input=data, capture_output=True, cwd=ROOT, check=True)
    sentence, kilobytes = done.stdout.decode().splitlines()
    assert "is too large (8,000 x 5,001 pixels)" in sentence
    assert int(kilobytes) < 8_000


def test_decodes_and_reduces_the_largest_allowed_image() -> None:
    squeeze = zlib.compressobj(1)
    rows = b"".join(squeeze.compress(b"\0" + b"\x40" * 8000) for _ in range(5000)) + squeeze.flush()
    loaded = decode_image(png(8000, 5000, 8, 0, rows))
    assert loaded.pixels.shape == (1280, 2048, 3)
    assert (loaded.pixels == 0x40).all()
    assert loaded.notes == ("Reduced from 8000 x 5000 to 2048 x 1280 pixels.",)


def test_rejects_a_jpeg_with_endless_scans() -> None:
    data = encode(Image.new("L", (64, 64), 9), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert decode_image(data[:last] + data[last:-2] * 20 + b"\xff\xd9").pixels.shape == (64, 64, 3)
    assert "JPEG of more than 100 scans" in refusal(data[:last] + data[last:-2] * 120 + b"\xff\xd9")
    several = encode(Image.new("L", (64, 64)), "MPO", save_all=True, append_images=[Image.new("L", (64, 64))])
    assert decode_image(several).notes == (SEVERAL,)
    assert "JPEG of more than 100 scans" in refusal(several + data[last:-2] * 120)


def test_treats_text_that_unpacks_to_gigabytes_as_damage() -> None:
    texts = (chunk(b"zTXt", b"k%d\0\0" % i + zlib.compress(b"a" * 900_000, 9)) for i in range(80))
    data = png(32, 24, 8, 0, zlib.compress(b"\0" * 33 * 24), *texts)
    assert "damaged" in refusal(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "animated WEBP", "animated PNG", "16-bit PNG"])
def test_random_damage_gives_an_image_or_one_sentence(kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*SHAPE, 3), dtype=np.uint8)
    image, options = Image.fromarray(noise), {}
    if kind.startswith("animated"):
        options = {"save_all": True, "append_images": [image.rotate(90), image.rotate(180)]}
    if kind == "16-bit PNG":
        image = Image.fromarray(noise[..., 0].astype(np.uint16) * 257)
    whole = encode(image, kind.split()[-1], **options)
    dice, outcomes = random.Random(kind), {"image": 0, "sentence": 0}
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(dice.choice((0, 1, 2, 9))):
            data[dice.randrange(min(len(data), dice.choice((48, 10**6))))] = dice.randrange(256)
        kept = dice.choice((len(data), dice.randrange(len(data))))
        try:
            pixels = decode_image(bytes(data[:kept])).pixels
        except ImageError:
            outcomes["sentence"] += 1
        else:
            outcomes["image"] += 1
            assert pixels.dtype == np.uint8
            assert pixels.shape[2] == 3
    assert min(outcomes.values()) > 5, outcomes  # otherwise only one path is tested
