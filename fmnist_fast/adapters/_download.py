"""Files from a server, for the readers that fetch what they do not find."""

from __future__ import annotations

import os
import shutil
from http.client import IncompleteRead
from urllib.error import URLError
from urllib.request import urlopen

from .._atomic import atomic_file

_TIMEOUT = 60.0  # seconds without an answer


def download(address: str, path: str | os.PathLike[str]) -> None:
    """Download a file, which takes its name when it is complete.

    Raises
    ------
    OSError
        It cannot be downloaded (`urllib.error.URLError`), or not be written.
    """
    try:
        with urlopen(address, timeout=_TIMEOUT) as answer, atomic_file(path) as file:
            shutil.copyfileobj(answer, file)
            missing = getattr(answer, "length", None)  # what was announced and has not come
            if missing:
                raise IncompleteRead(b"", missing)
    except IncompleteRead as error:
        raise URLError(f"the connection broke off before the end of {address}") from error
