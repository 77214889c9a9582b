"""Weights in the safetensors format with their config as metadata; never a pickle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from hsal.backbones._whole_photo import WholePhoto
from hsal.config import ConfigError, ModelConfig, from_json, to_json
from hsal.model.hsal import HSAL
from hsal.paths import atomic_write
from hsal.registry import UnknownNameError
from hsal.zoo.build import build_model
from hsal.zoo.imagenet import PhotoWeightsError, read_efficientnet
from hsal.zoo.weights import CheckpointError, weights_path


@dataclass(frozen=True)
class Checkpoint:
    """A model and how it was trained."""

    name: str
    model: HSAL  # in eval mode, on the CPU
    info: dict[str, Any]  # task, data, seed, command, seconds, machine, ...


def save_model(path: Path, model: HSAL, info: dict[str, Any], half: bool = False) -> None:
    """Write a model's weights, config and `info`; the file appears whole or not at all.

    Args:
        half: store half precision, at half the size; loading converts to single precision.
    Raises:
        CheckpointError: it cannot be written.
    """
    tensors = {
        name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()
        if not _from_package(model.config, name)
    }
    if half:
        tensors = {name: t.half() if t.is_floating_point() else t for name, t in tensors.items()}
    metadata = {"hsal": "model 1", "config": to_json(model.config), "info": json.dumps(info, sort_keys=True)}
    write_tensors(path, tensors, metadata)


def load_model(name: str) -> Checkpoint:
    """Read weights by shipped name or by path.

    Raises:
        CheckpointError: missing, truncated, not safetensors, not of HSAL, or config and tensors disagree.
    """
    path = weights_path(name)
    metadata, tensors = read_tensors(path)
    try:
        config = from_json(ModelConfig, metadata["config"])
        model = build_model(config)
        model.load_state_dict(tensors | _package_tensors(config))
        if isinstance(model.backbone, WholePhoto):
            model.backbone.eval().merge_norms()
        info = dict(json.loads(metadata["info"]))
    except PhotoWeightsError as error:
        raise CheckpointError(str(error)) from error
    except (KeyError, TypeError, ValueError, ConfigError, UnknownNameError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200].rstrip(".")
        raise CheckpointError(f"The weights {path.name} do not fit this version of hsal ({reason}).") from error
    return Checkpoint(path.stem, model.eval(), info)


def _from_package(config: ModelConfig, name: str) -> bool:
    """Whether a tensor of a model comes from an installed package: the frozen network of free viewing does."""
    return config.viewing == "free" and name.startswith("backbone.")


def _package_tensors(config: ModelConfig) -> dict[str, torch.Tensor]:
    """The tensors of a model that its file does not hold; raises PhotoWeightsError where the package is missing."""
    if config.viewing != "free":
        return {}
    tensors = read_efficientnet()
    return {
        f"backbone.{name}" if name.startswith("classifier.") else f"backbone.body.body.{name}": tensor
        for name, tensor in tensors.items()
    }


def load_packaged(model: HSAL) -> HSAL:
    """Fill in the tensors of a model that its files do not hold; returns the model.

    Raises:
        PhotoWeightsError: the package with the network's weights is missing.
    """
    model.load_state_dict(_package_tensors(model.config), strict=False)
    return model


def load_into(model: HSAL, name: str, whole: bool = False, refine: bool = False) -> dict[str, Any]:
    """Copy another checkpoint's backbone, or all of its weights, into `model`; returns that checkpoint's info.

    Args:
        name: of shipped weights, or a path.
        whole: copy all weights, not only the backbone's.
        refine: allow another cell size, for a backbone that is trained further: its tensors fit, but they were trained
            at another stride.

    Raises:
        CheckpointError: the file is not a checkpoint, or its backbone differs.
    """
    path = weights_path(name)
    metadata, tensors = read_tensors(path)
    backbone = {key.removeprefix("backbone."): t for key, t in tensors.items() if key.startswith("backbone.")}
    part, chosen = (model, tensors) if whole else (model.backbone, backbone)
    try:
        config, info = from_json(ModelConfig, metadata["config"]), dict(json.loads(metadata["info"]))
        compared = ("backbone",) if refine else ("backbone", "cell_px")
        if any(getattr(config, field) != getattr(model.config, field) for field in compared):
            raise ValueError("their tensors may have the same shapes")
        part.load_state_dict(chosen)
        return info
    except (KeyError, TypeError, ValueError, ConfigError, RuntimeError) as error:
        wanted = "model than this one" if whole else f"backbone than {model.config.backbone} of this size"
        raise CheckpointError(f"{path.name} holds another {wanted}.") from error


def write_tensors(path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file; it appears whole or not at all.

    Raises:
        CheckpointError: the folder cannot be written or the disk is full.
    """
    try:
        with atomic_write(path) as scratch:
            save_file(tensors, scratch, metadata)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path} could not be written ({error}). Make room, or choose another folder.") from error


def read_tensors(path: Path) -> tuple[dict[str, str], dict[str, torch.Tensor]]:
    """Metadata and tensors of a safetensors file written by this project.

    Raises:
        CheckpointError: missing, damaged, or without our metadata.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"The weights {path.name} are missing or damaged. Get or train them again.") from error
    if "hsal" not in metadata:
        raise CheckpointError(f"{path.name} holds no HSAL model: its metadata has no entry hsal.")
    return metadata, tensors
