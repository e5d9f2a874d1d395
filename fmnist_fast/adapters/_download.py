"""Files from a server, for the readers that fetch what they do not find."""

from __future__ import annotations

import os
import shutil
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
    with urlopen(address, timeout=_TIMEOUT) as answer, atomic_file(path) as file:
        shutil.copyfileobj(answer, file)
