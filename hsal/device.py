"""Where tensors live, and what machine and code that is."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import torch

from hsal.errors import HsalError
from hsal.paths import ROOT


def find_device(name: str) -> torch.device:
    """The torch device of that name; "auto" is cuda where there is one, else cpu.

    Raises:
        HsalError: torch does not know it, or it is not there.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).item()  # also refuses "meta", which computes nothing
        return device
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise HsalError(f"There is no device {name!r} on this machine. Use --device cpu.") from error


def machine() -> str:
    """One phrase on the machine: processor, cores in use, accelerator, torch."""
    name = platform.processor() or platform.machine()
    try:
        models = [row for row in Path("/proc/cpuinfo").read_text().splitlines() if row.startswith("model name")]
        name = models[0].split(":", 1)[1].strip()
    except (OSError, IndexError):
        pass  # not Linux: the platform's own word will do
    device = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return f"{name}, {torch.get_num_threads()} threads{device}, torch {torch.__version__}"


def code_commit() -> str:
    """The commit of the code that runs, where it lies in a git checkout."""
    asked = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or "unknown"
