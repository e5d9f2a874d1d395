"""From a results file to an entry for the leaderboard, and from entries to the leaderboard."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .._atomic import atomic_file
from ..errors import DatasetError
from .plausible import refused
from .results import read_results
from .schema import Line

_BEST = 10


@dataclass(frozen=True)
class Entry:
    """A submission that has been written.

    Attributes
    ----------
    results, text : Path
        The lines for the leaderboard, and the text of a pull request.
    lines, left_out : int
        Results in it, and settings of the file that failed and so are not.
    """

    results: Path
    text: Path
    lines: int
    left_out: int


class RefusedError(DatasetError):
    """Results that are not taken; `sentences` says why, one each."""

    def __init__(self, sentences: list[str], source: str) -> None:
        super().__init__(f"not taken: {sentences[0]}", source=source)
        self.sentences = sentences


def submit(path: Path, target: Path, leaderboard: Path | None = None) -> Entry:
    """Check the results of a file and write an entry.

    Parameters
    ----------
    path : Path
        Results file. Settings that failed are left out.
    target : Path
        Folder for the entry, made if missing.
    leaderboard : Path, optional
        Accepted results, none of which may be handed in again.

    Returns
    -------
    Entry

    Raises
    ------
    RefusedError
        A result cannot be true, is on other data, or is there already. Nothing has been written.
    FormatError
        A line is not a result.
    OSError
        A file cannot be read or written.
    """
    lines = read_results(path)
    good = [line for line in lines if line["status"] == "ok"]
    if not good:
        raise RefusedError(["there is no result in it"], str(path))
    _refuse(good, _accepted(leaderboard), str(path))
    data = _jsonl(good)
    datasets = "+".join(sorted({line["dataset"]["name"] for line in good}))
    day = time.strftime("%Y%m%d", time.gmtime(max(line["done_time"] for line in good)))
    stem = f"{datasets}-{day}-{hashlib.sha256(data).hexdigest()[:8]}"
    target.mkdir(parents=True, exist_ok=True)
    entry = Entry(target / f"{stem}.jsonl", target / f"{stem}.md", len(good), len(lines) - len(good))
    text = pull_request(good, entry.results.name)
    for file_path, content in ((entry.results, data), (entry.text, text.encode())):
        with atomic_file(file_path) as file:
            file.write(content)
    return entry


def merge(entries: Iterable[Path], leaderboard: Path) -> int:
    """Fold entries into a leaderboard file, all of them or none.

    Parameters
    ----------
    entries : iterable of Path
        Files that `submit` wrote.
    leaderboard : Path
        Made if missing. Its lines are sorted by dataset, and the best accuracy first.

    Returns
    -------
    int
        Results on the leaderboard now.

    Raises
    ------
    RefusedError, FormatError, OSError
        As from `submit`; the leaderboard is what it was.
    """
    accepted = _accepted(leaderboard)
    for path in entries:
        lines = read_results(path)
        _refuse(lines, accepted, str(path))
        accepted += lines
    accepted.sort(key=lambda line: (line["dataset"]["name"], -line["mean_accuracy"], line["name"]))
    with atomic_file(leaderboard) as file:
        file.write(_jsonl(accepted))
    return len(accepted)


def pull_request(lines: list[Line], name: str) -> str:
    """Return the text of a pull request in Markdown, its title first.

    Parameters
    ----------
    lines : list of dict
        Checked results.
    name : str
        File name of the entry.
    """
    datasets = ", ".join(sorted({line["dataset"]["name"] for line in lines}))
    plural = "result" if len(lines) == 1 else "results"
    machines = sorted({_machine(line) for line in lines})
    versions = sorted({_versions(line) for line in lines})
    best = sorted(lines, key=lambda line: -line["mean_accuracy"])[:_BEST]
    rows = [
        f"| {line['dataset']['name']} | {_cell(line['name'])} | {_cell(json.dumps(line['parameter']))} "
        f"| {line['mean_accuracy']:.4f} | {line['time_per_repeat']:.1f} |"
        for line in best
    ]
    return "\n".join(
        [
            f"Add {len(lines)} classifier {plural} on {datasets}",
            "",
            f"Adds `{name}`, checked by `fmnist-fast classify submit`.",
            "",
            *(f"- Machine: {machine}" for machine in machines),
            *(f"- Versions: {text}" for text in versions),
            "",
            f"The best {len(best)}:" if len(best) < len(lines) else "All of them:",
            "",
            "| dataset | classifier | parameter | accuracy | seconds per repeat |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "- [ ] The results were made by `fmnist-fast classify run` and not changed by hand.",
            "- [ ] A grid file that is not part of the package is attached.",
            "",
        ]
    )


def _refuse(lines: list[Line], accepted: list[Line], source: str) -> None:
    sentences = refused(lines, accepted)
    if sentences:
        raise RefusedError(sentences, source)


def _accepted(leaderboard: Path | None) -> list[Line]:
    return read_results(leaderboard) if leaderboard and os.path.exists(leaderboard) else []


def _jsonl(lines: list[Line]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _machine(line: Line) -> str:
    machine = line["machine"]
    memory = machine["memory"] / (1 << 30)
    return f"{machine['cpu']}, {machine['cores']} cores, {memory:.0f} GiB, {machine['system']}"


def _versions(line: Line) -> str:
    return ", ".join(f"{name} {version}" for name, version in line["versions"].items())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
