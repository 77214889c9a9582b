"""Another package's saliency model: the documentation's example, installed as it stands there, is found and works."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hsal.saliency import SALIENCY

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "saliency.md").read_text()
SCRIPT = """
import json
import numpy as np
from hsal.saliency import SALIENCY
from hsal.saliency.pipeline import saliency_map

image = np.zeros((8, 16, 3), np.uint8)
image[:, 8:] = 255
made = saliency_map("brightness", image)
print(json.dumps([SALIENCY.names(), SALIENCY.find("brightness").ABOUT.title, made.values[0].tolist()]))
"""


def _example() -> dict[str, str]:
    """File name -> text, of the page's last section."""
    section = PAGE.split("## A model of your own package")[1]
    return dict(re.findall(r"`([\w.]+)`:\n\n```\w+\n(.*?)```", section, re.DOTALL))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that pip installed the example into."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    for name, text in _example().items():
        (source / name).write_text(text)
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *offline, "--target", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return target


def test_the_example_is_ten_lines_or_so() -> None:
    assert sorted(_example()) == ["bright_saliency.py", "pyproject.toml"]
    assert sum(bool(line.strip()) for text in _example().values() for line in text.splitlines()) <= 10


def test_the_installed_example_is_found_and_works(installed: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(installed), str(ROOT)])}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    found, title, row = json.loads(done.stdout)
    assert found == sorted([*SALIENCY.names(), "brightness"])
    assert title == "Brightness"
    assert row == [0] * 8 + [1] * 8


def test_the_page_lists_every_model() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert listed == SALIENCY.names()
