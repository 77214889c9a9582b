"""A pinned trace, stored as the parameters of the link that shows it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from app import cache
from app.address import Address, parse, to_parameters
from app.provenance import drawn_image
from app.weights import choices_by_image, weights_for_input
from app.whatif.traces import branch_trace
from hsal.errors import HsalError
from hsal.tracing.interventions.codec import unpack
from hsal.tracing.interventions.schema import NONE
from hsal.tracing.schema import Trace
from hsal.zoo import samples

MAX_LETTERS = 4000  # a drawing with many interventions takes fewer


class PinError(HsalError):
    """The pinned trace of a link cannot be shown; the message is one sentence."""


def pack_pin(address: Address, task: str) -> str:
    """The trace that an address shows, as text for a link; task: of its weights."""
    return urlencode(to_parameters(replace(address, moment=0, mode="", pin=""), task)).replace("&moment=0", "")


def pinned_trace(packed: str) -> tuple[Trace, list[str]]:
    """The trace of `pack_pin`'s text, and one sentence for each part that had to be left out.

    Raises:
        HsalError: the trace cannot be shown at all.
    """
    parameters = dict(parse_qsl(packed)) if len(packed) <= MAX_LETTERS else {}
    if "input" not in parameters:
        raise PinError("The link's pinned trace is damaged; it was left out.")
    tasks = choices_by_image(parameters.get("weights", ""))
    address, problems = parse(parameters, [samples.FEATURED, *samples.recorded()], tasks)
    trace = _original(address)
    interventions, _ = unpack(address.do)
    if interventions != NONE:
        trace = branch_trace(trace, interventions)
    return trace, [f"Pinned trace: {problem}" for problem in problems]


def _original(address: Address) -> Trace:
    """The trace without interventions."""
    weights = weights_for_input(address.weights, address.input)
    if address.input == "sample":
        return cache.sample_trace(weights, address.sample)
    if address.input == "scene":
        return cache.scene_trace(weights, address.seed, address.index, address.digits, address.smallest,
                                 address.largest, address.clutter)
    if address.input == "photo":
        return cache.photo_trace(weights, address.photo, address.glimpses)
    if address.input == "draw" and address.drawing:
        image = drawn_image(address.drawing, weights)
        return cache.image_trace(weights, "drawing", "drawing", image, ())
    raise PinError("A link cannot carry the image of the pinned trace, which was uploaded; it was left out.")
