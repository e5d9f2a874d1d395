"""One file over HTTP, for pooch: resumed where an earlier attempt stopped, given up when it stalls."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import Any, BinaryIO

from .._detect import is_markup

Advance = Callable[[int], object]

CONNECT_SECONDS, STALL_SECONDS = 10.0, 30.0
_PIECE = 1 << 13  # less than that is lost when a connection breaks off
_HEAD = 512
_ATTEMPTS = 4  # at one address, as long as each brings the file further


class DownloadError(Exception):
    """An address that does not give the file; the message says why."""


class Downloader:
    """Callable that `pooch.retrieve` downloads with.

    What has arrived is kept in ``<name>.part`` until it is complete, so that the next attempt, here, at
    another address or in another process, asks only for the rest. The checksum of the whole, which pooch
    compares, is what makes that safe.

    Parameters
    ----------
    part : str
        Path of the partial file.
    size : int or None
        Expected bytes; more than that ends the download.
    advance : callable
        Called with the number of bytes that are there, in steps.
    stall : float
        Seconds without a byte after which the connection is given up.
    """

    def __init__(self, part: str, size: int | None, advance: Advance, stall: float = STALL_SECONDS) -> None:
        self.part = part
        self.size = size
        self.stall = stall
        self._advance = advance
        self._shown = 0

    def __call__(self, url: str, output_file: str, pooch: Any, check_only: bool = False) -> None:
        """Download `url` to `output_file`; the parameters are pooch's."""
        try:
            with open(self.part, "a+b") as file:
                self._complete(url, file)
                file.seek(0)
                with open(output_file, "wb") as output:
                    shutil.copyfileobj(file, output)
                    output.flush()
                    os.fsync(output.fileno())
                file.truncate(0)
        finally:
            if os.path.getsize(self.part) == 0:
                os.unlink(self.part)

    def _complete(self, url: str, file: BinaryIO) -> None:
        """Ask for what is missing until the file is complete, as long as each answer brings it further."""
        import requests  # comes with pooch

        attempt = 0
        while True:
            attempt += 1
            before = _size(file)
            try:
                if before != self.size:
                    self._receive(url, file, before)
                return
            except requests.RequestException as error:
                stopped = attempt == _ATTEMPTS or _size(file) == before
                if stopped or isinstance(error, requests.HTTPError):
                    raise DownloadError(_reason(error, self.stall)) from error

    def _receive(self, url: str, file: BinaryIO, have: int) -> None:
        """Append what follows the bytes that are there, from one answer."""
        import requests

        headers = {"Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        with requests.get(url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, self.stall)) as answer:
            if answer.status_code == requests.codes.requested_range_not_satisfiable:
                file.truncate(0)
                raise requests.ConnectionError("what was there did not fit and is gone")
            answer.raise_for_status()
            goes_on = str(answer.headers.get("Content-Range", "")).startswith(f"bytes {have}-")
            for piece in answer.iter_content(_PIECE):
                if not goes_on:
                    if is_markup(piece[:_HEAD]):
                        raise DownloadError("the server answered with an HTML or XML page, not with the file")
                    file.truncate(0)
                    have, goes_on = 0, True
                file.write(piece)
                have += len(piece)
                self._show(have)
                if self.size is not None and have > self.size:
                    file.truncate(0)
                    raise DownloadError(f"the server sends more than the {self.size:,} bytes of the file")
            file.flush()
            if self.size is not None and have < self.size:
                raise requests.exceptions.ChunkedEncodingError(f"{have} of {self.size} bytes")

    def _show(self, have: int) -> None:
        """Report progress; what was shown of an attempt in vain is not taken back."""
        if have > self._shown:
            self._advance(have - self._shown)
            self._shown = have


def _size(file: BinaryIO) -> int:
    file.flush()
    return file.seek(0, os.SEEK_END)


def _reason(error: Exception, stall: float) -> str:
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return f"nothing arrived for {stall:g} seconds"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off before the end of the file"
    return f"no connection: {_innermost(error)}"


def _innermost(error: BaseException) -> str:
    """Return the words of the system, which libraries wrap in theirs."""
    while error.__context__ is not None:
        error = error.__context__
    return getattr(error, "strerror", None) or str(error)
