"""Put functions and classes in the place of those of another library, for a while or for good."""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Self

_ABSENT = object()


@dataclass(eq=False)
class _Change:
    """An attribute of a module that has another value for now."""

    module: ModuleType
    name: str
    before: Any
    ours: Any

    def undo(self) -> None:
        """Put back what was there, or let a later change do so that stands on this one."""
        _live.remove(self)
        above = (change for change in _live if (change.module, change.name) == (self.module, self.name))
        later = next((change for change in above if change.before is self.ours), None)
        if later is not None:
            later.before = self.before
        elif self.module.__dict__.get(self.name) is not self.ours:
            return  # someone else has replaced it since
        elif self.before is _ABSENT:
            delattr(self.module, self.name)
        else:
            setattr(self.module, self.name, self.before)


_live: list[_Change] = []  # of all installations, in the order in which they were made
_made: dict[str, tuple[ModuleType, _Change | None]] = {}  # modules that stand in, and what links them


class Installation:
    """What `install` has replaced, until `undo`, or until the end of a ``with`` block.

    Several may be there at a time and be undone in any order: what is left is what those that remain have
    put there.
    """

    def __init__(self) -> None:
        self._changes: list[_Change] = []

    def undo(self) -> None:
        """Put back what was there, unless someone else has replaced it since. Once is enough."""
        while self._changes:
            self._changes.pop().undo()
        _drop_unused()

    def __enter__(self) -> Self:
        """Return the installation itself."""
        return self

    def __exit__(self, *details: object) -> None:
        """Undo it."""
        self.undo()

    def replace(self, module: ModuleType, name: str, ours: Any) -> None:
        """Give an attribute of a module another value, and remember the present one."""
        self._changes.append(_set(module, name, ours))


def _set(module: ModuleType, name: str, ours: Any) -> _Change:
    change = _Change(module, name, module.__dict__.get(name, _ABSENT), ours)
    _live.append(change)
    setattr(module, name, ours)
    return change


def _module(path: str) -> ModuleType:
    """Import a module; where there is none of this name, make an empty one, and its parents."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{path}.".startswith(f"{error.name}."):
            raise  # the module is there, something that it needs is not
    parent, _, name = path.rpartition(".")
    above = _module(parent) if parent else None
    made = ModuleType(path, "Made by fmnist_fast in place of a library that is not installed.")
    made.__spec__ = importlib.machinery.ModuleSpec(path, None, is_package=True)
    made.__path__ = []
    sys.modules[path] = made
    _made[path] = (made, None if above is None else _set(above, name, made))
    return made


def _drop_unused() -> None:
    """Take modules that stand in away again when nothing of ours is in them, children before parents."""
    for path, (module, link) in reversed(_made.copy().items()):
        if any(change.module is module for change in _live):
            continue
        del _made[path]
        if link is not None:
            link.undo()
        if sys.modules.get(path) is module:
            del sys.modules[path]


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
            module = _module(path)
            for name, ours in names.items():
                installation.replace(module, name, ours)
    except BaseException:
        installation.undo()
        raise
    return installation
