"""Names in benchmark files of earlier versions, translated to the present ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hsal.saliency import SALIENCY

COLUMNS = {"picture": "image"}
SETTINGS = {
    "centre_prior": "center_prior", "centre_width": "center_width",  # codespell:ignore centre
    "colour_space": "color_space",  # codespell:ignore colour
}
KINDS = {"floor": "baseline", "ceiling": "upper bound"}


def present_model(name: str) -> str:
    """The present name of a saliency model."""
    return SALIENCY.former.get(name, name)


def present_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a benchmark with their present names, and the present name of the baseline model."""
    renamed = {SETTINGS.get(name, name): value for name, value in settings.items()}
    if isinstance(renamed.get("baseline"), str):
        renamed["baseline"] = present_model(renamed["baseline"])
    return renamed


def present_about(about: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of a table with the present names of settings, models and kinds."""
    renamed = dict(about)
    if isinstance(about.get("settings"), Mapping):
        renamed["settings"] = present_settings(about["settings"])
    if isinstance(about.get("models"), Mapping):
        renamed["models"] = {
            present_model(name): {**model, "kind": KINDS.get(model.get("kind"), model.get("kind"))}
            for name, model in about["models"].items()
        }
    return renamed


def present_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record with their present names."""
    renamed = {COLUMNS.get(name, name): value for name, value in record.items()}
    return {**renamed, "model": present_model(renamed["model"])}
