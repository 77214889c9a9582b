"""Files from the network: with a progress bar, a timeout and a checksum."""

from __future__ import annotations

import sys
from pathlib import Path


def download(url: str, target: Path, checksum: str | None = None, timeout_s: float = 20) -> Path:
    """Download a file, unless it is there with the right checksum; it appears whole or not at all.

    Args:
        checksum: as "md5:..." or "sha256:..."; none checks nothing.
        timeout_s: seconds without an answer from the server after which the download fails.
    Returns:
        `target`.
    Raises:
        OSError: no network, a refusal by the server, a timeout, or a folder that cannot be written.
        ValueError: the file has another checksum; it is deleted.
    """
    import pooch  # not needed where everything is on disk

    pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), chunk_size=2**20, timeout=timeout_s)
    pooch.retrieve(url, checksum, fname=target.name, path=target.parent, downloader=downloader)
    return target
