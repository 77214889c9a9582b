"""The link of Step through: everything needed to show another person the same view."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from app.links import Fields, choice, read_fields, text, whole
from hsal.config import MNIST_TASKS
from hsal.paths import PHOTO_WEIGHTS
from hsal.tracing.interventions.codec import pack, unpack
from hsal.zoo.samples import FEATURED_PHOTO, sample_photos

INPUTS = ("sample", "scene", "photo", "upload", "draw")
MODES = ("", "whatif")  # the trace alone, or next to a branch or another trace
LARGEST_SEED = 2**31 - 1
# field -> minimum and maximum of its whole number
RANGES = {
    "seed": (0, LARGEST_SEED), "index": (0, 999_999), "digits": (0, 8), "smallest": (14, 50),
    "largest": (14, 50), "clutter": (0, 24), "glimpses": (1, 20), "moment": (0, 10_000),
}
DRAWING_SIDE = 100


@dataclass(frozen=True)
class Address:
    """One state of Step through. Fields that do not matter for the chosen input are left out of the address."""

    input: str = "sample"
    sample: str = ""
    seed: int = 1
    index: int = 0  # which of the seed's scenes
    digits: int = 3  # 0: drawn as in the task
    smallest: int = 20
    largest: int = 50
    clutter: int = 8
    photo: str = FEATURED_PHOTO
    glimpses: int = 9  # on a photo; people make 9.4 in the three seconds that each photo of OSIE was shown
    drawing: str = ""  # see pack_drawing
    weights: str = ""
    mode: str = ""
    do: str = ""  # see hsal.tracing.interventions.codec.pack
    pin: str = ""  # the pinned trace; see app.whatif.pins.pack_pin
    moment: int = 0


SETTINGS = ("digits", "smallest", "largest", "clutter")  # of the MNIST tasks' scenes
USED = {
    "sample": ("sample",), "scene": ("seed", "index"), "photo": ("photo", "glimpses"), "upload": ("glimpses",),
    "draw": ("drawing",),
}


def used(input: str, task: str) -> tuple[str, ...]:
    """The fields that matter for an input and the task of the weights."""
    mnist = task in (*MNIST_TASKS, PHOTO_WEIGHTS)  # a model of photos gets the default's scenes
    settings = SETTINGS if input == "scene" and mnist else ()
    return ("input", *USED[input], *settings, "weights", "mode", "do", "pin", "moment")


def fields_of(samples: Sequence[str], weights: Mapping[str, str]) -> Fields:
    """The fields of the link.

    Args:
        samples: names of the sample scenes. weights: name -> task. The first of each is the default.
    """
    numbers: Fields = {name: whole(*RANGES[name], getattr(Address, name)) for name in RANGES}
    return {
        "input": choice(INPUTS, Address.input), "sample": choice(samples, samples[0]), **numbers,
        "photo": choice(sample_photos(), Address.photo),
        "drawing": text(check=unpack_drawing, problem="The link's drawing is damaged; draw your own instead."),
        "weights": choice(weights, next(iter(weights))), "mode": choice(MODES, Address.mode),
        "pin": text(),  # checked where it is shown
    }


def parse(
    parameters: Mapping[str, str], samples: Sequence[str], weights: Mapping[str, str]
) -> tuple[Address, list[str]]:
    """The state of a link, and one sentence for each part of it that cannot be used.

    Args:
        parameters: of the address; those that are unknown, or do not matter for its input, are ignored.
        samples: names of the sample scenes. weights: name -> task. The first of each is the default.
    """
    fields = fields_of(samples, weights)
    first, problems = read_fields({name: fields[name] for name in ("input", "weights")}, parameters)
    names = [name for name in used(first["input"], weights[first["weights"]]) if name in fields and name not in first]
    others, more = read_fields({name: fields[name] for name in names}, parameters)
    address = Address(**{"sample": samples[0], **first, **others})
    problems += more
    if "do" in parameters:
        interventions, lost = unpack(parameters["do"])
        problems += lost
        address = replace(
            address, do=pack(interventions), mode=address.mode or ("whatif" if interventions else "")
        )
    if address.smallest > address.largest:
        problems.append("The link's smallest size is above its largest; both were reset.")
        address = replace(address, smallest=Address.smallest, largest=Address.largest)
    return address, problems


def to_parameters(address: Address, task: str) -> dict[str, str]:
    """The shortest address that `parse` reads back to the same view; task: of the address's weights."""
    names = used(address.input, task)
    values = asdict(address)
    return {name: str(values[name]) for name in names if values[name] != ""}


def pack_drawing(image: np.ndarray) -> str:
    """Encode a drawing (100,100) uint8 for a link: 4 bits per pixel, compressed, in URL-safe base64."""
    levels = (image.astype(np.uint16) * 15 + 127) // 255  # 0..15
    pairs = levels.reshape(-1, 2).astype(np.uint8)
    compressed = zlib.compress((pairs[:, 0] << 4 | pairs[:, 1]).tobytes(), 9)
    return base64.urlsafe_b64encode(compressed).rstrip(b"=").decode()


def unpack_drawing(packed: str) -> np.ndarray:
    """Decode the result of `pack_drawing`, (100,100) uint8. Never decompresses more than the size of a drawing.

    Raises:
        ValueError: not the result of `pack_drawing`.
    """
    size = DRAWING_SIDE * DRAWING_SIDE // 2
    try:
        compressed = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        pairs_of_levels = zlib.decompressobj().decompress(compressed, size + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ValueError("not a drawing") from error
    if len(pairs_of_levels) != size:
        raise ValueError("not a drawing")
    pairs = np.frombuffer(pairs_of_levels, dtype=np.uint8)
    levels = np.stack([pairs >> 4, pairs & 15], axis=1)
    return (levels * 17).astype(np.uint8).reshape(DRAWING_SIDE, DRAWING_SIDE)
