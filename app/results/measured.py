"""Results, cases and their images, read once. Nothing here loads torch."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import streamlit as st
from PIL import Image

from app import cache
from hsal import paths as files
from hsal.errors import HsalError
from hsal.evaluation.cueing_results import CueingResult, load_cueing
from hsal.evaluation.per_scene import Case, load_cases
from hsal.reproduce.results import SALIENCY_FOLDER, Result, load_results, load_saliency_results
from hsal.zoo.weights import describe


def results() -> list[Result]:
    """Every training's figures; raises ResultsError."""
    found = sorted(files.RESULTS.glob("*.json"))
    return _results(files.RESULTS, tuple((path.name, path.stat().st_mtime_ns) for path in found))


@st.cache_data(max_entries=1, show_spinner=False)
def _results(folder: Path, stamps: tuple[tuple[str, int], ...]) -> list[Result]:
    return load_results(folder)


def cueing() -> CueingResult:
    """The default weights' own cueing effect; raises ResultsError."""
    return load_cueing(files.RESULTS / "cueing" / f"{files.DEFAULT_WEIGHTS}.json")


def with_cases() -> list[str]:
    """The shipped weights that come with a list of cases, the default first."""
    return [name for name in files.shipped_weights() if _file(name).is_file()]


def cases(weights: str) -> tuple[dict[str, Any], list[Case]]:
    """What was evaluated, and its scenes one by one; raises CasesError."""
    path = _file(weights)
    return _cases(path, path.stat().st_mtime_ns)


@st.cache_resource(max_entries=8, show_spinner=False)  # frozen: all visitors may share them
def _cases(path: Path, stamp: int) -> tuple[dict[str, Any], list[Case]]:
    return load_cases(path)


def _file(weights: str) -> Path:
    return files.CASES / f"{weights}.json"


def on_maps() -> list[Result]:
    """Attention that starts from one saliency model's map after another; raises ResultsError."""
    found = sorted((files.RESULTS / SALIENCY_FOLDER).glob("*.json"))
    return _on_maps(files.RESULTS, tuple((path.name, path.stat().st_mtime_ns) for path in found))


@st.cache_data(max_entries=1, show_spinner=False)
def _on_maps(folder: Path, stamps: tuple[tuple[str, int], ...]) -> list[Result]:
    return load_saliency_results(folder)


@st.cache_data(max_entries=4096, show_spinner=False)
def thumbnail(weights: str, seed: int, index: int, truth: tuple[int, ...]) -> str:
    """The image of a scene as a data address, of the task of the weights.

    Raises:
        HsalError: its data is not here, or is other than that of the cases.
    """
    known = describe(weights)
    scene = cache.scenes(known.task, known.config.size_px, *cache.DEFAULT_SCENE).render(seed, index)
    if scene.labels != truth:
        raise HsalError("The images cannot be shown: these cases were made from other scenes than can be drawn here.")
    buffer = io.BytesIO()
    Image.fromarray(scene.image).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
