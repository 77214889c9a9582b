"""The settings of `hsal app`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AppCommand:
    """Start the app and open it in the browser.

    Needs the extra packages of `pip install 'hsal-explorer[app]'`. Example: hsal app --port 8600
    """

    port: int = 8501
    """Port of the server."""
    host: str = "127.0.0.1"
    """Address to listen on: 127.0.0.1 is this machine only, 0.0.0.0 every network interface."""
    headless: bool = False
    """Do not open a browser; always so on a machine without a display."""

    def run(self) -> int:
        """Serve until stopped."""
        from hsal.cli.run.app import run_app

        return run_app(self)
