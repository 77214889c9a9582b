"""The cost of following a training run live."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.measurement import Measurement
from hsal.config import MNIST_TASKS, TrainConfig
from hsal.data.tasks import open_scenes
from hsal.device import find_device
from hsal.paths import DEFAULT_WEIGHTS
from hsal.runs.config import create_run
from hsal.runs.writer import RunFolder
from hsal.training.data_loading import compute_features
from hsal.training.loop import optimizer_for, train
from hsal.training.progress import Progress
from hsal.zoo.checkpoint import load_model

ROUNDS, ROUND_S = 10, 4.0  # each once with and once without a reader
READER = """
import sys, time
from pathlib import Path
from hsal.runs.store import list_runs, read_metrics
folder, offset = Path(sys.argv[1]), 0
while True:
    lines, offset = read_metrics(folder, offset)
    list_runs(folder.parent)
    print(len(lines), flush=True)
    time.sleep(1)
"""


def live() -> list[Measurement]:
    """Duration of an update with a process that reads the run once a second, relative to the duration without it.

    The two alternate, so that changes in the machine's load or temperature affect both.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        create_run(folder, {})
        updates = _updates(RunFolder(folder))
        next(updates)
        with _reader(folder) as reader:
            ratios = []
            for _ in range(ROUNDS):
                reader.send_signal(signal.SIGCONT)
                followed = _seconds(updates)
                reader.send_signal(signal.SIGSTOP)
                ratios.append(followed / _seconds(updates))
    return [Measurement("One update while its run is followed live, relative to one that is not", median(ratios), "",
                   "under 1.02")]


def _updates(run: RunFolder) -> Iterator[Progress]:
    """Updates of the shipped model, logged as `hsal train` does."""
    device, config = find_device("auto"), TrainConfig(steps=1_000_000, validate_every=1_000_000)
    model = load_model(DEFAULT_WEIGHTS).model.to(device)
    source = open_scenes(MNIST_TASKS[0], "train", digits="embedded")
    memory = compute_features(model, source, 0, 1000, "training scenes")
    for progress in train(model, optimizer_for(model, config), config, memory, lambda: memory.batches(model)):
        run.log(progress, 0.0)
        yield progress


def _seconds(updates: Iterator[Progress]) -> float:
    """Mean duration of the updates of one round, in seconds."""
    start, taken = time.perf_counter(), 0
    while time.perf_counter() - start < ROUND_S:
        next(updates)
        taken += 1
    return (time.perf_counter() - start) / taken


@contextmanager
def _reader(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a process that follows the run as the app does, and wait until it does."""
    with subprocess.Popen([sys.executable, "-c", READER, str(folder)], stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()  # one line per second does not fill the pipe within this benchmark
        try:
            yield reader
        finally:
            reader.kill()
