"""Files on the command line: errors about them, and which outputs may be written."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import FmnistFastError


class UsageError(Exception):
    """The command line asks for something that cannot be done as asked; the exit code is 2."""


def error_text(error: OSError | FmnistFastError, path: str | None = None) -> str:
    """Return "FILE: sentence" for an error about a file."""
    if isinstance(error, FmnistFastError):
        return str(error) if error.source is not None or path is None else f"{path}: {error}"
    name = error.filename if error.filename is not None else path
    reason = error.strerror or str(error)
    return (
        reason
        if name is None
        else f"{os.fsdecode(name) if isinstance(name, str | bytes) else name}: {reason}"
    )


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Raise `UsageError` if the output cannot be made or may not be replaced, before any work is done."""
    if path.is_dir():
        raise UsageError(f"{path}: is a folder, the output must be a file")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")
    if path.exists() and not overwrite:
        raise UsageError(f"{path}: the file exists; --overwrite replaces it")
