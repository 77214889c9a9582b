"""DeepGaze IIE, through its authors' package: where people look, learned from where people looked.

Linardos, Kümmerer, Press, Bethge, *DeepGaze IIE: Calibrated Prediction in and out-of-Domain for State-of-the-Art
Saliency Modeling*, ICCV 2021; code and weights of https://github.com/matthias-k/DeepGaze, which come with neither this
project nor PyPI. The map is the predicted density of fixations.

Choice: no center bias is given to it (a uniform one, as its authors offer for other data than theirs); a center prior
can be laid over its map as over any other's. Choice: an image is shown at the size that it has, though the model was
trained at 35 px a degree of visual angle, about 1024 px an image.
"""

from __future__ import annotations

import http.client
import socket
from functools import cache

import torch
from torch import Tensor, nn

from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus

ABOUT = About(
    title="DeepGaze IIE (2021)",
    citation="Linardos, Kümmerer, Press, Bethge, DeepGaze IIE: Calibrated Prediction in and out-of-Domain for "
    "State-of-the-Art Saliency Modeling, ICCV 2021; https://github.com/matthias-k/DeepGaze",
    license="the authors' package, which states none: ask them before you pass it on",
    idea="Where people are likely to look, learned from where people looked.",
    needs=frozenset({"package"}),
)
INSTALL = "pip install git+https://github.com/matthias-k/DeepGaze"
TIMEOUT_S = 10.0  # of a silent server; no network must not mean a long wait


def deepgaze(stimulus: Stimulus) -> Tensor:
    """Image (B,1 or 3,H,W) in [0,1] -> density of fixations (B,H,W), >= 0, each summing up to 1.

    Raises:
        SaliencyError: the package is not installed, or its weights cannot be had.
    """
    model, image = _load(), stimulus.image
    device = image.device
    pixels = image.expand(-1, 3, -1, -1) * 255  # (B,3,H,W), as the package wants them
    batch, _, height, width = pixels.shape
    uniform = pixels.new_full((batch, height, width), -torch.tensor(float(height * width)).log().item())
    with torch.inference_mode():
        return model.to(device)(pixels, uniform).exp()


def build() -> SaliencyModel:
    """The DeepGaze IIE saliency model; it has no parameters, and loads its weights when it first looks."""
    return deepgaze


@cache
def _load() -> nn.Module:
    """The pretrained model, once in a process: four networks, a gigabyte."""
    try:
        import deepgaze_pytorch
    except ImportError as error:
        raise SaliencyError(f"DeepGaze IIE is not installed: get it with `{INSTALL}`.") from error
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT_S)
    try:
        return deepgaze_pytorch.DeepGazeIIE(pretrained=True).eval()
    except (OSError, http.client.HTTPException, RuntimeError) as error:  # RuntimeError: damaged, or another hash
        raise SaliencyError(
            f"The weights of DeepGaze IIE could not be had ({error}): connect this machine to the network once, so that"
            " its package can download them."
        ) from error
    finally:
        socket.setdefaulttimeout(before)
