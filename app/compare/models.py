"""The saliency models for an image, and their maps, computed in the background."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from PIL import Image

from app.compare.address import CompareState
from app.compare.images import ComparedImage
from app.compare.jobs import JobResult, jobs
from hsal.errors import HsalError
from hsal.saliency import SALIENCY
from hsal.saliency.base import About, Network
from hsal.saliency.color_spaces import ColorSpace
from hsal.saliency.normalization import Scale
from hsal.saliency.pipeline import CenterPrior, MapOptions, most_probable_label, saliency_map
from hsal.zoo.imagenet import EFFICIENTNET
from hsal.zoo.networks import load_network, network_names

MAP_PX = 400  # the longer side of a map as it is sent to the browser
# estimated seconds per map, used until one has been computed
BASELINE_S, MODEL_S, NETWORK_S, PACKAGE_S = 0.05, 0.2, 0.8, 10.0
LOADING_S = 5.0  # estimated seconds to load a network
KINDS = {
    "model": "Models", "baseline": "Baselines (do not depend on the image)",
    "upper bound": "Upper bounds (use the fixations)",
}
# baselines whose maps show little, and a variant
HIDDEN_BY_DEFAULT = {"uniform", "random", "channel_energy_last"}

_costs: dict[str, float] = {}  # name -> seconds per megapixel, as last measured
_loading = threading.Lock()


@dataclass(frozen=True)
class UserMap:
    """A map that the visitor uploaded."""

    name: str
    data: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class RenderedMap:
    """A saliency map, and the image of it that a tile shows."""

    values: np.ndarray  # (H,W) float32 >= 0
    milliseconds: float
    notes: tuple[str, ...]
    png: str
    """Data URL of a gray image; level 255 is the value `high`."""
    high: float
    digest: str
    """SHA-256 of the values."""
    label: str = ""
    """The label that the map explains; empty for maps that explain none."""


@lru_cache(maxsize=1)
def saliency_models() -> dict[str, About]:
    """Name -> description of all models that can be loaded: models by year, then baselines, then upper bounds."""
    abouts: dict[str, About] = {}
    for name in SALIENCY.names():
        try:
            abouts[name] = SALIENCY.find(name).ABOUT
        except (HsalError, ImportError):
            continue  # a broken model of another package must not break the others
    order = list(KINDS)
    return dict(sorted(abouts.items(), key=lambda item: (order.index(item[1].kind), _year(item[1]), item[1].title)))


def _year(about: About) -> int:
    years = re.findall(r"\b(?:19|20)\d\d\b", about.title)
    return int(years[-1]) if years else 0


def uses_network(about: About) -> bool:
    """Whether a model is computed from the activations or predictions of the network that the visitor chooses."""
    return bool(about.needs & {"volume", "labels"})


def network_for(about: About, chosen: str) -> str:
    """The network that a model is computed with, empty for none; one that reads inner layers has its own."""
    if "features" in about.needs:
        return EFFICIENTNET
    return chosen if uses_network(about) else ""


def available_models(image: ComparedImage, user_map: UserMap | None) -> dict[str, About]:
    """The models that can be computed for an image."""
    met = {"fixations": image.fixated.fixations is not None, "user_map": user_map is not None}
    return {
        name: about for name, about in saliency_models().items() if all(met.get(need, True) for need in about.needs)
    }


def default_models(available: dict[str, About]) -> tuple[str, ...]:
    """The models that are selected by default."""
    return tuple(
        name for name, about in available.items() if "package" not in about.needs and name not in HIDDEN_BY_DEFAULT
    )


def default_network(image: ComparedImage) -> str:
    """The default network for an image: one for photos, or the weights of the scene's task."""
    names = network_names()
    preferred = [f"weights:{image.task}"] if image.task else []  # shipped weights have the name of their task
    return next((name for name in (*preferred, *names) if name in names), "")


@lru_cache(maxsize=4)
def _network(name: str) -> Network:
    return load_network(name)


def network(name: str) -> Network:
    """A network, loaded once; raises HsalError."""
    with _loading:
        return _network(name)


def request_network(name: str) -> JobResult | None:
    """Load a network in a job of its own, so that maps without it are not delayed; nothing to do for an empty name."""
    return jobs().request(("network", name), lambda: bool(network(name)), cost_s=LOADING_S) if name else JobResult(True)


def map_options(state: CompareState) -> MapOptions:
    """The options that all models share."""
    return MapOptions(
        cast(ColorSpace, state.space), state.smooth, cast(CenterPrior, state.prior), state.width,
        cast(Scale, state.scale),
    )  # the address allows no other names


def request_map(
    name: str, image: ComparedImage, state: CompareState, network_name: str, user_map: UserMap | None
) -> JobResult | None:
    """Request a `RenderedMap`; see `Jobs.request`."""
    about, pixels = saliency_models()[name], image.pixels
    network_name = network_for(about, network_name)
    user_map = user_map if "user_map" in about.needs else None
    key = ("map", name, image.digest, map_options(state), network_name, user_map and user_map.digest)
    megapixels = pixels.shape[0] * pixels.shape[1] / 1e6
    loaded = request_network(network_name)
    if loaded is None or loaded.error:
        return loaded
    cost = _costs[name] * megapixels if name in _costs else _estimated_s(about)

    def work() -> RenderedMap:
        options = map_options(state)
        loaded = network(network_name) if network_name else None
        computed = saliency_map(
            name, pixels, options=options, network=loaded, fixations=image.fixated.fixations,
            user_map=decode_user_map(user_map, image.size) if user_map else None,
        )
        _costs[name] = computed.milliseconds / 1000 / megapixels
        png, high = encode_map(computed.values)
        label = most_probable_label(pixels, loaded, options) if loaded and "labels" in about.needs else ""
        digest = hashlib.sha256(computed.values.tobytes()).hexdigest()
        return RenderedMap(computed.values, computed.milliseconds, computed.notes, png, high, digest, label)

    return jobs().request(key, work, cost_s=cost, size_of=lambda rendered: rendered.values.nbytes + len(rendered.png))


def _estimated_s(about: About) -> float:
    """Estimated seconds for a map."""
    if "package" in about.needs:
        return PACKAGE_S
    if network_for(about, EFFICIENTNET):
        return NETWORK_S
    return MODEL_S if about.kind == "model" else BASELINE_S


def decode_user_map(user_map: UserMap, shape: tuple[int, int]) -> np.ndarray:
    """The visitor's map, (h,w) float32; raises SaliencyError or ImageError.

    Args:
        shape: (H,W) of the image.
    """
    from hsal.saliency.user_map import checked_user_map

    return checked_user_map(user_map.data, shape)


def encode_map(values: np.ndarray) -> tuple[str, float]:
    """A map (H,W) >= 0 as the data URL of a gray PNG, at most MAP_PX on a side, and the value of its level 255."""
    image = Image.fromarray(np.ascontiguousarray(values, np.float32))
    factor = MAP_PX / max(image.size)
    if factor < 1:
        width, height = (max(1, round(side * factor)) for side in image.size)
        image = image.resize((width, height), Image.Resampling.BOX)
    reduced = np.asarray(image)
    high = float(reduced.max())
    levels = np.round(reduced * (255 / high)) if high > 0 else np.zeros_like(reduced)
    return data_url(levels.astype(np.uint8)), high


def data_url(pixels: np.ndarray) -> str:
    """An image (H,W) or (H,W,3) uint8 as the data URL of a PNG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=6)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
