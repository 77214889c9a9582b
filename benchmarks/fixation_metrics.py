"""All fixation metrics that pysaliency has too, by hsal and by pysaliency, on the same maps, image by image.

pysaliency 0.2.22 wants numpy below 2.4, so its side runs with the python of an environment of its own, which
HSAL_ORACLE names; how to make it stands in tests/fixtures/oracles/pysaliency_answers.py. From the project's root:

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

from benchmarks.figure import Figure, as_markdown
from benchmarks.fixation_job import METRICS
from hsal.data.fixations.dataset import open_fixated
from hsal.device import machine
from hsal.errors import HsalError

ROOT = Path(__file__).resolve().parent.parent


class NoOracleError(HsalError):
    """What this benchmark needs is not there; the sentence says what."""


def fixation_metrics(pictures: int = 120, models: int = 14) -> list[Figure]:
    """Milliseconds an image of either side, their ratio, and the largest difference between their values.

    The processor's time is counted, and the two take turns, so that whatever else the machine does falls on both.
    Making the maps is not counted; blurring the fixations is.

    Raises:
        NoOracleError: pysaliency's environment or OSIE is not there.
    """
    oracle, data = os.environ.get("HSAL_ORACLE"), Path(os.environ.get("HSAL_DATA", "")) / "osie_fixations"
    if not oracle or not data.is_dir():
        raise NoOracleError(
            "set HSAL_ORACLE to the python of an environment with pysaliency"
            " (tests/fixtures/oracles/pysaliency_answers.py says "
            "how to make it) and HSAL_DATA to a folder with osie_fixations to compare the speed of fixation metrics"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.json"
        job = _osie(data, pictures, models)
        path.write_text(json.dumps(job))
        ours, theirs, apart = _taking_turns(path, min(pictures, len(job["points"])), oracle)
    what = f"{len(METRICS)} metrics of {models} maps, an OSIE image, one thread's time, mean of {len(ours)}"
    return [
        Figure(f"{what}: hsal", 1e3 * float(np.mean(ours)), "ms", ""),
        Figure(f"{what}: pysaliency", 1e3 * float(np.mean(theirs)), "ms", ""),
        Figure("pysaliency's time over hsal's", sum(theirs) / sum(ours), "", "at least 10"),
        Figure("Largest difference between their values, a millionth", 1e6 * apart, "", ""),
    ]


def _osie(data: Path, pictures: int, models: int) -> dict[str, Any]:
    found = open_fixated(data)
    chosen = [found[index] for index in range(min(pictures, len(found)))]
    points = [np.stack(each.targets()).tolist() for each in chosen]
    return {"size": chosen[0].image.shape[:2], "models": models, "points": points}


def _taking_turns(path: Path, pictures: int, oracle: str) -> tuple[list[float], list[float], float]:
    """Seconds of each side for every image, and how far apart any two values are."""
    ours, theirs, apart = [], [], 0.0
    with _side(sys.executable, "hsal_side", path) as own, _side(oracle, "pysaliency_side", path) as other:
        for turn, picture in enumerate([0, *range(pictures)]):  # the first once more, to warm up
            own_answer, other_answer = _asked(own, picture), _asked(other, picture)
            if turn:
                ours.append(own_answer["seconds"])
                theirs.append(other_answer["seconds"])
                apart = max(apart, float(np.abs(np.subtract(own_answer["values"], other_answer["values"])).max()))
        for side in (own, other):
            side.stdin.close()
    return ours, theirs, apart


def _side(python: str, module: str, path: Path) -> subprocess.Popen[str]:
    """On one thread, since the time of a second that only waits would count too."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.Popen(
        [python, "-m", f"benchmarks.{module}", str(path)], cwd=ROOT, env=os.environ | one_thread,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def _asked(side: subprocess.Popen[str], picture: int) -> dict[str, Any]:
    print(picture, file=side.stdin, flush=True)
    return json.loads(side.stdout.readline())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=120)
    parser.add_argument("--models", type=int, default=14)
    try:
        print(as_markdown(fixation_metrics(**vars(parser.parse_args())), machine()))
    except NoOracleError as error:
        raise SystemExit(f"Nothing measured: {error}.") from None
