"""Which saliency models there are for an image, and one map by one model as a tile shows it. Works beside pages."""

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
from app.compare.images import Subject
from app.compare.jobs import Made, jobs
from hsal.errors import HsalError
from hsal.saliency import SALIENCY
from hsal.saliency.base import About, Network
from hsal.saliency.pipeline import MapOptions, most_probable_label, saliency_map
from hsal.zoo.networks import load_network, network_names

SHOWN_PX = 400  # the longer side of a map as it is sent to the browser
# what a map is thought to cost until one was made: what knows little is quick, what others bring may be slow
FLOOR_S, MODEL_S, NETWORK_S, PACKAGE_S = 0.05, 0.2, 0.8, 10.0
LOADING_S = 5.0  # of a network
KINDS = {
    "model": "Models", "baseline": "Floors: they know nothing of the image", "upper bound": "Ceilings: they know the answer",
}
IN_VIEW = {"uniform", "random"}  # floors that teach little by their looks: not chosen until they are wished for

_costs: dict[str, float] = {}  # seconds for a million pixels, as last measured
_loading = threading.Lock()


@dataclass(frozen=True)
class Given:
    """A map that the visitor brought along."""

    name: str
    data: bytes

    @property
    def digest(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Drawn:
    """One map, and how a tile shows it."""

    values: np.ndarray  # (H,W) float32 >= 0, of the image's size
    milliseconds: float
    notes: tuple[str, ...]
    png: str
    """A data address: gray levels, of which 255 stands for `high`."""
    high: float
    digest: str
    """Of the values."""
    label: str = ""
    """Of the network, where the map is of one."""


@lru_cache(maxsize=1)
def known() -> dict[str, About]:
    """Name -> what it says of itself, of all models that can be loaded: models by year, then floors, then ceilings."""
    found = {}
    for name in SALIENCY.names():
        try:
            found[name] = SALIENCY.find(name).ABOUT
        except (HsalError, ImportError):
            continue  # another package's that is broken must not take the others down
    order = list(KINDS)
    return dict(sorted(found.items(), key=lambda one: (order.index(one[1].kind), _year(one[1]), one[1].title)))


def _year(about: About) -> int:
    years = re.findall(r"\b(?:19|20)\d\d\b", about.title)
    return int(years[-1]) if years else 0


def offered(subject: Subject, given: Given | None) -> dict[str, About]:
    """Those of `known` for which all is there."""
    there = {"fixations": subject.picture.fixations is not None, "given": given is not None}
    return {name: about for name, about in known().items() if all(there.get(need, True) for need in about.needs)}


def usual(offered: dict[str, About]) -> tuple[str, ...]:
    """Those that are chosen for everybody."""
    return tuple(name for name, about in offered.items() if "package" not in about.needs and name not in IN_VIEW)


def suiting_network(subject: Subject) -> str:
    """The network that suits an image: one of photographs, or the weights of the scene's task."""
    there = network_names()
    wanted = [f"weights:{subject.task}"] if subject.task else []  # shipped weights are called as their task
    return next((name for name in (*wanted, *there) if name in there), "")


@lru_cache(maxsize=4)
def _network(name: str) -> Network:
    return load_network(name)


def network(name: str) -> Network:
    """A network, loaded once; raises HsalError."""
    with _loading:
        return _network(name)


def ask_network(name: str) -> Made | None:
    """Whether a network is loaded, or none is asked for. A job of its own: all maps that stand on it would wait for it,
    and hold up others."""
    return jobs().ask(("network", name), lambda: bool(network(name)), cost_s=LOADING_S) if name else Made(True)


def options(state: Compared) -> MapOptions:
    """What all models share, as the page's widgets say."""
    return MapOptions(state.space, state.smooth, state.prior, state.width, state.scale)


def ask_map(name: str, subject: Subject, state: Compared, network_name: str, given: Given | None) -> Made | None:
    """A `Drawn`, once it was made; see `Jobs.ask`."""
    about, image = known()[name], subject.picture.image
    asked = network_name if about.needs & {"volume", "labels"} else ""
    brought = given if "given" in about.needs else None
    key = ("map", name, subject.digest, options(state), asked, brought and brought.digest)
    size = image.shape[0] * image.shape[1] / 1e6
    loaded = ask_network(asked)
    if loaded is None or loaded.sentence:
        return loaded
    cost = _costs[name] * size if name in _costs else _guess(about)

    def work() -> Drawn:
        looked_through = network(asked) if asked else None
        made = saliency_map(
            name, image, options=options(state), network=looked_through,
            fixations=subject.picture.fixations, given=brought and read_given(brought, image.shape[:2]),
        )
        _costs[name] = made.milliseconds / 1000 / size
        png, high = encoded(made.values)
        label = most_probable_label(image, looked_through, options(state)) if "labels" in about.needs else ""
        digest = hashlib.sha256(made.values).hexdigest()
        return Drawn(made.values, made.milliseconds, made.notes, png, high, digest, label)

    return jobs().ask(key, work, cost_s=cost, weigh=lambda drawn: drawn.values.nbytes + len(drawn.png))


def _guess(about: About) -> float:
    """Seconds that a map is thought to cost."""
    if "package" in about.needs:
        return PACKAGE_S
    if about.needs & {"volume", "labels"}:
        return NETWORK_S
    return MODEL_S if about.kind == "model" else FLOOR_S


def read_given(given: Given, shape: tuple[int, int]) -> np.ndarray:
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
