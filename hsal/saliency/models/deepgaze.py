"""DeepGaze IIE: a network trained to predict fixations, through its authors' package.

Linardos, Kümmerer, Press, Bethge, *DeepGaze IIE: Calibrated Prediction in and out-of-Domain for State-of-the-Art
Saliency Modeling*, ICCV 2021. Code and weights are those of https://github.com/matthias-k/DeepGaze; they are neither
part of this project nor on PyPI. The map is the predicted density of fixations.

Choice: the center bias is uniform, which the authors suggest for data other than theirs; a center prior can be applied
to the map as to that of any other model.
Choice: images keep their size, although the model was trained at 35 px per degree of visual angle, about 1024 px per
image.
"""

from __future__ import annotations

import http.client
from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn

from hsal.download import download
from hsal.saliency.base import About, SaliencyError, SaliencyModel, Stimulus

ABOUT = About(
    title="DeepGaze IIE (2021)",
    citation="Linardos, Kümmerer, Press, Bethge, DeepGaze IIE: Calibrated Prediction in and out-of-Domain for "
    "State-of-the-Art Saliency Modeling, ICCV 2021; https://github.com/matthias-k/DeepGaze",
    license="the authors' package, which states none: ask them before you redistribute it",
    idea="Where people are likely to look, predicted by a network trained on fixations.",
    needs=frozenset({"package"}),
)
INSTALL = "pip install git+https://github.com/matthias-k/DeepGaze"
WEIGHTS_URL = "https://github.com/matthias-k/DeepGaze/releases/download/v1.0.0/deepgaze2e.pth"
TIMEOUT_S = 10.0  # without an answer from the server: a machine without a network fails early


def deepgaze(stimulus: Stimulus) -> Tensor:
    """Image (B,1 or 3,H,W) in [0,1] -> density of fixations (B,H,W) >= 0; each map sums to 1.

    Raises:
        SaliencyError: the package is not installed, or its weights cannot be downloaded.
    """
    model, image = _load(), stimulus.image
    device = image.device
    pixels = image.expand(-1, 3, -1, -1) * 255  # (B,3,H,W) in [0,255], as the package expects
    batch, _, height, width = pixels.shape
    uniform = pixels.new_full((batch, height, width), -torch.tensor(float(height * width)).log().item())
    with torch.inference_mode():
        return model.to(device)(pixels, uniform).exp()


def build() -> SaliencyModel:
    """The DeepGaze IIE saliency model; it has no parameters. The weights are loaded with the first map."""
    return deepgaze


@cache
def _load() -> nn.Module:
    """The pretrained model, loaded once per process: four backbones, about one gigabyte."""
    try:
        import deepgaze_pytorch
    except ImportError as error:
        raise SaliencyError(f"DeepGaze IIE is not installed: install it with `{INSTALL}`.") from error
    try:
        # The package would download this file without a timeout, after its backbones; it finds the file in the cache.
        download(WEIGHTS_URL, Path(torch.hub.get_dir()) / "checkpoints" / "deepgaze2e.pth", timeout_s=TIMEOUT_S)
        return deepgaze_pytorch.DeepGazeIIE(pretrained=True).eval()
    except (OSError, http.client.HTTPException, RuntimeError) as error:  # RuntimeError: damaged, or a wrong hash
        raise SaliencyError(
            f"The weights of DeepGaze IIE could not be downloaded ({error}): connect this machine to the network once,"
            " so that they can be downloaded and cached."
        ) from error
