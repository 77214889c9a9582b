"""Look for the phrases of phrases.toml in all tracked text files; prints each place with a hint, and fails if any."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
TEXTS = {".css", ".html", ".js", ".md", ".py", ".toml", ".yaml", ".yml", ".cff", ""}
SKIPPED = (
    "tests/fixtures/landed/", ".ci/phrases.toml", "tests/packaging/test_phrases.py",
    "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",  # they name old words
)


def load_phrases(path: Path = HERE / "phrases.toml") -> list[tuple[re.Pattern[str], str]]:
    """The patterns, each with its hint."""
    hints = tomllib.loads(path.read_text())
    return [
        (re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE), hint)
        for hint, patterns in hints.items()
        for pattern in patterns
    ]


def tracked_texts(root: Path) -> Iterator[Path]:
    """The text files that git tracks, relative to `root`, without data and the phrases themselves."""
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if Path(name).suffix in TEXTS and not name.startswith(SKIPPED) and (root / name).is_file():
            yield Path(name)


def find(text: str, phrases: list[tuple[re.Pattern[str], str]]) -> Iterator[tuple[int, str, str]]:
    """Line number, phrase and hint of every match in a text."""
    for pattern, hint in phrases:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, " ".join(match[0].split()), hint


def main() -> int:
    """Check the repository; returns the exit status."""
    root, phrases, found = HERE.parent, load_phrases(), 0
    for path in tracked_texts(root):
        for line, phrase, hint in sorted(find((root / path).read_text(), phrases)):
            print(f'{path}:{line}: "{phrase}": say {hint}')
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
