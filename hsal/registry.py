"""Extension points: a backbone or a saliency model is one file in its folder, found by its name."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from hsal.errors import HsalError


class UnknownNameError(HsalError):
    """No file of that name in the folder; the message lists those there are."""


def names(package: ModuleType) -> list[str]:
    """The names of all entries of a package, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def build(package: ModuleType, name: str, *args: object) -> object:
    """Call `build(*args)` of the entry `name`.

    Raises:
        UnknownNameError: there is no such entry.
    """
    if name not in names(package):
        kind = package.__name__.rsplit(".", 1)[-1]
        raise UnknownNameError(f"There is no {name!r} in hsal/{kind}. Choose one of: {', '.join(names(package))}.")
    return importlib.import_module(f"{package.__name__}.{name}").build(*args)
