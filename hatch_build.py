"""The wheel's build hook: puts the data folders of the checkout's top level inside the package."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("assets", "pages", "results")


class ShippedData(BuildHookInterface):
    """Ships `assets/`, `pages/` and `results/` in `hsal/shipped/`, where `hsal.paths` looks for them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders, except to an editable install: that one finds them in the checkout."""
        if version == "standard":
            build_data["force_include"].update({folder: f"hsal/shipped/{folder}" for folder in FOLDERS})
