"""One image, one saliency model, one map of the image's size: what pages, benchmark and command line ask for.

The options are those that all models share in SMILER (Wloka, Kunić, Kotseruba, Fahimi, Frosst, Bruce, Tsotsos, *SMILER:
Saliency Model Implementation Library for Experimental Research*, arXiv 1812.08848, 2018): color space, smoothing,
center prior and scaling of the output.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from hsal.data.fixations.base import Fixations
from hsal.data.images import MIN_SIDE_PX
from hsal.errors import HsalError
from hsal.saliency import SALIENCY
from hsal.saliency.base import Network, SaliencyError, Stimulus
from hsal.saliency.color_spaces import ColorSpace, convert_color
from hsal.saliency.gaussian import blur, center_bump
from hsal.saliency.normalization import Scale, scaled
from hsal.saliency.target_label import choose_labels
from hsal.saliency.user_map import checked_user_map

CenterPrior = Literal["none", "add", "multiply"]


@dataclass(frozen=True)
class MapOptions:
    """What all models share, after SMILER; its names are spelt out."""

    color_space: ColorSpace = "rgb"
    """Color space of the image that the model is shown, each channel scaled to 0..1."""
    smooth: float = 0.0
    """Sigma of a Gaussian that the map is blurred with, as a share of the image's longer side."""
    center_prior: CenterPrior = "none"
    """A Gaussian in the image's middle, averaged with the map (both of maximum 1) or multiplied with it."""
    center_width: float = 0.25
    """Sigma of that Gaussian as a share of each side."""
    scale: Scale = "maximum"
    """Scaling of the values given back; `hsal.saliency.normalization` explains each."""
    cap_px: int = 800
    """An image with a longer side is reduced to this for the model, and a note says so."""

    def __post_init__(self) -> None:
        for name, kind in (("color_space", ColorSpace), ("center_prior", CenterPrior), ("scale", Scale)):
            if getattr(self, name) not in get_args(kind):
                raise SaliencyError(f"{name} is {getattr(self, name)!r}: choose one of {', '.join(get_args(kind))}.")
        for name, low, high in (("smooth", 0, 0.5), ("center_width", 0.01, 10), ("cap_px", 32, 4096)):
            if not low <= getattr(self, name) <= high:
                raise SaliencyError(f"{name} is {getattr(self, name)}: choose a number in {low}..{high}.")


@dataclass(frozen=True)
class SaliencyMap:
    """What one model makes of one image."""

    model: str
    """Its name in the registry."""
    values: np.ndarray  # (H,W) float32 >= 0, of the image's size
    milliseconds: float
    """Of the model and the network that it stands on, alone: without decoding, smoothing and scaling up."""
    notes: tuple[str, ...]
    """Sentences on what was done to the image, and what one should know of the map."""


def saliency_map(
    name: str,
    image: np.ndarray,
    *,
    options: MapOptions | None = None,
    parameters: object | Mapping[str, Any] | None = None,
    network: Network | None = None,
    fixations: Fixations | None = None,
    given: np.ndarray | None = None,
) -> SaliencyMap:
    """The map of one image.

    Args:
        name: of a model in `hsal.registry.names(hsal.saliency)`.
        image: (H,W) gray or (H,W,3) RGB, uint8.
        parameters: the model's `Parameters`, or a mapping of some of their names to values.
        network: for models that look at a volume or at labels.
        fixations: where people looked, in the image's pixels, for models that need them.
        given: (h,w) >= 0, a map from the user, with the image's proportions.
    Raises:
        SaliencyError: the image, an option or a parameter cannot be used, or what the model needs is missing.
        UnknownNameError: there is no such model.
    """
    options = options or MapOptions()
    module = SALIENCY.find(name)
    model = module.build(*_parameters(module, parameters))
    picture, notes = _reduced(_tensor(image), options.cap_px)  # (1,1 or 3,H',W')
    shown = Stimulus(
        convert_color(picture, options.color_space),
        network=network,
        fixations=None if fixations is None else [_moved(fixations, image.shape[:2], tuple(picture.shape[2:]))],
        given=None if given is None else torch.from_numpy(checked_user_map(given, image.shape[:2]))[None],
    )
    raw, milliseconds = _run(module, model, shown)
    raw = _finished(_resized(raw, tuple(picture.shape[2:])), options)
    values = scaled(_resized(raw, image.shape[:2])[0].numpy(), options.scale)  # (H,W)
    notes += _notes(module, raw, network, options)
    return SaliencyMap(name, np.ascontiguousarray(values, np.float32), milliseconds, tuple(notes))


def most_probable_label(image: np.ndarray, network: Network, options: MapOptions) -> str:
    """The label that `saliency_map` asks a network for where none is given: the most probable one of the image.

    Args:
        image: as for `saliency_map`, which raises the same.
    """
    picture, _ = _reduced(_tensor(image), options.cap_px)
    with torch.no_grad():
        logits = network.logits(network.volume(convert_color(picture, options.color_space)))  # (1,N)
    return network.labels[int(choose_labels(network, logits, "")[0])]


def _parameters(module: ModuleType, parameters: object | Mapping[str, Any] | None) -> tuple[object, ...]:
    """What `build` is called with: nothing for the defaults."""
    if parameters is None:
        return ()
    kind = getattr(module, "Parameters", None)
    if kind is None:
        raise SaliencyError(f"{module.ABOUT.title} has no parameters: leave them out.")
    if isinstance(parameters, kind):
        return (parameters,)
    if not isinstance(parameters, Mapping):
        raise SaliencyError(f"{module.ABOUT.title} takes its own parameters, not {type(parameters).__name__}.")
    unknown = sorted(set(parameters) - set(kind.__dataclass_fields__))
    if unknown:
        choices = ", ".join(kind.__dataclass_fields__)
        raise SaliencyError(f"{module.ABOUT.title} has no parameter {unknown[0]!r}: choose from {choices}.")
    return (kind(**parameters),)


def _tensor(image: np.ndarray) -> Tensor:
    """(H,W) or (H,W,3) uint8 -> (1,1 or 3,H,W) in [0,1]."""
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        raise SaliencyError(f"An image is (H,W) or (H,W,3) of uint8, not {image.shape} of {image.dtype}: convert it.")
    if min(image.shape[:2]) < MIN_SIDE_PX:
        raise SaliencyError(f"The image has fewer than {MIN_SIDE_PX} pixels on a side: choose a larger one.")
    planes = image[None] if image.ndim == 2 else image.transpose(2, 0, 1)  # (1 or 3,H,W)
    return torch.from_numpy(np.ascontiguousarray(planes, np.float32))[None] / 255


def _reduced(picture: Tensor, cap_px: int) -> tuple[Tensor, list[str]]:
    height, width = picture.shape[2:]
    if max(height, width) <= cap_px:
        return picture, []
    factor = cap_px / max(height, width)
    size = max(MIN_SIDE_PX, round(height * factor)), max(MIN_SIDE_PX, round(width * factor))
    note = f"The image was reduced from {width} x {height} to {size[1]} x {size[0]} pixels for the model."
    return functional.interpolate(picture, size, mode="bilinear", antialias=True), [note]


def _moved(fixations: Fixations, before: tuple[int, int], after: tuple[int, int]) -> Fixations:
    """The same points in an image of another size (H,W); a pixel's center is a whole number."""
    if before == after:
        return fixations
    (height, width), (rows, columns) = before, after
    x, y = (fixations.x + 0.5) * columns / width - 0.5, (fixations.y + 0.5) * rows / height - 0.5
    return replace(fixations, x=x.astype(np.float32), y=y.astype(np.float32))


def _run(module: ModuleType, model: Any, shown: Stimulus) -> tuple[Tensor, float]:
    """The model's map (1,h,w), checked, and how long it took."""
    begun = time.perf_counter()
    try:
        with torch.no_grad():
            if "volume" in module.ABOUT.needs and shown.network is not None:
                shown = replace(shown, volume=shown.network.volume(shown.image))
            raw = model(shown)
    except HsalError:
        raise
    except Exception as error:
        if module.__name__.startswith(f"{SALIENCY.package}."):
            raise
        # another package's model may fail in any way
        raise SaliencyError(f"{module.ABOUT.title} failed on this image ({error}): tell its authors.") from error
    milliseconds = 1000 * (time.perf_counter() - begun)
    if raw.ndim != 3 or len(raw) != 1 or not raw.isfinite().all() or raw.min() < 0:
        raise SaliencyError(f"{module.ABOUT.title} gave something that is no map (1,h,w) >= 0: tell its authors.")
    return raw.float(), milliseconds


def _resized(maps: Tensor, size: tuple[int, int]) -> Tensor:
    """(1,h,w) -> (1,H,W), bilinear."""
    if maps.shape[1:] == size:
        return maps
    return functional.interpolate(maps[:, None], size, mode="bilinear", antialias=True)[:, 0].clamp_min(0)


def _finished(maps: Tensor, options: MapOptions) -> Tensor:
    """Smoothed, and with the center prior; (1,H,W)."""
    maps = blur(maps, options.smooth * max(maps.shape[1:]))
    if options.center_prior == "none":
        return maps
    prior = center_bump(*maps.shape[1:], options.center_width)
    if options.center_prior == "multiply":
        return maps * prior
    highest = maps.amax()
    return ((maps / highest if highest > 0 else maps) + prior) / 2


def _notes(module: ModuleType, raw: Tensor, network: Network | None, options: MapOptions) -> list[str]:
    notes = []
    looked_through = network is not None and module.ABOUT.needs & {"volume", "labels"}
    if looked_through and options.color_space not in ("rgb", "gray"):
        notes.append(f"The network learned from RGB images and was shown {options.color_space} here.")
    if raw.amax() == raw.amin() and module.ABOUT.kind == "model":
        notes.append("The map is the same everywhere: nothing stands out for this model.")
    return notes
