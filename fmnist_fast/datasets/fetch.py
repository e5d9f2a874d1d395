"""Files of a dataset from the web: mirrors in turn, checked before they get their name."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

from .._atomic import atomic_file
from .._cache import cache_folder
from .._extras import optional
from ..errors import DatasetError
from . import _verified
from ._http import STALL_SECONDS, Advance, Downloader, DownloadError
from ._model import Archive, Dataset, KnownFile, Published
from .loading import Root
from .verify import has_sum

#: Opens a display of progress for a description and a number of bytes, if it is known.
Progress = Callable[[str, int | None], AbstractContextManager[Advance]]

_LOCK = threading.Lock()  # for the threads of this process, which share pooch's logger


def silent(description: str, total: int | None) -> AbstractContextManager[Advance]:
    """Show no progress."""
    return nullcontext(lambda count: None)


def target_folder(dataset: Dataset, root: Root = None) -> str:
    """Return the folder that downloads of a dataset go to: ``<root>/<name>``, by default in the user's cache.

    The datasets in one archive share a folder, and with it the archive.
    """
    base = cache_folder() if root is None else os.path.abspath(os.path.expanduser(os.fsdecode(root)))
    return os.path.join(base, dataset.folders[0] if dataset.archive else dataset.name)


def fetch_file(
    dataset: Dataset,
    known: KnownFile,
    root: Root = None,
    *,
    progress: Progress = silent,
    stall: float = STALL_SECONDS,
) -> str:
    """Download one file of a dataset; for a dataset in an archive, the archive, and take the file out.

    Parameters
    ----------
    dataset : Dataset
    known : KnownFile
        One of its files.
    root : str or os.PathLike, optional
        Where to put it: in a folder in this one that is named after the dataset. Default: the user's cache.
    progress : callable, optional
        Called with a description and the number of bytes; returns a context manager that gives a function to
        call with the bytes that have arrived.
    stall : float
        Seconds without a byte after which a mirror is given up.

    Returns
    -------
    str
        Path of the file, which has the published checksum.

    Raises
    ------
    MissingExtraError
        pooch is not installed.
    DatasetError
        No mirror has given the file; says what each of them did. Nothing is kept but, of a download that
        broke off, the beginning, in ``<name>.part``.
    OSError
        The file cannot be written.
    """
    folder = target_folder(dataset, root)
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise DatasetError(f"{folder} is not a folder; the files of {dataset.title} would go there")
    os.makedirs(folder, exist_ok=True)
    with _LOCK, _alone_in(folder):
        if dataset.archive is None:
            return _download(known, dataset.mirrors, folder, progress, stall)
        archive = os.path.join(folder, dataset.archive.name)
        if not _is_intact(archive, dataset.archive):
            _download(dataset.archive, dataset.mirrors, folder, progress, stall)
        return _extract(archive, dataset.archive, known, folder)


def _download(
    wanted: Published, mirrors: Sequence[str], folder: str, progress: Progress, stall: float
) -> str:
    """Try the mirrors in turn and return the path of the file."""
    if wanted.checksum is None:
        raise DatasetError(f"{wanted} cannot be downloaded: it has no published checksum to verify it by")
    pooch = optional("pooch", "pooch", "download", "downloading a dataset")
    failures = []
    with progress(str(wanted), wanted.size) as advance, _quiet(pooch):
        part = os.path.join(folder, f"{wanted.name}.part")
        downloader = Downloader(part, wanted.size, advance, stall)
        for mirror in mirrors:
            url = mirror + wanted.name
            try:
                path = pooch.retrieve(url, wanted.checksum, wanted.name, folder, downloader=downloader)
                return str(path)
            except DownloadError as error:
                failures.append(f"{url}: {error}")
            except ValueError:  # pooch has removed the file
                sum_name = wanted.checksum.partition(":")[0].upper()
                failures.append(f"{url}: the file has the wrong {sum_name} sum and was not kept")
    raise DatasetError(
        f"{wanted} could not be downloaded as {wanted.name}:\n  " + "\n  ".join(failures), source=folder
    )


@contextmanager
def _alone_in(folder: str) -> Iterator[None]:
    """Wait for other processes that download to this folder, as the ranks of one training do.

    The lock goes with its process. Where the system has no such lock, two downloads of one file may spoil
    each other's partial file, which the checksum then tells.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _quiet(pooch: Any) -> Iterator[None]:
    """Keep pooch from announcing downloads on standard error."""
    logger = pooch.get_logger()  # a filter, because this logger remembers what its level once allowed
    logger.addFilter(_is_warning)
    try:
        yield
    finally:
        logger.removeFilter(_is_warning)


def _is_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _is_intact(path: str, archive: Archive) -> bool:
    """Return whether an archive is there and has its checksum, which is not computed again for each file."""
    if not os.path.isfile(path):
        return False
    if _verified.is_noted(path, archive):
        return True
    before = _verified.stamp(path)
    intact = has_sum(path, archive)
    if intact:
        _verified.note(path, before, archive)
    return intact


def _extract(path: str, archive: Archive, known: KnownFile, folder: str) -> str:
    """Take one file out of an archive, whose CRC-32 zipfile compares, and return its path."""
    import shutil
    import zipfile

    target = os.path.join(folder, known.name)
    try:
        with (
            zipfile.ZipFile(path) as opened,
            opened.open(archive.folder + known.name) as member,
            atomic_file(target) as file,
        ):
            shutil.copyfileobj(member, file)
    except (zipfile.BadZipFile, KeyError) as error:
        raise DatasetError(f"{known.name} cannot be taken out of the archive: {error}", source=path) from None
    return target
