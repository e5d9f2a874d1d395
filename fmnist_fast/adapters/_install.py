"""Put functions and classes in the place of those of another library, for a while or for good."""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Self

_ABSENT = object()


class Installation:
    """What `install` has replaced, until `undo`, or until the end of a ``with`` block.

    Installing twice is installing once: the first `undo` takes everything back.
    """

    def __init__(self) -> None:
        self._replaced: list[tuple[ModuleType, str, Any, Any]] = []
        self._added: list[str] = []

    def undo(self) -> None:
        """Put back what was there, unless someone else has replaced it since. Once is enough."""
        while self._replaced:
            module, name, before, ours = self._replaced.pop()
            if module.__dict__.get(name) is not ours:
                continue
            if before is _ABSENT:
                delattr(module, name)
            else:
                setattr(module, name, before)
        while self._added:
            sys.modules.pop(self._added.pop(), None)

    def __enter__(self) -> Self:
        """Return the installation itself."""
        return self

    def __exit__(self, *details: object) -> None:
        """Undo it."""
        self.undo()

    def replace(self, module: ModuleType, name: str, ours: Any) -> None:
        """Give an attribute of a module another value, and remember the present one."""
        before = module.__dict__.get(name, _ABSENT)
        if before is not ours:
            self._replaced.append((module, name, before, ours))
            setattr(module, name, ours)

    def module(self, path: str) -> ModuleType:
        """Import a module; where there is none of this name, make an empty one, and its parents."""
        try:
            return importlib.import_module(path)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{path}.".startswith(f"{error.name}."):
                raise  # the module is there, something that it needs is not
        parent, _, name = path.rpartition(".")
        above = self.module(parent) if parent else None
        made = ModuleType(path, "Made by fmnist_fast in place of a library that is not installed.")
        made.__spec__ = importlib.machinery.ModuleSpec(path, None, is_package=True)
        made.__path__ = []
        sys.modules[path] = made
        self._added.append(path)
        if above is not None:
            self.replace(above, name, made)
        return made


def install(replacements: Mapping[str, Mapping[str, Any]]) -> Installation:
    """Replace attributes of modules.

    Where a module is installed its attributes are replaced, so code that has imported it already is
    reached too (but not what was taken out of it with ``from module import name`` before). Where it is
    not installed, ``import`` finds a module with these attributes only.

    Parameters
    ----------
    replacements : mapping of str to mapping of str to object
        For each module, such as ``"idx2numpy"``, its attributes.

    Returns
    -------
    Installation
        To be undone; also a context manager.
    """
    installation = Installation()
    try:
        for path, names in replacements.items():
            module = installation.module(path)
            for name, ours in names.items():
                installation.replace(module, name, ours)
    except BaseException:
        installation.undo()
        raise
    return installation
