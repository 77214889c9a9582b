"""The saliency models for an image, and one map as a tile shows it, computed in the background."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import threading
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from app.compare.address import Compared
from app.compare.images import ComparedImage
from app.compare.jobs import JobResult, jobs
from hsal.errors import HsalError
from hsal.saliency import SALIENCY
from hsal.saliency.base import About, Network
from hsal.saliency.pipeline import MapOptions, most_probable_label, saliency_map
from hsal.zoo.networks import load_network, network_names

SHOWN_PX = 400  # the longer side of a map as it is sent to the browser
# estimated seconds per map until one has been computed
BASELINE_S, MODEL_S, NETWORK_S, PACKAGE_S = 0.05, 0.2, 0.8, 10.0
LOADING_S = 5.0  # of a network
KINDS = {
    "model": "Models", "baseline": "Baselines (do not depend on the image)",
    "upper bound": "Upper bounds (use the fixations)",
}
HIDDEN_BY_DEFAULT = {"uniform", "random"}  # baselines whose maps show little

_costs: dict[str, float] = {}  # seconds for a million pixels, as last measured
_loading = threading.Lock()


@dataclass(frozen=True)
class UserMap:
    """A map that the visitor uploaded."""

    name: str
    data: bytes

    @property
    def digest(self) -> str:
        """Digest of the file."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class RenderedMap:
    """One map, and how a tile shows it."""

    values: np.ndarray  # (H,W) float32 >= 0, of the image's size
    milliseconds: float
    notes: tuple[str, ...]
    png: str
    """A data URL: gray levels, 255 for the value `high`."""
    high: float
    digest: str
    """Of the values."""
    label: str = ""
    """Of the network, where the map is of one."""


@lru_cache(maxsize=1)
def saliency_models() -> dict[str, About]:
    """Name -> description of all models that can be loaded: models by year, then baselines, then upper bounds."""
    found = {}
    for name in SALIENCY.names():
        try:
            found[name] = SALIENCY.find(name).ABOUT
        except (HsalError, ImportError):
            continue  # a broken model of another package must not break the others
    order = list(KINDS)
    return dict(sorted(found.items(), key=lambda one: (order.index(one[1].kind), _year(one[1]), one[1].title)))


def _year(about: About) -> int:
    years = re.findall(r"\b(?:19|20)\d\d\b", about.title)
    return int(years[-1]) if years else 0


def offered(subject: ComparedImage, given: UserMap | None) -> dict[str, About]:
    """The models whose needs are met."""
    there = {"fixations": subject.picture.fixations is not None, "user_map": given is not None}
    return {
        name: about for name, about in saliency_models().items() if all(there.get(need, True) for need in about.needs)
    }


def usual(offered: dict[str, About]) -> tuple[str, ...]:
    """The models that are selected by default."""
    return tuple(
        name for name, about in offered.items() if "package" not in about.needs and name not in HIDDEN_BY_DEFAULT
    )


def default_network(subject: ComparedImage) -> str:
    """The default network for an image: one for photos, or the weights of the scene's task."""
    there = network_names()
    wanted = [f"weights:{subject.task}"] if subject.task else []  # shipped weights have the name of their task
    return next((name for name in (*wanted, *there) if name in there), "")


@lru_cache(maxsize=4)
def _network(name: str) -> Network:
    return load_network(name)


def network(name: str) -> Network:
    """A network, loaded once; raises HsalError."""
    with _loading:
        return _network(name)


def request_network(name: str) -> JobResult | None:
    """Load a network in a job of its own, so that maps that need it do not block others; done if the name is empty."""
    return jobs().request(("network", name), lambda: bool(network(name)), cost_s=LOADING_S) if name else JobResult(True)


def options(state: Compared) -> MapOptions:
    """The options that all models share, from the page's widgets."""
    return MapOptions(state.space, state.smooth, state.prior, state.width, state.scale)


def request_map(
    name: str, subject: ComparedImage, state: Compared, network_name: str, given: UserMap | None
) -> JobResult | None:
    """Request a `RenderedMap`; see `Jobs.request`."""
    about, image = saliency_models()[name], subject.picture.image
    asked = network_name if about.needs & {"volume", "labels"} else ""
    brought = given if "user_map" in about.needs else None
    key = ("map", name, subject.digest, options(state), asked, brought and brought.digest)
    size = image.shape[0] * image.shape[1] / 1e6
    loaded = request_network(asked)
    if loaded is None or loaded.error:
        return loaded
    cost = _costs[name] * size if name in _costs else _guess(about)

    def work() -> RenderedMap:
        looked_through = network(asked) if asked else None
        made = saliency_map(
            name, image, options=options(state), network=looked_through,
            fixations=subject.picture.fixations, user_map=brought and decode_user_map(brought, image.shape[:2]),
        )
        _costs[name] = made.milliseconds / 1000 / size
        png, high = encoded(made.values)
        label = most_probable_label(image, looked_through, options(state)) if "labels" in about.needs else ""
        digest = hashlib.sha256(made.values).hexdigest()
        return RenderedMap(made.values, made.milliseconds, made.notes, png, high, digest, label)

    return jobs().request(key, work, cost_s=cost, size_of=lambda drawn: drawn.values.nbytes + len(drawn.png))


def _guess(about: About) -> float:
    """Estimated seconds for a map."""
    if "package" in about.needs:
        return PACKAGE_S
    if about.needs & {"volume", "labels"}:
        return NETWORK_S
    return MODEL_S if about.kind == "model" else BASELINE_S


def decode_user_map(given: UserMap, shape: tuple[int, int]) -> np.ndarray:
    """The visitor's map, (h,w) float32; raises SaliencyError or ImageError.

    Args:
        shape: (H,W) of the image that it is for.
    """
    from hsal.saliency.user_map import checked_user_map

    return checked_user_map(given.data, shape)


def encoded(values: np.ndarray) -> tuple[str, float]:
    """A map (H,W) >= 0 as a gray PNG in a data address, at most SHOWN_PX long, and the value of its level 255."""
    image = Image.fromarray(np.ascontiguousarray(values, np.float32))
    factor = SHOWN_PX / max(image.size)
    if factor < 1:
        size = tuple(max(1, round(side * factor)) for side in image.size)
        image = image.resize(size, Image.Resampling.BOX)
    reduced = np.asarray(image)
    high = float(reduced.max())
    levels = np.round(reduced * (255 / high)) if high > 0 else np.zeros_like(reduced)
    return data_address(levels.astype(np.uint8)), high


def data_address(pixels: np.ndarray) -> str:
    """(H,W) or (H,W,3) uint8 as a PNG in a data address."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=6)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
