"""Channel energy: the paper's definition, and inner layers of a network for photos."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from hsal.data.fixations.osie import open_osie
from hsal.gaze.benchmark.runner import BenchmarkImages, measure_image
from hsal.saliency import SALIENCY
from hsal.saliency.base import SaliencyError, Stimulus
from hsal.saliency.models.channel_energy import Parameters
from hsal.saliency.pipeline import MapOptions
from hsal.zoo.imagenet import weights_file
from hsal.zoo.networks import load_network
from tests.fixtures.stimuli import Layered, Small

OSIE = Path(os.environ.get("HSAL_DATA") or "nowhere") / "osie_fixations"
AUTO = Parameters()
IMAGE = torch.zeros(1, 3, 8, 8)
VOLUME = torch.tensor([[[[1.0, 0.0, 3.0]], [[2.0, 0.0, 4.0]]]])  # two channels over one row of three cells


class TwoLayers(Layered):
    """Five inner layers of which block 14 is known."""

    def features(self, image: Tensor) -> list[Tensor]:
        return [VOLUME, VOLUME, VOLUME, torch.tensor([[[[1.0, 3.0]], [[5.0, 5.0]], [[-20.0, 60.0]]]]), VOLUME]


def energy(network: Small | None, parameters: Parameters = AUTO) -> list:
    return SALIENCY.build("channel_energy", parameters)(Stimulus(IMAGE, VOLUME, network)).tolist()


@pytest.mark.parametrize("network", [None, Small()])
def test_without_inner_layers_it_is_the_papers(network: Small | None) -> None:
    assert energy(network) == [[[5, 0, 25]]]
    assert SALIENCY.build("channel_energy_last")(Stimulus(IMAGE, VOLUME, network)).tolist() == [[[5, 0, 25]]]


def test_inner_layers_are_standardized() -> None:
    # 1, 3 has mean 2 and deviation 1; 5, 5 does not vary; -20, 60 has mean 20 and deviation 40
    assert energy(TwoLayers()) == [[[pytest.approx(1 + 0 + 1), pytest.approx(1 + 0 + 1)]]]
    assert energy(TwoLayers(), Parameters("block 14")) == [[[1 + 25 + 400, 9 + 25 + 3600]]]
    assert energy(TwoLayers(), Parameters("last")) == [[[5, 0, 25]]]
    assert SALIENCY.build("channel_energy_last")(Stimulus(IMAGE, VOLUME, TwoLayers())).tolist() == [[[5, 0, 25]]]


def test_a_layer_that_is_not_there_is_reported() -> None:
    with pytest.raises(SaliencyError, match="not those of small: choose the network efficientnet_lite0"):
        energy(Small(), Parameters("block 14"))
    with pytest.raises(SaliencyError, match="layer is 'block 3': choose one of auto, last, block 4"):
        Parameters("block 3")  # type: ignore[arg-type]


@pytest.mark.skipif(weights_file() is None, reason="EfficientNet-Lite0's weights are not installed")
@pytest.mark.skipif(not (OSIE / "stimuli_train").is_dir(), reason="HSAL_DATA is not set, or has no osie_fixations")
def test_on_photos_the_inner_layer_predicts_fixations_better() -> None:
    photos = open_osie(OSIE, "train")[:12]
    images, network = BenchmarkImages(photos, 0), load_network("efficientnet_lite0")
    names = ["channel_energy", "channel_energy_last"]
    records = [
        list(measure_image(images, index, names, ["shuffled_auc"], MapOptions(), network)) for index in images.indices
    ]
    inner, last = np.mean([[one.values["shuffled_auc"] for one in each] for each in records], axis=0)
    assert inner > 0.74  # .81 over all 340
    assert inner > last + 0.1
