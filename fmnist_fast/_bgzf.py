"""BGZF: gzip members that name their own length, and so can be found without decoding.

The layout is that of section 4.1 of the SAM/BAM format specification. What the members say is a hint that
saves time: whoever follows it checks what the decoder finds there.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from . import _idx
from ._backend import GzipDecoder
from ._source import Source
from .errors import FmnistFastError

_FEXTRA = 4
_HEAD = struct.Struct("<HBB6xH")
_FIELD = struct.Struct("<2sH")
_USUAL = 18  # bytes of a header whose extra field holds nothing else
_LARGEST = 1 << 16  # compressed and decoded
_KEPT = 1 << 12  # entries of an index: 64 KiB


class NotBgzfError(Exception):
    """Something else than a BGZF member begins or ends here."""


class Member(NamedTuple):
    """Where a member lies in the file and its content in the decoded data, by its own account."""

    offset: int
    size: int
    start: int
    decoded: int


def is_bgzf(source: Source) -> bool:
    """Return whether a source begins with a BGZF member and can be read at any place."""
    try:
        return source.seekable and bool(_size(source, 0, source.peek(0, _USUAL)))
    except (NotBgzfError, OSError):
        return False


def members(source: Source, offset: int = 0, start: int = 0) -> Iterator[Member]:
    """Yield the members from a place to the end of the file.

    Raises
    ------
    NotBgzfError
        The file goes on with something else.
    """
    head = source.peek(offset, _USUAL)
    while len(head):
        size = _size(source, offset, head)
        piece = source.peek(offset + size - 4, 4 + _USUAL)  # the end of this one and the next one's head
        decoded = int.from_bytes(piece[:4], "little")
        if len(piece) < 4 or decoded > _LARGEST:
            raise NotBgzfError
        yield Member(offset, size, start, decoded)
        offset, start, head = offset + size, start + decoded, piece[4:]


def _size(source: Source, offset: int, head: bytes) -> int:
    """Return the length of the member with this head."""
    if len(head) < _USUAL:
        raise NotBgzfError
    magic, method, flags, length = _HEAD.unpack_from(head)
    if (magic, method, flags) != (0x8B1F, 8, _FEXTRA):
        raise NotBgzfError
    extra = head[_HEAD.size :]
    if length > len(extra):
        extra = source.peek(offset + _HEAD.size, length)
    at = 0
    while at + _FIELD.size <= min(length, len(extra)):
        name, count = _FIELD.unpack_from(extra, at)
        at += _FIELD.size
        if name == b"BC" and count == 2 and at + count <= min(length, len(extra)):
            size = int.from_bytes(extra[at : at + count], "little") + 1
            if size > _HEAD.size + length + 8:
                return size
            break
        at += count
    raise NotBgzfError


class MemberIndex:
    """Where the members of a file begin: every one, or in large files every second, fourth, ...

    Parameters
    ----------
    source : Source
    total : int
        Decoded bytes of the file.

    Raises
    ------
    NotBgzfError
        The file is not BGZF up to its end, or has members of another total length.
    """

    def __init__(self, source: Source, total: int) -> None:
        self._source = source
        self._offsets, self._starts = array("Q"), array("Q")
        self._stride = 1
        end = 0
        for number, member in enumerate(members(source)):
            end = member.start + member.decoded
            if number % self._stride:
                continue
            if len(self._offsets) == _KEPT:
                self._offsets, self._starts = self._offsets[::2], self._starts[::2]
                self._stride *= 2
            self._offsets.append(member.offset)
            self._starts.append(member.start)
        if end != total:  # one of them is not what it says, and all places behind it are wrong
            raise NotBgzfError

    def locate(self, position: int) -> tuple[int, Member] | None:
        """Return the member with the decoded byte at ``position``, and the number of members before it.

        None: there is none, or it is not what it says.
        """
        entry = bisect_right(self._starts, position) - 1
        number = entry * self._stride - 1
        found = None
        try:
            for member in members(self._source, self._offsets[entry], self._starts[entry]):
                number, found = number + 1, member
                if member.start + member.decoded > position:
                    break
            return (number, found) if found is not None and self._is_sound(found) else None
        except (NotBgzfError, OSError):
            return None

    def _is_sound(self, member: Member) -> bool:
        """Decode a member to see whether it ends where it says."""
        data, out = self._source.peek(member.offset, member.size), bytearray(member.decoded)
        decoder = GzipDecoder()
        try:
            status, used, made = decoder.decode(data, True, out, 0)
        except FmnistFastError:
            return False
        return (status, used, made, decoder.member) == (_idx.END, member.size, member.decoded, 1)
