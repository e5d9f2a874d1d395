"""A whole run: which contests and figures, one after the other, and what they depend on."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from .._version import __version__
from .contest import REFERENCE, Contest, Lab
from .contests import CONTESTS
from .decode import of_file
from .figures import FIGURES, IMPORT, IMPORTS, MEMORY
from .machine import facts
from .measure import Settings, rows_of
from .results import Row, Run, used
from .streams import describe
from .summary import TITLE as SUMMARY
from .summary import summary

#: Every name that can be asked for, and its title.
TITLES: dict[str, str] = {
    "summary": SUMMARY,
    **{name: contest.title for name, contest in CONTESTS.items()},
    "memory": MEMORY,
    "import": IMPORT,
}
#: Those that are left out unless they are asked for: the summary has them.
ASKED = ("large", "at-once")
_FIGURES = FIGURES | {"summary": summary}


def peers() -> dict[str, str]:
    """Return the name of every way that is not ours, and the distribution that brings it, or ""."""
    ways = {name: way for contest in CONTESTS.values() for name, way in contest.ways.items()}
    found = {name: way.package for name, way in ways.items() if not name.startswith(REFERENCE)}
    return found | {module: module for module in IMPORTS}


def run(
    lab: Lab,
    settings: Settings,
    *,
    only: Iterable[str] = (),
    files: Iterable[Path] = (),
    label: str = "",
    before: Run | None = None,
    started: Callable[[int, int, str], object] = lambda number, of, title: None,
    finished: Callable[[list[Row], Run], object] = lambda rows, so_far: None,
) -> Run:
    """Measure.

    Parameters
    ----------
    lab : Lab
    settings : Settings
    only : iterable of str
        Names from `TITLES`; none means all.
    files : iterable of Path
        Files of the user's; if there are any, they are read and nothing else is done.
    label : str
        Names the run; the commit or version by default.
    before : Run, optional
        One that was interrupted, under the same conditions; what it has is not measured again.
    started, finished : callable
        Told before a contest which one it is, of how many, and its title; and after it its rows, and the run
        so far. There is no bar that moves in between: what draws it would run beside what is measured.

    Returns
    -------
    Run

    Raises
    ------
    WrongResultError
        This package delivers a wrong result.
    FormatError
        A file is no IDX file.
    """
    known = conditions(lab, settings)
    contests = {contest.name: contest for contest in _chosen(files)}
    names = list(only) or [name for name in (contests if files else TITLES) if name not in ASKED]
    kept = before.contests() if before else {}
    rows: list[Row] = []
    for number, name in enumerate(names, 1):
        started(number, len(names), contests[name].title if name in contests else TITLES[name])
        measure = partial(rows_of, contests[name]) if name in contests else _FIGURES[name]
        found = kept.get(name) or list(measure(lab, settings))
        rows += found
        so_far = Run(label or commit(), now(), known, inputs(lab, rows), list(rows))
        finished(found, so_far)
    return so_far


def conditions(lab: Lab, settings: Settings) -> dict[str, str]:
    """Return what the figures depend on, besides the inputs."""
    known = facts() | {
        "clock": settings.clock,
        "pinned": "no" if settings.cpu is None else f"CPU {settings.cpu}",
        "pairs": f"{settings.pairs}, fewer if they take more than {settings.budget:.2g} s",
    }
    if settings.peers is not None:
        known["only peers"] = ", ".join(settings.peers) or "-"
    if lab.quick:
        known["quick"] = "10,000 images in place of 60,000, smaller files of other kinds"
    return known


def inputs(lab: Lab, rows: Iterable[Row]) -> dict[str, dict[str, object]]:
    """Return bytes, SHA-256 and origin of the files behind some rows."""
    return {
        stream.name: {"bytes": stream.compressed, "sha256": stream.sha256, "recipe": stream.recipe}
        for stream in lab.library.used(used(rows))
    }


def now() -> str:
    """Return the time in UTC, as ISO 8601 writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _chosen(files: Iterable[Path]) -> Iterable[Contest]:
    return [of_file(describe(path, str(path), "given")) for path in files] or CONTESTS.values()


def commit() -> str:
    """Return the commit if the current folder is a clone of this project, else the version."""
    if Path("fmnist_fast", "_version.py").is_file():
        command = ["git", "describe", "--always", "--dirty"]
        try:
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            pass
    return __version__
