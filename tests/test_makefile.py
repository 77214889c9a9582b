"""Everything that the Makefile runs exists."""

from __future__ import annotations

import re
import tomllib
from importlib.util import find_spec

from hsal.cli import COMMANDS, command_name
from tests.fixtures.browser import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()


def test_every_module_that_is_run_can_be_found() -> None:
    modules = set(re.findall(r"/python -m ([\w.]+)", MAKEFILE))
    assert {"pytest", "mypy", "benchmarks.run"} <= modules
    assert [module for module in sorted(modules) if find_spec(module) is None] == []


def test_every_script_and_command_that_is_run_exists() -> None:
    scripts = re.findall(r"/python (?!-)(\S+\.py)", MAKEFILE)
    assert scripts == [".ci/check_phrases.py"]
    assert all((ROOT / script).is_file() for script in scripts)
    commands = set(re.findall(r"\$\(BIN\)/hsal ([\w-]+)", MAKEFILE))
    assert {"app", "reproduce", "scenes", "trace"} == commands
    assert commands <= set(map(command_name, COMMANDS))
    assert "hsal" in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
