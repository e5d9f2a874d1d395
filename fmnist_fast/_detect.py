"""Tell what a file is by its first bytes, never by its name."""

from __future__ import annotations

from ._source import Source
from .errors import FormatError, TruncatedError

_CONTAINERS = {b"\x1f\x8b": "gzip", b"\xfd7zXZ\0": "xz", b"\0\0": "raw"}
_OTHERS = {
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"PK\x05\x06": "an empty zip archive",
    b"\x28\xb5\x2f\xfd": "Zstandard data; decompress it first",
    b"BZh": "bzip2 data; decompress it first",
    b"\x93NUMPY": "a NumPy .npy file; numpy.load reads it",
    b"\x89PNG": "a PNG picture",
    b"version https://git-lfs": "a Git LFS pointer, the file itself was not fetched",
}
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<!--")
_MARKUP_WINDOW = 512


def detect(source: Source) -> str:
    """Return ``"gzip"``, ``"xz"`` or ``"raw"``; no byte of the source is consumed.

    Raises
    ------
    TruncatedError
        The source is empty, or ends inside the first bytes of a format that is supported.
    FormatError
        Anything else, named where it can be: a web page saved under this name, a zip archive, ...
    """
    head = _head(source, max(map(len, _CONTAINERS)))
    for magic, container in _CONTAINERS.items():
        if head.startswith(magic):
            return container
    if not head:
        raise TruncatedError("the source is empty (0 bytes)")
    for magic, container in _CONTAINERS.items():
        if magic.startswith(head):
            format_name = "IDX" if container == "raw" else container
            raise TruncatedError(
                f"the data ends after {len(head)} bytes, inside the first bytes of {format_name}"
            )
    head = _head(source, _MARKUP_WINDOW)
    for magic, name in _OTHERS.items():
        if head.startswith(magic):
            raise FormatError(f"not IDX but {name}")
    if is_markup(head):
        raise FormatError("not IDX but an HTML or XML page (a server's answer?) saved under this name")
    raise FormatError(f"neither IDX nor gzip nor xz: the data starts with {head[:4].hex(' ')}")


def is_markup(head: bytes) -> bool:
    """Return whether data that starts like this is an HTML or XML page."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP)


def _head(source: Source, count: int) -> bytes:
    while len(source.data) < count and not source.final:
        source.fill()
    return bytes(source.data[:count])
