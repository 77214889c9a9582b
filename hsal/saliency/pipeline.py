"""Compute the map of one image with one saliency model, at the image's size.

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
from hsal.saliency.base import Network, SaliencyError, SaliencyModel, Stimulus
from hsal.saliency.color_spaces import ColorSpace, convert_color
from hsal.saliency.gaussian import blur, center_bump
from hsal.saliency.normalization import Scale, scaled
from hsal.saliency.target_label import choose_labels
from hsal.saliency.user_map import checked_user_map

CenterPrior = Literal["none", "add", "multiply"]


@dataclass(frozen=True)
class MapOptions:
    """Options that apply to every saliency model, as in SMILER."""

    color_space: ColorSpace = "rgb"
    """Color space of the model's input, each channel scaled to 0..1."""
    smooth: float = 0.0
    """Sigma of the Gaussian that blurs the map, as a share of the image's longer side; 0 does not blur."""
    center_prior: CenterPrior = "none"
    """A Gaussian at the image's center: averaged with the map (each with maximum 1), or multiplied by it."""
    center_width: float = 0.25
    """Sigma of that Gaussian, as a share of each side."""
    scale: Scale = "maximum"
    """Scaling of the returned values; see `hsal.saliency.normalization.scaled`."""
    cap_px: int = 800
    """Largest longer side of the model's input in pixels; a larger image is reduced, and a note reports it."""

    def __post_init__(self) -> None:
        for name, kind in (("color_space", ColorSpace), ("center_prior", CenterPrior), ("scale", Scale)):
            if getattr(self, name) not in get_args(kind):
                raise SaliencyError(f"{name} is {getattr(self, name)!r}: choose one of {', '.join(get_args(kind))}.")
        for name, low, high in (("smooth", 0, 0.5), ("center_width", 0.01, 10), ("cap_px", 32, 4096)):
            if not low <= getattr(self, name) <= high:
                raise SaliencyError(f"{name} is {getattr(self, name)}: choose a number in {low}..{high}.")


@dataclass(frozen=True)
class SaliencyMap:
    """The map of one image by one saliency model."""

    model: str
    """The model's name in the registry."""
    values: np.ndarray
    """(H,W) float32 >= 0, at the image's size."""
    milliseconds: float
    """Time of the model and its network alone, without decoding, smoothing and resizing."""
    notes: tuple[str, ...]
    """Sentences about changes to the input and limits of the map, for display."""


def saliency_map(
    name: str,
    image: np.ndarray,
    *,
    options: MapOptions | None = None,
    parameters: object | Mapping[str, Any] | None = None,
    network: Network | None = None,
    fixations: Fixations | None = None,
    user_map: np.ndarray | None = None,
) -> SaliencyMap:
    """Compute the saliency map of one image.

    Args:
        name: the model's name, one of `hsal.saliency.SALIENCY.names()`.
        image: (H,W) gray or (H,W,3) RGB, uint8.
        options: options shared by all models; None means the defaults.
        parameters: the model's `Parameters`, or a mapping of parameter names to values; None means the defaults.
        network: a classifier, for models that need a volume or labels.
        fixations: fixations in the image's pixels, for models that need them.
        user_map: (h,w) >= 0, a map from the user with the image's proportions.
    Returns:
        The map at the image's size, scaled by `options.scale`.
    Raises:
        SaliencyError: an invalid image, option or parameter, a missing input, or a model that failed.
        UnknownNameError: there is no such model.
    """
    options = options or MapOptions()
    module = SALIENCY.find(name)
    model = module.build(*_parameters(module, parameters))
    reduced, notes = _reduced(_tensor(image), options.cap_px)  # (1,1 or 3,H',W')
    full_size, size = (image.shape[0], image.shape[1]), (reduced.shape[2], reduced.shape[3])
    stimulus = Stimulus(
        convert_color(reduced, options.color_space),
        network=network,
        fixations=None if fixations is None else [_rescaled(fixations, full_size, size)],
        user_map=None if user_map is None else torch.from_numpy(checked_user_map(user_map, full_size))[None],
    )
    raw, milliseconds = _run(module, model, stimulus)
    processed = _processed(_resized(raw, size), options)  # (1,H',W')
    values = scaled(_resized(processed, full_size)[0].numpy(), options.scale)  # (H,W)
    notes += _notes(module, processed, network, options)
    return SaliencyMap(name, np.ascontiguousarray(values, np.float32), milliseconds, tuple(notes))


def most_probable_label(image: np.ndarray, network: Network, options: MapOptions) -> str:
    """The image's most probable label, which `saliency_map` explains where no label is set.

    Args:
        image: (H,W) gray or (H,W,3) RGB, uint8.
    Raises:
        SaliencyError: an invalid image.
    """
    reduced, _ = _reduced(_tensor(image), options.cap_px)
    with torch.no_grad():
        logits = network.logits(network.volume(convert_color(reduced, options.color_space)))  # (1,N)
    return network.labels[int(choose_labels(network, logits, "")[0])]


def _parameters(module: ModuleType, parameters: object | Mapping[str, Any] | None) -> tuple[object, ...]:
    """The arguments of the model's `build`: none for the defaults."""
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


def _reduced(image: Tensor, cap_px: int) -> tuple[Tensor, list[str]]:
    """The image (1,C,H,W) with a longer side of at most `cap_px`, and a note where it was reduced."""
    height, width = image.shape[2:]
    if max(height, width) <= cap_px:
        return image, []
    factor = cap_px / max(height, width)
    size = max(MIN_SIDE_PX, round(height * factor)), max(MIN_SIDE_PX, round(width * factor))
    note = f"The image was reduced from {width} x {height} to {size[1]} x {size[0]} pixels for the model."
    return functional.interpolate(image, size, mode="bilinear", antialias=True), [note]


def _rescaled(fixations: Fixations, before: tuple[int, int], after: tuple[int, int]) -> Fixations:
    """The same points in an image of another size (H,W); pixel centers have integer coordinates."""
    if before == after:
        return fixations
    (height, width), (rows, columns) = before, after
    x, y = (fixations.x + 0.5) * columns / width - 0.5, (fixations.y + 0.5) * rows / height - 0.5
    return replace(fixations, x=x.astype(np.float32), y=y.astype(np.float32))


def _run(module: ModuleType, model: SaliencyModel, stimulus: Stimulus) -> tuple[Tensor, float]:
    """The model's map (1,h,w), checked, and its time in milliseconds."""
    begun = time.perf_counter()
    try:
        with torch.no_grad():
            if "volume" in module.ABOUT.needs and stimulus.network is not None:
                stimulus = replace(stimulus, volume=stimulus.network.volume(stimulus.image))
            raw = model(stimulus)
    except HsalError:
        raise
    except Exception as error:
        if module.__name__.startswith(f"{SALIENCY.package}."):
            raise
        # a model of another package may raise any exception
        raise SaliencyError(
            f"{module.ABOUT.title} failed on this image ({error}): report it to its authors."
        ) from error
    milliseconds = 1000 * (time.perf_counter() - begun)
    if raw.ndim != 3 or len(raw) != 1 or not raw.isfinite().all() or raw.min() < 0:
        raise SaliencyError(
            f"{module.ABOUT.title} returned something other than a map (1,h,w) >= 0: report it to its authors."
        )
    return raw.float(), milliseconds


def _resized(maps: Tensor, size: tuple[int, int]) -> Tensor:
    """(1,h,w) -> (1,H,W), bilinear."""
    if maps.shape[1:] == size:
        return maps
    return functional.interpolate(maps[:, None], size, mode="bilinear", antialias=True)[:, 0].clamp_min(0)


def _processed(maps: Tensor, options: MapOptions) -> Tensor:
    """Smooth the map and apply the center prior: (1,H,W) -> (1,H,W)."""
    _, height, width = maps.shape
    maps = blur(maps, options.smooth * max(height, width))
    if options.center_prior == "none":
        return maps
    prior = center_bump(height, width, options.center_width)
    if options.center_prior == "multiply":
        return maps * prior
    highest = maps.amax()
    return ((maps / highest if highest > 0 else maps) + prior) / 2


def _notes(module: ModuleType, processed: Tensor, network: Network | None, options: MapOptions) -> list[str]:
    notes = []
    uses_network = network is not None and module.ABOUT.needs & {"volume", "labels", "features"}
    if uses_network and options.color_space not in ("rgb", "gray"):
        notes.append(f"The network was trained on RGB images; its input here was {options.color_space}.")
    if processed.amax() == processed.amin() and module.ABOUT.kind == "model":
        notes.append("The map is constant: nothing stands out for this model.")
    return notes
