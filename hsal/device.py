"""The device that computes, and descriptions of the machine and the code that run."""

from __future__ import annotations

import platform
import shlex
import subprocess
import sys
from pathlib import Path

import torch

from hsal.errors import HsalError
from hsal.paths import ROOT


def find_device(name: str) -> torch.device:
    """The torch device of that name; "auto" is cuda if available, else cpu.

    Raises:
        HsalError: torch does not know the device, or it is not available.
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
    """A phrase that describes the machine: processor, cores in use, accelerator, torch."""
    name = platform.processor() or platform.machine()
    try:
        models = [row for row in Path("/proc/cpuinfo").read_text().splitlines() if row.startswith("model name")]
        name = models[0].split(":", 1)[1].strip()
    except (OSError, IndexError):
        pass  # not Linux: the platform's name for it is enough
    device = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    count = torch.get_num_threads()
    threads = f"{count} thread{'' if count == 1 else 's'}"
    return f"{name}, {threads}{device}, torch {torch.__version__}"


def command_line() -> str:
    """The command that runs, as others can run it: of absolute paths, which belong to this machine, the last part."""
    return shlex.join(["hsal", *(Path(part).name if Path(part).is_absolute() else part for part in sys.argv[1:])])


def code_commit() -> str:
    """The short hash of this project's commit; "unknown" outside a checkout of it, also in another repository."""
    commit, top = _git("rev-parse", "--short", "HEAD"), _git("rev-parse", "--show-toplevel")
    return commit if commit and top and Path(top).resolve() == ROOT.resolve() else "unknown"


def _git(*arguments: str) -> str:
    """What git prints in the project's folder; nothing where git is missing or fails."""
    try:
        run = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""
