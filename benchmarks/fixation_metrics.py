"""Speed and values of the fixation metrics that pysaliency also has, by hsal and by pysaliency, on the same maps.

pysaliency 0.2.22 needs numpy below 2.4, so it runs in an environment of its own, whose Python HSAL_ORACLE names;
tests/fixtures/oracles/pysaliency_answers.py describes how to create it. From the project's root:

    HSAL_DATA=... HSAL_ORACLE=.oracle/bin/python python -m benchmarks.fixation_metrics [--images 120] [--models 14]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fixation_job import METRICS
from benchmarks.measurement import Measurement, as_markdown
from hsal.data.fixations.dataset import open_fixated
from hsal.device import machine
from hsal.errors import HsalError

ROOT = Path(__file__).resolve().parent.parent


class NoPysaliencyError(HsalError):
    """pysaliency's environment or OSIE is missing."""


def fixation_metrics(images: int = 120, models: int = 14) -> list[Measurement]:
    """Milliseconds per image of hsal and of pysaliency, their ratio, and the largest difference between their values.

    Processor time is measured, and the two alternate, so that other load on the machine affects both. Computing the
    maps is not measured; blurring the fixations is.

    Raises:
        NoPysaliencyError: pysaliency's environment or OSIE is missing.
    """
    oracle, data = os.environ.get("HSAL_ORACLE"), Path(os.environ.get("HSAL_DATA", "")) / "osie_fixations"
    if not oracle or not data.is_dir():
        raise NoPysaliencyError(
            "to compare the speed of fixation metrics, set HSAL_ORACLE to the Python of an environment with pysaliency"
            " (tests/fixtures/oracles/pysaliency_answers.py describes how to create it) and HSAL_DATA to a folder with"
            " osie_fixations"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.json"
        job = _osie(data, images, models)
        path.write_text(json.dumps(job))
        ours, theirs, difference = _alternate(path, min(images, len(job["points"])), oracle)
    what = f"{len(METRICS)} metrics of {models} maps of an OSIE image, one thread, mean of {len(ours)} images"
    return [
        Measurement(f"{what}: hsal", 1e3 * float(np.mean(ours)), "ms", ""),
        Measurement(f"{what}: pysaliency", 1e3 * float(np.mean(theirs)), "ms", ""),
        Measurement("pysaliency's time relative to hsal's", sum(theirs) / sum(ours), "", "at least 10"),
        Measurement("Largest difference between their values, in millionths", 1e6 * difference, "", ""),
    ]


def _osie(data: Path, images: int, models: int) -> dict[str, Any]:
    found = open_fixated(data)
    chosen = [found[index] for index in range(min(images, len(found)))]
    points = [np.stack(each.targets()).tolist() for each in chosen]
    return {"size": chosen[0].image.shape[:2], "models": models, "points": points}


def _alternate(path: Path, images: int, oracle: str) -> tuple[list[float], list[float], float]:
    """Seconds of each program per image, and the largest difference between their values."""
    ours, theirs, difference = [], [], 0.0
    with (
        _start(sys.executable, "fixation_metrics_hsal", path) as our_program,
        _start(oracle, "fixation_metrics_pysaliency", path) as their_program,
    ):
        for turn, image in enumerate([0, *range(images)]):  # the first image twice, to warm up
            our_answer, their_answer = _ask(our_program, image), _ask(their_program, image)
            if turn:
                ours.append(our_answer["seconds"])
                theirs.append(their_answer["seconds"])
                differences = np.abs(np.subtract(our_answer["values"], their_answer["values"]))
                difference = max(difference, float(differences.max()))
        for program in (our_program, their_program):
            assert program.stdin is not None
            program.stdin.close()
    return ours, theirs, difference


def _start(python: str, module: str, path: Path) -> subprocess.Popen[str]:
    """Start a program on one thread, since processor time would include that of idle threads."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.Popen(
        [python, "-m", f"benchmarks.{module}", str(path)], cwd=ROOT, env=os.environ | one_thread,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def _ask(program: subprocess.Popen[str], image: int) -> dict[str, Any]:
    assert program.stdout is not None
    print(image, file=program.stdin, flush=True)
    return json.loads(program.stdout.readline())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=120)
    parser.add_argument("--models", type=int, default=14)
    try:
        print(as_markdown(fixation_metrics(**vars(parser.parse_args())), machine()))
    except NoPysaliencyError as error:
        raise SystemExit(f"Nothing was measured: {error}.") from None
