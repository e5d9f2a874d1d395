"""Results files: read, and appended to so that neither Ctrl-C nor a power cut costs a finished line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import FormatError
from .schema import Line, parse_line


def read_results(path: str | os.PathLike[str]) -> list[Line]:
    """Return the lines of a results file.

    Parameters
    ----------
    path : str or os.PathLike
        See `fmnist_fast.baselines.schema`.

    Returns
    -------
    list of dict
        In the order of the file. A last line that was cut off is left out.

    Raises
    ------
    FormatError
        A line is not a result; the message says which one.
    OSError
        The file cannot be read.
    """
    data = Path(path).read_bytes()
    lines = []
    for number, text in enumerate(_complete(data).splitlines(), 1):
        try:
            lines.append(parse_line(text.decode()))
        except ValueError as error:
            raise FormatError(f"line {number} is not a result: {error}", source=os.fspath(path)) from error
    return lines


def _complete(data: bytes) -> bytes:
    """Return the data up to the end of its last complete line."""
    end = data.rfind(b"\n") + 1
    try:
        parse_line(data[end:].decode())
    except ValueError:
        return data[:end]
    return data  # only its newline is missing


class Appender:
    """Appends lines to a results file; each one is on the disk when `append` returns."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def append(self, line: Line) -> None:
        """Write one line."""
        data = json.dumps(line, allow_nan=False).encode() + b"\n"
        while data:
            data = data[os.write(self._descriptor, data) :]
        os.fsync(self._descriptor)


@contextmanager
def appending(path: str | os.PathLike[str]) -> Iterator[Appender]:
    """Open a results file, or make it, and mend its end: a line that was cut off is removed.

    Raises
    ------
    OSError
        It cannot be written, or another run is writing to it.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o666)
    try:
        _lock(descriptor, path)
        data = Path(path).read_bytes()
        complete = _complete(data)
        if len(complete) < len(data):
            os.ftruncate(descriptor, len(complete))
        elif data and not data.endswith(b"\n"):
            os.write(descriptor, b"\n")
        yield Appender(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: str | os.PathLike[str]) -> None:
    """Keep a second run from writing to the same file, where the system has such locks."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OSError(error.errno, "another run is writing to this file", os.fspath(path)) from None
