"""A pinned walk, kept as the parameters of the address that shows it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from app import cache
from app.address import Address, parse, to_parameters
from app.provenance import drawn_image
from app.weights import choices
from app.whatif import branching
from hsal.errors import HsalError
from hsal.tracing.interventions.codec import unpack
from hsal.tracing.interventions.schema import NONE
from hsal.tracing.schema import Trace
from hsal.zoo import samples

LONGEST = 4000  # characters: a drawing with much done to it is shorter


class PinError(HsalError):
    """The pinned walk of a link cannot be had; one sentence says why."""


def pack_pin(address: Address, task: str) -> str:
    """The walk that an address shows, as one word; task: of its weights."""
    return urlencode(to_parameters(replace(address, moment=0, mode="", pin=""), task)).replace("&moment=0", "")


def pinned_walk(word: str) -> tuple[Trace, list[str]]:
    """The walk that `pack_pin` packed, and one sentence for each part of it that cannot be had.

    Raises:
        HsalError: it cannot be had at all.
    """
    parameters = dict(parse_qsl(word)) if len(word) <= LONGEST else {}
    if "input" not in parameters:
        raise PinError("The link's pinned walk is damaged; it was left out.")
    tasks = choices(parameters.get("weights", ""))
    address, problems = parse(parameters, [samples.FEATURED, *samples.recorded()], tasks)
    walk = _walk(address)
    done, _ = unpack(address.do)
    if done != NONE:
        walk = branching.branch(walk, done)
    return walk, [f"Of the pinned walk: {problem}" for problem in problems]


def _walk(address: Address) -> Trace:
    if address.input == "sample":
        return cache.sample_trace(address.weights, address.sample)
    if address.input == "scene":
        return cache.scene_trace(address.weights, address.seed, address.index, address.digits, address.smallest,
                                 address.largest, address.clutter)
    if address.input == "draw" and address.drawing:
        image = drawn_image(address.drawing, address.weights)
        return cache.image_trace(address.weights, "drawing", "drawing", image, ())
    raise PinError("A link cannot carry the image of the pinned walk, which was uploaded; it was left out.")
