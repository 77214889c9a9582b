"""Extension points: a backbone or a saliency model is one module in its package, found by its name.

Other packages add more through an entry point of the registry's group, which names a module with the same contents.
A family is a module that serves many names, such as `timm:resnet50`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from hsal.errors import HsalError


class UnknownNameError(HsalError):
    """No entry of that name; the message lists the known ones."""


@dataclass(frozen=True)
class Registry:
    """The entries of one package and of one entry-point group."""

    package: str
    """Dotted name of the package; modules whose names begin with an underscore are not entries."""
    group: str
    """Entry-point group through which other packages add entries."""
    former: Mapping[str, str] = field(default_factory=dict)
    """Former name -> current name; old links, runs and weights hold former names."""
    families: Mapping[str, str] = field(default_factory=dict)
    """Prefix -> module that serves every name PREFIX:NAME; `build` finds the name in its config."""

    def names(self) -> list[str]:
        """The names of all entries, sorted, including those of other packages; families are left out."""
        return sorted({*self._own(), *self._plugged()})

    def find(self, name: str) -> ModuleType:
        """The module of the entry `name`; a module of the package takes precedence over another package's entry.

        Raises:
            UnknownNameError: there is no such entry, or another package's cannot be loaded.
        """
        name = self.former.get(name, name)
        family, _, member = name.partition(":")
        if member and family in self.families:
            return importlib.import_module(f"{self.package}.{self.families[family]}")
        if name in self._own():
            return importlib.import_module(f"{self.package}.{name}")
        plugged = self._plugged()
        if name not in plugged:
            folder = self.package.replace(".", "/")
            known = ", ".join([*self.names(), *(f"{family}:NAME" for family in self.families)])
            raise UnknownNameError(f"There is no {name!r} in {folder}. Choose one of: {known}.")
        try:
            return plugged[name].load()
        except Exception as error:  # another package may fail in any way
            where = plugged[name].value
            raise UnknownNameError(f"{name!r} of the package at {where} cannot be loaded: {error}.") from error

    def build(self, name: str, *args: object) -> Any:
        """Call `build(*args)` of the entry `name`.

        Raises:
            UnknownNameError: there is no such entry.
        """
        return self.find(name).build(*args)

    def _own(self) -> set[str]:
        path = importlib.import_module(self.package).__path__
        modules = {module.name for module in pkgutil.iter_modules(path) if not module.name.startswith("_")}
        return modules - set(self.families.values())

    def _plugged(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self.group)}
