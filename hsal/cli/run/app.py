"""`hsal app`."""

from __future__ import annotations

import importlib
import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from hsal.errors import HsalError

if TYPE_CHECKING:
    from hsal.cli.app import AppCommand


def run_app(command: AppCommand) -> int:
    """Start the app's server; returns when it is stopped.

    Raises:
        HsalError: the port is out of range, or the app's packages are not installed.
    """
    if not 1 <= command.port <= 65535:
        raise HsalError(f"--port must be between 1 and 65535, not {command.port}.")
    missing = [name for name in ("streamlit", "plotly") if find_spec(name) is None]
    if missing:
        raise HsalError(f"The app needs {' and '.join(missing)}: install it with  pip install 'hsal-explorer[app]'")
    serve = importlib.import_module("app.serve").serve  # by name: hsal does not depend on the app
    headless = str(command.headless or not has_display()).lower()
    serve([f"--server.port={command.port}", f"--server.address={command.host}", f"--server.headless={headless}"])
    return 0


def has_display() -> bool:
    """Whether a browser window can be opened on this machine."""
    return sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
