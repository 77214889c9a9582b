"""Cached results, scenes and thumbnails. Importing this module does not load torch."""

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
    """The results of all training runs; raises ResultsError."""
    found = sorted(files.RESULTS.glob("*.json"))
    return _results(files.RESULTS, tuple((path.name, path.stat().st_mtime_ns) for path in found))


@st.cache_data(max_entries=1, show_spinner=False)
def _results(folder: Path, stamps: tuple[tuple[str, int], ...]) -> list[Result]:
    return load_results(folder)


def cueing() -> CueingResult:
    """The validity effect of the default weights; raises ResultsError."""
    return load_cueing(files.RESULTS / "cueing" / f"{files.DEFAULT_WEIGHTS}.json")


def weights_with_cases() -> list[str]:
    """The shipped weights that have recorded scenes, the default first."""
    return [name for name in files.shipped_weights() if _file(name).is_file()]


def cases(weights: str) -> tuple[dict[str, Any], list[Case]]:
    """The settings of the evaluation, and its scenes; raises CasesError."""
    path = _file(weights)
    return _cases(path, path.stat().st_mtime_ns)


@st.cache_resource(max_entries=8, show_spinner=False)  # immutable, so all visitors share it
def _cases(path: Path, stamp: int) -> tuple[dict[str, Any], list[Case]]:
    return load_cases(path)


def _file(weights: str) -> Path:
    return files.CASES / f"{weights}.json"


def saliency_results() -> list[Result]:
    """The results with each saliency model; raises ResultsError."""
    found = sorted((files.RESULTS / SALIENCY_FOLDER).glob("*.json"))
    return _saliency_results(files.RESULTS, tuple((path.name, path.stat().st_mtime_ns) for path in found))


@st.cache_data(max_entries=1, show_spinner=False)
def _saliency_results(folder: Path, stamps: tuple[tuple[str, int], ...]) -> list[Result]:
    return load_saliency_results(folder)


@st.cache_data(max_entries=4096, show_spinner=False)
def thumbnail(weights: str, seed: int, index: int, truth: tuple[int, ...]) -> str:
    """The image of a scene of the weights' task, as a data URL.

    Raises:
        HsalError: the dataset is missing, or differs from the one of the evaluation.
    """
    known = describe(weights)
    scene = cache.scenes(known.task, known.config.size_px, *cache.DEFAULT_SCENE).render(seed, index)
    if scene.labels != truth:
        raise HsalError("The images cannot be shown: these scenes were rendered from another version of the dataset.")
    buffer = io.BytesIO()
    Image.fromarray(scene.image).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
