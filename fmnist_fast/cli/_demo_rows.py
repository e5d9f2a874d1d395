"""Rows of the demo's table, measured in turns, each in its own process."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .._backend import backend
from ._console import progress

_TOLERANCE = 1e-6  # float32 values of normalized pixels lie below 4, where one step is 2.4e-7


@dataclass
class Row:
    """One reader: what it is called, how it is started, and its times in seconds."""

    title: str
    reader: str
    backend: str
    threads: int = 1
    reason: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)
    equal: bool = False

    @property
    def ran(self) -> bool:
        """Whether there are times."""
        return bool(self.answers)

    @property
    def bytes(self) -> int:
        """Decoded bytes of one turn, without headers."""
        return int(self.answers[0]["bytes"])

    @property
    def read(self) -> float:
        """Median seconds to read four files."""
        return float(statistics.median(answer["read"] for answer in self.answers))

    @property
    def normalize(self) -> float:
        """Median seconds to read four files and normalize the images."""
        return float(statistics.median(answer["normalize"] for answer in self.answers))


def measure(folder: Path, rounds: int, threads: int) -> list[Row]:
    """Time every reader, in turns so that a change of the machine's mood meets all of them.

    Parameters
    ----------
    folder : Path
        Where the four files are.
    rounds : int
        Turns of each reader.
    threads : int
        For the row with several.

    Returns
    -------
    list of Row
        The first is `mnist_reader`, with which the others are compared.
    """
    reason = _why_not_native()
    rows = [
        Row("mnist_reader", "mnist_reader", "numpy"),
        Row("NumPy backend", "fmnist_fast", "numpy"),
        Row("native, 1 thread", "fmnist_fast", "native", 1, reason),
        Row(f"native, {threads} threads", "fmnist_fast", "native", threads, reason),
    ]
    if threads == 1:
        rows.pop()
    running = [row for row in rows if not row.reason]
    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(_worker(row, folder)) for row in running]
        with progress("taking turns", rounds * len(running)) as advance:
            for number in range(rounds):
                for row, worker in zip(running, workers, strict=True):
                    row.answers.append(_ask(worker, "time" if number else "check"))
                    advance(1)
    expected = rows[0].answers[0]["crc32"]
    for row in running:
        first = row.answers[0]
        row.equal = first["crc32"] == expected and first["error"] < _TOLERANCE
    return rows


def _why_not_native() -> str:
    if backend == "native":
        return ""
    if os.environ.get("FMNIST_FAST_BACKEND") == "numpy":
        return "FMNIST_FAST_BACKEND=numpy"
    try:
        reason = importlib.import_module("fmnist_fast._build").REASON
    except ImportError:
        reason = ""
    return f"not built: {reason}" if reason else "not built"


@contextlib.contextmanager
def _worker(row: Row, folder: Path) -> Any:
    """Start the process of a row; it ends when its standard input closes.

    It must import this very package: not one that lies in the current folder, and this one even if it was
    found there.
    """
    module = ["-P", "-m", "fmnist_fast.cli._timing"]
    command = [sys.executable, *module, row.reader, os.fspath(folder), str(row.threads)]
    paths = filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")])
    environment = os.environ | {"FMNIST_FAST_BACKEND": row.backend, "PYTHONPATH": os.pathsep.join(paths)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True, encoding="utf-8"
    ) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            assert process.stdin
            with contextlib.suppress(BrokenPipeError):  # what it has not read must not hide the error
                process.stdin.close()
            raise


def _ask(process: Any, word: str) -> dict[str, Any]:
    """Let a worker do its job once and return its answer."""
    try:
        process.stdin.write(f"{word}\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except BrokenPipeError:
        line = ""
    if not line:
        raise OSError(None, f"a timing process ended with exit code {process.wait()}")
    answer: dict[str, Any] = json.loads(line)
    return answer
