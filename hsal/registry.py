"""Extension points: a backbone or a saliency model is one file in its folder, found by its name.

Other packages add more through an entry point of the group `hsal.saliency` or `hsal.backbones`, which names a
module that holds what such a file holds.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from hsal.errors import HsalError


class UnknownNameError(HsalError):
    """No entry of that name; the message lists those there are."""


def names(package: ModuleType) -> list[str]:
    """The names of all entries of a package, other packages' among them, sorted."""
    return sorted({module.name for module in pkgutil.iter_modules(package.__path__)} | set(_plugged(package)))


def find(package: ModuleType, name: str) -> ModuleType:
    """The module of the entry `name`; a file of the folder wins over another package's entry.

    Raises:
        UnknownNameError: there is no such entry, or another package's cannot be loaded.
    """
    if name in {module.name for module in pkgutil.iter_modules(package.__path__)}:
        return importlib.import_module(f"{package.__name__}.{name}")
    if name not in names(package):
        kind = package.__name__.rsplit(".", 1)[-1]
        raise UnknownNameError(f"There is no {name!r} in hsal/{kind}. Choose one of: {', '.join(names(package))}.")
    plugged = _plugged(package)[name]
    try:
        return plugged.load()
    except Exception as error:  # a stranger's package may fail in any way
        raise UnknownNameError(f"{name!r} of the package at {plugged.value} cannot be loaded: {error}.") from error


def build(package: ModuleType, name: str, *args: object) -> object:
    """Call `build(*args)` of the entry `name`.

    Raises:
        UnknownNameError: there is no such entry.
    """
    return find(package, name).build(*args)


def _plugged(package: ModuleType) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=package.__name__)}
