"""Images from uploaded files and zip archives, read safely: names and bytes, and what was left out.

Nothing is written to disk, and nothing is unpacked beyond the limits, whatever a zip claims about itself.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from hsal.data.fixations.custom import ENDINGS
from hsal.data.images import MAX_BYTES, quoted

MAX_IMAGES = 200
MAX_ENTRIES = 5000  # of a zip: its list alone takes memory
UNPACKED_BYTES = 100 * 2**20  # of all images together
ZIP_BYTES = 50 * 2**20
_LIST_ENTRY = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may need any amount of memory to unpack
_ENCRYPTED = 0x1


@dataclass
class Archive:
    """The images found so far."""

    images: list[tuple[str, bytes]] = field(default_factory=list)
    """Unique name and undecoded bytes of each."""
    problems: list[str] = field(default_factory=list)
    """A sentence for each file, or kind of files, that was left out."""

    @property
    def room_bytes(self) -> int:
        """Bytes that may still be added."""
        return UNPACKED_BYTES - sum(len(data) for _, data in self.images)

    @property
    def full(self) -> bool:
        """Whether the number of images has reached its limit."""
        return len(self.images) >= MAX_IMAGES

    def add(self, name: str, data: bytes) -> None:
        """Add an image; a name that is already taken gets a number."""
        taken = {known for known, _ in self.images}
        path, number, unique = PurePosixPath(name), 2, name
        while unique in taken:
            unique, number = str(path.with_name(f"{path.stem} ({number}){path.suffix}")), number + 1
        self.images.append((unique, data))


def collect_images(files: Iterable[tuple[str, bytes]]) -> Archive:
    """The images among files and inside the zips among them, in their order.

    Args:
        files: name and bytes of each; a zip is recognized by its first bytes.
    """
    made, left = Archive(), 0
    for name, data in files:
        if data[:2] == b"PK":
            left += _unzip(name, data, made)
        elif made.full or len(data) > made.room_bytes:
            left += 1
        else:
            made.add(name or "image", data)
    if left:
        bounds = f"{MAX_IMAGES} images of together {UNPACKED_BYTES // 2**20} MB"
        made.problems.append(f"At most {bounds} are accepted at once: {left:,} were left out.")
    if repeated := sum(count - 1 for count in Counter(data for _, data in made.images).values()):
        made.problems.append(f"{repeated:,} of the images are copies of others here, byte by byte.")
    return made


def _unzip(name: str, data: bytes, made: Archive) -> int:
    """Add a zip's images; returns how many exceeded the limits."""
    shown = quoted(name)
    if len(data) > ZIP_BYTES or data.count(_LIST_ENTRY) > MAX_ENTRIES:
        reason = f"a zip may have {ZIP_BYTES // 2**20} MB and {MAX_ENTRIES:,} entries"
        made.problems.append(f"{shown} was left out, since {reason}: split it into several.")
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _unzip_entries(shown, archive, made)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, OverflowError):
        made.problems.append(f"{shown} is a damaged zip and was left out: create it again.")
        return 0


def _unzip_entries(shown: str, archive: zipfile.ZipFile, made: Archive) -> int:
    refused: Counter[str] = Counter()
    left = 0
    for entry in archive.infolist():
        if entry.is_dir() or _is_system_file(entry.filename):
            continue
        if reason := _refused(entry):
            refused[reason] += 1
        elif made.full or made.room_bytes <= 0:
            left += 1
        else:
            reason = _unpack_entry(archive, entry, made)
            refused[reason] += bool(reason)
    made.problems += [f"Left out of {shown} as {reason}: {count:,}." for reason, count in refused.items() if count]
    return left


def _refused(entry: zipfile.ZipInfo) -> str:
    """Why an entry is not opened; empty if it is."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename:
        return "having a path outside of it"
    if path.suffix.lower() == ".zip":
        return "a zip within the zip, to be unpacked first"
    if path.suffix.lower() not in ENDINGS:
        return "not an image by its name"
    if entry.flag_bits & _ENCRYPTED:
        return "encrypted"
    if entry.compress_type not in _METHODS:
        return "compressed by an unusual method"
    return ""


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, made: Archive) -> str:
    """Unpack one entry up to the limit; returns why it was left out, or an empty string."""
    most = min(MAX_BYTES, made.room_bytes)
    try:
        with archive.open(entry) as opened:
            data = opened.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError):
        return "damaged"
    if len(data) > most:
        return f"larger than {most / 2**20:.0f} MB when unpacked"
    made.add(str(PurePosixPath(entry.filename)), data)
    return ""


def _is_system_file(name: str) -> bool:
    """Whether an operating system put the file there."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1] in (".DS_Store", "Thumbs.db"))
