"""Measure everything and print one table; with --readme, write it into README.md between its marks."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from benchmarks import browser, core, live, presets, training
from benchmarks.figure import Figure, as_markdown
from benchmarks.fixation_metrics import NoOracleError, fixation_metrics
from hsal.device import machine
from tests.fixtures.browser import NoBrowserError

README = Path(__file__).resolve().parent.parent / "README.md"
MARKED = re.compile(r"(<!-- bench -->\n).*?(<!-- /bench -->)", re.DOTALL)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    arguments = parser.parse_args()
    figures: list[Figure] = [*core.tracing(), *core.rendering(), *training.training(), *live.live()]
    figures += presets.presets()
    try:
        figures += browser.measure()
    except NoBrowserError as error:
        print(f"Without the figures of the app: {error}.", file=sys.stderr)
    try:
        figures += fixation_metrics()
    except NoOracleError as error:
        print(f"Without the figures of fixation metrics: {error}.", file=sys.stderr)
    table = as_markdown(figures, machine())
    print(table)
    if arguments.readme:
        README.write_text(MARKED.sub(lambda found: f"{found[1]}{table}\n{found[2]}", README.read_text()))


if __name__ == "__main__":
    main()
