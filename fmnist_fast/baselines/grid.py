"""Grids of settings: TOML files of this package or the caller's, expanded to one `Setting` per line.

A grid file holds ``[[classifier]]`` tables:

``name``
    What results call it; classifiers of one file have different names.
``class``
    Dotted path of the estimator. Classes are imported, so run grid files only of people you trust.
``[classifier.grid]``
    Lists of values by parameter; their Cartesian product, the last one running fastest, is the settings.
``fixed``, ``steps``, ``wrap``, ``input``, ``max_train``
    Optional: parameters that all settings share; transformers before the classifier, each with ``class`` (or
    a function from rows to rows) and ``set``; an estimator around it; ``"scaled"`` rows (the default) or the
    pixels as ``"images"``; and the most rows to fit on.
``[[classifier.change]]``
    Optional: what to fit where parameters are as in ``when`` (all settings without it): ``class``,
    ``rename``, ``drop``, ``set``, ``none`` (parameters that become None), ``wrap``, and a ``note`` that says
    why. The first that fits counts.
``[[classifier.impossible]]``
    Optional: ``when``, and the ``reason`` why those settings are not run.
"""

from __future__ import annotations

import itertools
import os
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from typing import Any

BUILTIN = ("original", "modern")

_CLASSIFIER_KEYS = {
    *("name", "class", "grid", "fixed", "steps", "wrap", "input", "max_train", "change", "impossible"),
}
_CHANGE_KEYS = {"when", "class", "rename", "drop", "set", "none", "wrap", "note"}
_INPUTS = ("scaled", "images")


class GridError(ValueError):
    """A grid file that does not say what this module's text asks for."""


@dataclass(frozen=True)
class Part:
    """One estimator of a recipe: where its class is, and what it is constructed with."""

    path: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def text(self, *before: str) -> str:
        """Return the call that constructs it, as Python text; `before` are positional arguments."""
        arguments = (f"{key}={value!r}" for key, value in sorted(self.arguments.items()))
        return f"{self.path.rpartition('.')[2]}({', '.join((*before, *arguments))})"


@dataclass(frozen=True)
class Setting:
    """One line of a grid: a classifier with its parameters.

    Attributes
    ----------
    grid, name : str
        Where it is from, and what its classifier is called there.
    parameter : dict
        Parameters in the spelling of the grid: with `name`, the key of the setting.
    classifier : Part
        What is fitted.
    steps : tuple of Part
        Transformers before it.
    wrap : Part or None
        Estimator around the classifier.
    input : str
        ``"scaled"`` or ``"images"``.
    max_train : int or None
        Most rows to fit on.
    change : str or None
        Why what is fitted is spelled in another way than `parameter`.
    impossible : str or None
        Why it cannot be run.
    """

    grid: str
    name: str
    parameter: dict[str, Any]
    classifier: Part
    steps: tuple[Part, ...] = ()
    wrap: Part | None = None
    input: str = "scaled"
    max_train: int | None = None
    change: str | None = None
    impossible: str | None = None

    def __str__(self) -> str:
        """Return ``Name(C=1, penalty='l1')``."""
        arguments = ", ".join(f"{key}={value!r}" for key, value in sorted(self.parameter.items()))
        return f"{self.name}({arguments})"

    @property
    def recipe(self) -> str:
        """What is fitted, as Python text."""
        inner = self.classifier.text()
        inner = self.wrap.text(inner) if self.wrap else inner
        steps = [step.text() for step in self.steps]
        return f"make_pipeline({', '.join([*steps, inner])})" if steps else inner

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` takes, for another process."""
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> Setting:
        """Return the setting of which this is the JSON form."""
        parts = {
            "classifier": Part(**data["classifier"]),
            "steps": tuple(Part(**step) for step in data["steps"]),
            "wrap": data["wrap"] and Part(**data["wrap"]),
        }
        return Setting(**{**data, **parts})


def load_grid(source: str | os.PathLike[str]) -> list[Setting]:
    """Return the settings of a grid, the impossible ones too.

    Parameters
    ----------
    source : str or os.PathLike
        ``"original"``, ``"modern"`` or the path of a TOML file.

    Returns
    -------
    list of Setting
        In the order of the file.

    Raises
    ------
    GridError
        Not TOML, or not a grid.
    OSError
        The file cannot be read.

    Examples
    --------
    >>> settings = load_grid("original")
    >>> len(settings), sum(setting.impossible is None for setting in settings)
    (143, 140)
    >>> print(settings[0])
    PassiveAggressiveClassifier(C=1)
    """
    if source in BUILTIN:
        file = resources.files(__package__) / "grids" / f"{source}.toml"
        title = str(source)
    else:
        file = Path(source)
        title = file.stem
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8")).get("classifier")
        if not isinstance(tables, list) or not tables:
            raise GridError("there is no [[classifier]] table")
        settings = [setting for table in tables for setting in _expand(title, table)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        detail = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise GridError(f"{os.fspath(source)}: not a grid of classifiers: {detail}") from error
    seen: set[str] = set()
    for setting in settings:
        if str(setting) in seen:
            raise GridError(f"{os.fspath(source)}: there are two settings {setting}")
        seen.add(str(setting))
    return settings


def select(settings: list[Setting], pattern: str) -> list[Setting]:
    """Return the settings whose name or whole text fits a shell pattern, in any case of letters.

    Examples
    --------
    >>> [str(s) for s in select(load_grid("original"), "svc(c=1,*rbf*")]
    ["SVC(C=1, kernel='rbf')"]
    """
    wanted = pattern.lower()
    return [s for s in settings if any(fnmatchcase(text.lower(), wanted) for text in (s.name, str(s)))]


def _expand(title: str, table: dict[str, Any]) -> Iterator[Setting]:
    """Yield the settings of one classifier."""
    _refuse_unknown(table, _CLASSIFIER_KEYS, table["name"])
    source = table.get("input", "scaled")
    if source not in _INPUTS:
        raise GridError(f"{table['name']}: input must be one of {', '.join(_INPUTS)}, not {source!r}")
    for values in itertools.product(*table["grid"].values()):
        parameter = dict(zip(table["grid"], values, strict=True))
        change = _first(table.get("change", ()), parameter)
        _refuse_unknown(change, _CHANGE_KEYS, f"{table['name']}: change")
        wrap = change.get("wrap", table.get("wrap"))
        yield Setting(
            grid=title,
            name=table["name"],
            parameter=parameter,
            classifier=Part(
                change.get("class", table["class"]), _changed(change, {**table.get("fixed", {}), **parameter})
            ),
            steps=tuple(map(_part, table.get("steps", ()))),
            wrap=wrap and _part(wrap),
            input=source,
            max_train=table.get("max_train"),
            change=change.get("note"),
            impossible=_first(table.get("impossible", ()), parameter).get("reason"),
        )


def _refuse_unknown(table: dict[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(table.keys() - known)
    if unknown:
        raise GridError(f"{where}: unknown key {unknown[0]!r}; there are {', '.join(sorted(known))}")


def _first(rules: Any, parameter: dict[str, Any]) -> dict[str, Any]:
    """Return the first rule whose ``when`` the parameters meet, or an empty one."""
    fits = (rule for rule in rules if rule.get("when", {}).items() <= parameter.items())
    return next(fits, {})


def _changed(change: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments in today's spelling."""
    names = change.get("rename", {})
    kept = {names.get(key, key): arguments[key] for key in arguments if key not in change.get("drop", ())}
    return {**kept, **change.get("set", {}), **dict.fromkeys(change.get("none", ()))}


def _part(table: dict[str, Any]) -> Part:
    return Part(table["class"], dict(table.get("set", {})))
