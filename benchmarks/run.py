"""Run all benchmarks and print one table; with --readme, write it into README.md between its markers."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from benchmarks import browser, core, live, photos, presets, training
from benchmarks.fixation_metrics import NoPysaliencyError, fixation_metrics
from benchmarks.measurement import Measurement, as_markdown
from hsal.device import machine
from tests.fixtures.browser import NoBrowserError

README = Path(__file__).resolve().parent.parent / "README.md"
MARKERS = re.compile(r"(<!-- bench -->\n).*?(<!-- /bench -->)", re.DOTALL)


def main() -> None:
    """Run the benchmarks and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    arguments = parser.parse_args()
    measurements: list[Measurement] = [*core.tracing(), *core.serializing(), *core.rendering()]
    measurements += [*photos.learned_map(), *photos.photo_trace()]
    measurements += [*training.training(), *live.live(), *presets.presets()]
    try:
        measurements += browser.measure()
    except NoBrowserError as error:
        print(f"The app was not measured: {error}.", file=sys.stderr)
    try:
        measurements += fixation_metrics()
    except NoPysaliencyError as error:
        print(f"The fixation metrics were not measured: {error}.", file=sys.stderr)
    table = as_markdown(measurements, machine())
    print(table)
    if arguments.readme:
        README.write_text(MARKERS.sub(lambda found: f"{found[1]}{table}\n{found[2]}", README.read_text()))


if __name__ == "__main__":
    main()
