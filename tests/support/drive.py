"""Run a push-style GzipDecoder to its verdict in every way the contract allows, and ask zlib for the same
verdict.

A verdict is what a reader can rely on: ok, trailing (a clean end followed by something else), truncated or
corrupt; the bytes of a clean end; the member and the compressed offset. The oracle is zlib's own gzip mode,
one member at a time, with only the loop over members and zero padding added here. It shares no line with the
package.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from builders import gzip_header, gzip_trailer

NEED_INPUT, OUTPUT_FULL, END, TRAILING = range(4)
POISON = 0xA5


@dataclass(frozen=True)
class Verdict:
    """How a stream ended. `data` counts only where `kind` is ok or trailing."""

    kind: str
    data: bytes = b""
    member: int = 0
    offset: int = 0
    message: str = ""

    @property
    def key(self) -> tuple:
        """What two decoders must agree on: all of a clean end, else the kind and the member."""
        clean = self.kind in ("ok", "trailing")
        return (self.kind, self.member, self.data, self.offset) if clean else (self.kind, self.member)


def feeds_of(size: int, feed: int | Iterable[int] | None) -> Iterable[int]:
    """Sizes of the pieces in which `size` bytes are handed over."""
    if feed is None:
        return iter((size,))
    return (
        itertools.repeat(feed)
        if isinstance(feed, int)
        else itertools.chain(feed, itertools.repeat(size or 1))
    )


def drive(backend, data, *, feed=None, room: int | None = None, decoder=None) -> Verdict:
    """Decode all of `data` with `backend.GzipDecoder`.

    `feed`: bytes of input per step, or an iterable of sizes, or None for all at once. `room`: None grows one
    buffer, whose front is the window; a number hands out a fresh poisoned buffer of that size whenever the
    last one is full, so that the window has to be carried over by the decoder.
    """
    decoder = backend.GzipDecoder() if decoder is None else decoder
    view, pieces = memoryview(data), feeds_of(len(data), feed)
    at, end = 0, min(len(data), next(pieces, len(data)))
    out, start, whole = bytearray([POISON]) * (4096 if room is None else room), 0, []
    try:
        while True:
            final = end == len(data)
            status, consumed, produced = decoder.decode(view[at:end], final, out, start)
            assert 0 <= consumed <= end - at
            assert 0 <= produced <= len(out) - start
            at, start = at + consumed, start + produced
            assert decoder.offset == at
            if status == NEED_INPUT:
                assert not final, "wants more input after the last byte: must be TruncatedError"
                end = min(len(data), end + next(pieces))
            elif status == OUTPUT_FULL:
                assert start == len(out), "says that a buffer with room is full"
                if room is None:
                    out = out + bytearray([POISON]) * len(out)
                else:
                    whole.append(bytes(out))
                    out, start = bytearray([POISON]) * room, 0
            elif status in (END, TRAILING):
                whole.append(bytes(out[:start]))
                kind = "ok" if status == END else "trailing"
                return Verdict(kind, b"".join(whole), decoder.member, decoder.offset)
            else:
                raise AssertionError(f"unknown status {status}")
    except backend.TruncatedError as error:
        return Verdict("truncated", b"", error.member, error.offset, error.message)
    except backend.CorruptDataError as error:
        return Verdict("corrupt", b"", error.member, error.offset, error.message)


def zlib_words(error: zlib.error) -> str:
    """The library's own message inside Python's sentence."""
    return str(error).partition(": ")[2]


def oracle(data: bytes | bytearray) -> Verdict:
    """The verdict of zlib on a sequence of gzip members, zero padding allowed after each."""
    out, at, member = [], 0, 0
    while True:
        member += 1
        unpacker = zlib.decompressobj(31)
        try:
            out.append(unpacker.decompress(memoryview(data)[at:]))
        except zlib.error as error:
            return Verdict("corrupt", b"", member, at, zlib_words(error))
        if not unpacker.eof:
            return Verdict("truncated", b"", member, len(data))
        at = len(data) - len(unpacker.unused_data)
        while data[at : at + 1] == b"\0":
            at += 1
        if at == len(data):
            return Verdict("ok", b"".join(out), member, at)
        if data[at : at + 2] not in (b"\x1f", b"\x1f\x8b"):
            return Verdict("trailing", b"".join(out), member, at)


def raw_verdict(raw: bytes) -> Verdict:
    """The verdict of zlib on one bare DEFLATE stream; `offset` is the number of bytes it needed."""
    unpacker = zlib.decompressobj(-15)
    try:
        data = unpacker.decompress(raw)
    except zlib.error as error:
        return Verdict("corrupt", b"", 1, 0, zlib_words(error))
    if not unpacker.eof:
        return Verdict("truncated", b"", 1, len(raw))
    return Verdict("ok", data, 1, len(raw) - len(unpacker.unused_data))


def wrap_raw(raw: bytes) -> bytes:
    """`raw` in a member whose trailer is right, so that DEFLATE alone decides; no trailer if it fails."""
    verdict = raw_verdict(raw)
    if verdict.kind != "ok":
        return gzip_header() + raw
    return gzip_header() + raw[: verdict.offset] + gzip_trailer(verdict.data)


def first_bad_byte(raw: bytes) -> int:
    """How many bytes of a corrupt bare stream zlib has to see before it says so."""
    unpacker = zlib.decompressobj(-15)
    for count in range(1, len(raw) + 1):
        try:
            unpacker.decompress(raw[count - 1 : count])
        except zlib.error:
            return count
    raise AssertionError("this stream is not corrupt")
