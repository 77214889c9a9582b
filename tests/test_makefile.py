"""What the Makefile runs is there."""

from __future__ import annotations

import re
from importlib.util import find_spec

from tests.fixtures.browser import ROOT


def test_every_module_that_is_run_can_be_found() -> None:
    modules = set(re.findall(r"/python -m ([\w.]+)", (ROOT / "Makefile").read_text()))
    assert {"app.serve", "pytest"} <= modules
    assert [module for module in sorted(modules) if find_spec(module) is None] == []
