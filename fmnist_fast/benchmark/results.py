"""What a run leaves behind: rows of figures, and what they depend on, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import FormatError
from .paired import Spread

#: Of the files; raised when their fields change.
VERSION = 1


@dataclass(frozen=True)
class Row:
    """The figures of one way in one contest.

    Attributes
    ----------
    contest, title, way, stream : str
        Name of the contest and its title, name of the way, and name of the input.
    unit : str
        Of `value`: "ms" or "MiB", of which less is better.
    value : Spread or None
        None if it was not measured.
    ratio : Spread or None
        `value` over that of the contest's reference, pair by pair; None for the reference itself.
    against : str
        What `ratio` relates to where that is not the reference.
    rate : float
        Decoded bytes in a second, in MB; 0 where that says nothing.
    note : str
        Why it was not measured, or a remark.
    """

    contest: str
    title: str
    way: str
    stream: str = ""
    unit: str = "ms"
    value: Spread | None = None
    ratio: Spread | None = None
    rate: float = 0.0
    note: str = ""
    against: str = ""

    @property
    def name(self) -> str:
        """The way, and what it stands against where that is not the reference."""
        return f"{self.way} : {self.against}" if self.against else self.way

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the row in other runs."""
        return self.contest, self.name

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Row:
        """Restore a row from its dict of fields."""
        return cls(**(data | {name: _spread(data[name]) for name in ("value", "ratio")}))


@dataclass(frozen=True)
class Run:
    """All rows of one run.

    Attributes
    ----------
    label : str
        Names the run: a commit, or what the caller likes.
    time : str
        When it ended, in UTC, as ISO 8601 writes it.
    facts : dict of str to str
        Machine and software.
    inputs : dict of str to dict
        Bytes, SHA-256 and origin of each input.
    rows : list of Row
    """

    label: str
    time: str
    facts: dict[str, str]
    inputs: dict[str, dict[str, Any]]
    rows: list[Row] = field(default_factory=list)

    def contests(self) -> dict[str, list[Row]]:
        """Return the rows of each contest, in order."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.contest, []).append(row)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes; six digits of each figure are more than any machine can tell."""
        data: dict[str, Any] = _rounded({"version": VERSION, **asdict(self)})
        return data

    @classmethod
    def from_json(cls, data: Any, source: str) -> Run:
        """Restore a run.

        Raises
        ------
        FormatError
            It is none of this version; the message names `source`.
        """
        if not isinstance(data, dict) or data.get("version") != VERSION:
            raise FormatError(f"expected results of `fmnist-fast bench`, version {VERSION}", source=source)
        try:
            rows = [Row.from_json(row) for row in data["rows"]]
            return cls(data["label"], data["time"], data["facts"], data["inputs"], rows)
        except (KeyError, TypeError) as error:
            raise FormatError(f"results are incomplete: {error}", source=source) from None


def save(run: Run, path: Path) -> None:
    """Write a run as JSON."""
    path.write_text(json.dumps(run.to_json(), indent=1) + "\n", encoding="utf-8")


def append(run: Run, path: Path) -> None:
    """Append a run to a history: one line of JSON."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(run.to_json(), separators=(",", ":")) + "\n")


def history(path: Path) -> list[Run]:
    """Read all runs of a file: a history, or results alone.

    Raises
    ------
    FormatError
        A line is not what `append` writes.
    """
    text = path.read_text(encoding="utf-8")
    lines = [text] if text.startswith("{\n") else text.splitlines()
    return [
        Run.from_json(_parsed(line, f"{path}, line {number}"), f"{path}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]


def find(name: str) -> Run:
    """Return the run that a command line names.

    Parameters
    ----------
    name : str
        ``FILE`` for the last run in a file, ``FILE@LABEL`` for the last one with that label.

    Raises
    ------
    FormatError
        There is no such run in the file.
    OSError
        The file cannot be read.
    """
    path, label = Path(name), ""
    if not path.exists() and "@" in name:
        file, _, label = name.rpartition("@")
        path = Path(file)
    runs = [run for run in history(path) if not label or run.label == label]
    if not runs:
        raise FormatError(f"there is no run{f' labeled {label}' if label else ''}", source=str(path))
    return runs[-1]


def _rounded(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _rounded(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_rounded(value) for value in data]
    return float(f"{data:.6g}") if isinstance(data, float) else data


def used(rows: Iterable[Row]) -> list[str]:
    """Return the names of the inputs behind rows."""
    return list(dict.fromkeys(row.stream for row in rows if row.stream))


def _parsed(line: str, source: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise FormatError(f"expected JSON: {error}", source=source) from None


def _spread(data: dict[str, Any] | None) -> Spread | None:
    if data is None:
        return None
    pairs = {name: (data[name][0], data[name][1]) for name in ("quartiles", "interval")}
    return Spread(**(data | pairs))
