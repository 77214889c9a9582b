"""What the address bar holds: enough for a link to show another person the same thing."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

INPUTS = ("sample", "scene", "upload", "draw")
LARGEST_SEED = 2**31 - 1
# field -> smallest and largest whole number it may hold
RANGES = {
    "seed": (0, LARGEST_SEED), "digits": (1, 8), "smallest": (14, 50), "largest": (14, 50), "clutter": (0, 24),
    "moment": (0, 10_000),
}
DRAWING_SIDE = 100


@dataclass(frozen=True)
class Address:
    """One state of Step through. Fields that do not matter for the chosen input are left out of the address."""

    input: str = "sample"
    sample: str = ""
    seed: int = 1
    digits: int = 3
    smallest: int = 20
    largest: int = 50
    clutter: int = 8
    drawing: str = ""  # see pack_drawing
    weights: str = ""
    moment: int = 0


USED = {
    "sample": ("sample",), "scene": ("seed", "digits", "smallest", "largest", "clutter"), "upload": (),
    "draw": ("drawing",),
}


def parse(
    parameters: Mapping[str, str], samples: Sequence[str], weights: Sequence[str]
) -> tuple[Address, list[str]]:
    """The state that an address asks for, and one sentence for each part that cannot be had.

    Args:
        parameters: of the address; unknown names are ignored.
        samples, weights: names there are; the first is the default.
    """
    address, problems = Address(sample=samples[0], weights=weights[0]), []
    choices = {"input": INPUTS, "sample": samples, "weights": weights}
    known = {f.name for f in fields(Address)}
    for name, text in parameters.items():
        if name not in known:
            continue
        value, problem = _value(name, text, choices)
        if problem:
            problems.append(problem)
        else:
            address = replace(address, **{name: value})
    if address.smallest > address.largest:
        problems.append("The link's smallest size is above its largest; both are set back.")
        address = replace(address, smallest=Address.smallest, largest=Address.largest)
    return address, problems


def _value(name: str, text: str, choices: Mapping[str, Sequence[str]]) -> tuple[object, str]:
    """The value of one parameter, or a sentence on what is wrong with it."""
    shown = text if len(text) <= 30 else text[:29] + "…"
    if name in choices:
        if text in choices[name]:
            return text, ""
        return None, f"The link asks for {name} “{shown}”, which is not here; showing {choices[name][0]} instead."
    if name == "drawing":
        try:
            unpack_drawing(text)
        except ValueError:
            return None, "The link's drawing is damaged; draw your own instead."
        return text, ""
    low, high = RANGES[name]
    if text.isascii() and text.isdigit() and len(text) <= 10 and low <= int(text) <= high:
        return int(text), ""
    instead = getattr(Address, name)
    return None, f"The link's {name} “{shown}” is not a whole number from {low} to {high}; showing {instead} instead."


def to_parameters(address: Address) -> dict[str, str]:
    """The shortest address that `parse` reads back to the same state."""
    names = ("input", *USED[address.input], "weights", "moment")
    values = asdict(address)
    return {name: str(values[name]) for name in names if values[name] != ""}


def pack_drawing(image: np.ndarray) -> str:
    """A drawing (100,100) uint8 as a short word for an address: four bits a pixel, squeezed."""
    levels = (image.astype(np.uint16) * 15 + 127) // 255  # 0..15
    pairs = levels.reshape(-1, 2).astype(np.uint8)
    squeezed = zlib.compress((pairs[:, 0] << 4 | pairs[:, 1]).tobytes(), 9)
    return base64.urlsafe_b64encode(squeezed).rstrip(b"=").decode()


def unpack_drawing(text: str) -> np.ndarray:
    """The drawing that `pack_drawing` packed, (100,100) uint8.

    Raises:
        ValueError: not such a word. Never unpacks more than a drawing's size.
    """
    size = DRAWING_SIDE * DRAWING_SIDE // 2
    try:
        squeezed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        packed = zlib.decompressobj().decompress(squeezed, size + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise ValueError("not a drawing") from error
    if len(packed) != size:
        raise ValueError("not a drawing")
    pairs = np.frombuffer(packed, dtype=np.uint8)
    levels = np.stack([pairs >> 4, pairs & 15], axis=1)
    return (levels * 17).astype(np.uint8).reshape(DRAWING_SIDE, DRAWING_SIDE)
