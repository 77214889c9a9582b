"""Benchmark of the app's three-minute training preset, from the click to the end."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.measurement import Measurement
from hsal.runs import launcher as launch
from hsal.runs.status import ACTIVE_STATES
from hsal.runs.store import read_metrics, read_run
from hsal.training.commands import Train
from hsal.training.presets import PRESETS


def presets() -> list[Measurement]:
    """Time to the first point of the curve and to the end of the run, and the model's accuracy at the end."""
    preset = next(preset for preset in PRESETS if preset.name == "short")
    command = Train(config=preset.config, series=preset.series, placement=preset.placement)
    with tempfile.TemporaryDirectory() as name:
        began, first = time.perf_counter(), 0.0
        folder = launch.start(command, Path(name))
        while read_run(folder).state in ACTIVE_STATES:
            time.sleep(0.1)
            if not first and read_metrics(folder)[0]:
                first = time.perf_counter() - began
        seconds = time.perf_counter() - began
        checked = [line for line in read_metrics(folder)[0] if "validation_exact_match" in line]
    start, end = checked[0], checked[-1]
    return [
        Measurement("Training run in the app, click to the first point of its curves", first, "s", "under 5"),
        Measurement("Three-minute training preset, click to the end", seconds, "s", "about 180"),
        Measurement("0-1 on validation scenes at its end", end["validation_exact_match"], "", "at least 0.85"),
        Measurement(
            "attn_saliency at its end, relative to its start",
            end["validation_attn_saliency"] / start["validation_attn_saliency"], "", "at least 2",
        ),
    ]
