"""Files that appear under their name complete or not at all."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_PREFIX, _SUFFIX = ".fmnist_fast-", ".tmp"


@contextmanager
def atomic_file(path: str | os.PathLike[str], *, follow: bool = True) -> Iterator[BinaryIO]:
    """Open a file to write that takes its name only when the block ends well.

    It is written under another name in the same folder, flushed to disk and renamed, and the folder
    is flushed too. What killed processes have left in the folder is removed. A symbolic link keeps pointing
    where it does: its target is replaced. A device or pipe has no content to keep and is written to directly.

    Parameters
    ----------
    path : str or os.PathLike
        Where the content goes. A new file gets the permissions the process gives new files, one that
        is replaced hands on its own.
    follow : bool
        False: replace whatever has this name, a symbolic link or device too.

    Yields
    ------
    binary file object

    Raises
    ------
    OSError
        The folder or file cannot be written; the path then still holds what it held.
    """
    if not os.fspath(path):  # which realpath() would take for the current folder
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    path = os.path.realpath(path) if follow else os.path.abspath(path)
    try:
        mode = os.stat(path, follow_symlinks=follow).st_mode
    except FileNotFoundError:
        mode = None
    if not follow and mode is not None and not stat.S_ISREG(mode):
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        with open(path, "wb") as device:
            yield device
        return
    folder = os.path.dirname(path)
    try:
        _sweep(folder)
        temporary, file = _create(folder)
    except OSError as error:
        error.filename = path
        raise
    try:
        with file:
            if mode is not None:
                os.chmod(temporary, stat.S_IMODE(mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
            if fcntl:  # while it is locked, nobody takes it for litter
                os.replace(temporary, path)
        if not fcntl:
            os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _create(folder: str) -> tuple[str, BinaryIO]:
    """Create a temporary file, locked for as long as this process lives."""
    while True:
        temporary = os.path.join(folder, f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}")
        file = open(temporary, "xb")  # noqa: SIM115  (the caller closes it)
        if not fcntl:
            return temporary, file
        with suppress(OSError):  # a file system without locks: there nothing is swept either
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return temporary, file
        file.close()  # swept before it was locked


def _sweep(folder: str) -> None:
    """Remove temporary files whose process is gone, as nobody holds their lock any more."""
    if not fcntl:
        return
    found = []
    with suppress(OSError), os.scandir(folder) as entries:  # some folders may be written to, but not listed
        found = [e.path for e in entries if e.name.startswith(_PREFIX) and e.name.endswith(_SUFFIX)]
    for path in found:
        with suppress(OSError), open(path, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)


def _sync_folder(folder: str) -> None:
    """Flush a rename to disk where the system lets folders be opened and flushed.

    The file has its name by now. So what only means that this folder cannot be flushed is no error, as in
    PostgreSQL's ``fsync_fname``.
    """
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF):
            raise
    finally:
        os.close(descriptor)
