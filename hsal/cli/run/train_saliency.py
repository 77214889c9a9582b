"""`hsal train-saliency`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from hsal.data.fixations.base import FixationDataset
from hsal.data.fixations.dataset import open_fixated
from hsal.device import code_commit, command_line, machine
from hsal.errors import HsalError
from hsal.gaze.benchmark.runner import BenchmarkImages
from hsal.gaze.metrics.catalog import compute_metrics
from hsal.paths import atomic_write
from hsal.runs.writer import start_timer
from hsal.saliency.base import LayeredNetwork
from hsal.saliency.readout import Readout, readout_metadata
from hsal.training.readout.card import FIGURES, mean_intervals, write_card
from hsal.training.readout.features import FixatedFeatures, compute_features
from hsal.training.readout.loop import epochs, fresh_readout, optimizer_for
from hsal.training.readout.stages import Stages
from hsal.zoo.checkpoint import write_tensors
from hsal.zoo.imagenet import EFFICIENTNET
from hsal.zoo.networks import load_network

if TYPE_CHECKING:
    from hsal.cli.train_saliency import TrainSaliencyCommand

MOST_FOLDS = 20


def run_train_saliency(command: TrainSaliencyCommand) -> int:
    """Carry out `hsal train-saliency`.

    Raises:
        HsalError: settings, data or weights that cannot be used, or what another run has left.
    """
    _check(command)
    photos = open_fixated(command.data, "train")
    network = cast(LayeredNetwork, load_network(EFFICIENTNET))
    data = _features(photos, network)
    stages = Stages(command.out.with_suffix(".part"), _settings(command, data), command.fresh)
    timer = start_timer(stages.seconds)
    figures = _cross_validate(command, photos, data, stages, timer) if command.folds else {}
    everything = list(range(len(data.names)))
    readout = _train(command, data, everything, stages, timer, f"all {len(everything)} photos")
    info = _info(command, photos, data, figures, timer())
    tensors = {name: tensor.half().contiguous() for name, tensor in readout.state_dict().items()}
    write_tensors(command.out, tensors, readout_metadata(readout, info))
    print(write_card(command.out, info))
    stages.remove()
    return 0


def _check(command: TrainSaliencyCommand) -> None:
    if command.out.suffix != ".safetensors":
        raise HsalError(f"--out is {command.out}: give a file that ends with .safetensors.")
    if command.folds != 0 and not 2 <= command.folds <= MOST_FOLDS:
        raise HsalError(f"--folds is {command.folds}: choose 2..{MOST_FOLDS}, or 0 for none.")
    if command.maps is not None and not command.folds:
        raise HsalError("--maps are of photos that a readout was not trained on: add --folds 5.")


def _features(photos: FixationDataset, network: LayeredNetwork) -> FixatedFeatures:
    steps = tqdm(compute_features(photos, network), desc="inner layers", total=len(photos), unit="photo", disable=None)
    for step in steps:
        if isinstance(step, FixatedFeatures):
            return step
    raise AssertionError("the last step is the features")


def _settings(command: TrainSaliencyCommand, data: FixatedFeatures) -> dict[str, Any]:
    """What a run must share with the one that it continues."""
    places = float((data.fixated * torch.arange(data.fixated[0].numel()).view(data.fixated.shape[1:])).sum())
    return {"training": asdict(command.training), "folds": command.folds, "photos": data.names, "fixated": places}


def _cross_validate(
    command: TrainSaliencyCommand, photos: FixationDataset, data: FixatedFeatures, stages: Stages, timer: Any
) -> dict[str, tuple[float, float, float]]:
    """Figures of photos that the readout was not trained on: name -> mean, low and high end of its 95% interval."""
    fold = np.random.default_rng(0).permutation(len(data.names)) % command.folds  # (n,)
    for held_out in range(command.folds):
        rows, others = (np.flatnonzero(part).tolist() for part in (fold == held_out, fold != held_out))
        if not {data.names[row] for row in rows} <= stages.maps.keys():
            readout = _train(command, data, others, stages, timer, f"fold {held_out + 1} of {command.folds}")
            with torch.inference_mode():
                densities = readout.density(data.columns[rows, 0].float(), data.cells)  # (n,2h,2w)
            stages.finish({data.names[row]: density for row, density in zip(rows, densities, strict=True)})
    densities = torch.stack([stages.maps[name] for name in data.names])
    if command.maps is not None:
        _write_maps(command.maps, data.names, densities, fold)
    figures = mean_intervals(_scores(photos, data.names, densities))
    for name, (mean, low, high) in figures.items():
        print(f"{name}: {mean:.3f} [{low:.3f}, {high:.3f}] on photos that it was not trained on")
    return figures


def _write_maps(path: Path, names: Sequence[str], densities: Tensor, fold: np.ndarray) -> None:
    """Arrays name (n,), log_density (n,h,w) float32 and fold (n,): each photo's by a readout trained on the others."""
    logs = densities.clamp_min(torch.finfo(densities.dtype).tiny).log().numpy()
    with atomic_write(path) as scratch, scratch.open("wb") as file:
        np.savez_compressed(file, name=np.array(names), log_density=logs, fold=fold)


def _scores(photos: FixationDataset, names: Sequence[str], densities: Tensor) -> np.ndarray:
    """The figures of each photo (n,3), in the order of FIGURES, from their densities (n,h,w)."""
    images = BenchmarkImages(photos, seed=0)
    rows = []
    for name, density in zip(names, densities, strict=True):
        index = photos.names.index(name)
        photo = photos[index]
        size = [photo.image.shape[0], photo.image.shape[1]]
        pixels = functional.interpolate(density[None, None], size, mode="bilinear")[0]  # (1,H,W)
        found = compute_metrics(pixels.numpy(), images.truth(index, photo), list(FIGURES))
        rows.append([float(found[figure][0]) for figure in FIGURES])
    return np.array(rows)


def _train(
    command: TrainSaliencyCommand, data: FixatedFeatures, rows: list[int], stages: Stages, timer: Any, title: str
) -> Readout:
    """A readout trained on some photos, from where an interrupted run stopped."""
    settings = command.training
    readout = fresh_readout(data, rows, settings)
    optimizer = optimizer_for(readout, settings)
    done = stages.restore(title, readout, optimizer)
    train = partial(epochs, readout, optimizer, data, rows, settings)
    with tqdm(total=settings.epochs, initial=done, desc=title, unit="epoch", disable=None) as bar:
        for progress in train(done):
            stages.save(title, readout, optimizer, progress.step, timer())
            bar.set_postfix(loss=f"{progress.metrics['loss']:.3f}", refresh=False)
            bar.update()
    return readout.eval()


def _info(
    command: TrainSaliencyCommand, photos: FixationDataset, data: FixatedFeatures,
    figures: dict[str, tuple[float, float, float]], seconds: float,
) -> dict[str, Any]:
    """What is saved with the weights."""
    return {
        "data": photos.name, "photos": len(data.names), "folds": command.folds, "figures": figures,
        "training": asdict(command.training), "command": command_line(), "seconds": round(seconds),
        "machine": machine(), "commit": code_commit(), "network": EFFICIENTNET, "seed": command.training.seed,
    }
