"""BGZF files that are damaged or lie: read in order, in parallel and by seeking, against zlib.

One fault each: sizes or lengths that cancel each other out are believed by a seek, as its documentation says.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from functools import lru_cache

from builders import BGZF_EOF, gzip_header, gzip_trailer, idx_bytes, idx_header, raw_deflate
from choices import Choices
from samples import KINDS

import fmnist_fast as ff
from fmnist_fast import _parallel, _restart, _rows

ROW = 32
HEADER = len(idx_header((1, ROW)))
OTHER_FIELDS = (b"xy\0\0", b"ab\3\0abc", b"BC\1\0x", b"BC\2", b"\0")
SIZES = (0, 1, 17, 25, 26, 27, 28, 100, 255, 65_535)
LENGTHS = (0, 1, 65_535, 65_536, 65_537, 2**32 - 1)
ENDS = (BGZF_EOF, b"", bytes(9), BGZF_EOF * 3, b"\x1f\x8b", b"junk")


def set_up(_folder: str) -> None:
    """Let what is meant for large files happen in small ones."""
    _parallel._GROUP, _rows._BUFFER, _restart._SPACING, _restart._NEAR = 900, 150, 900, 64


@lru_cache
def _pool(kind: str) -> bytes:
    return KINDS[kind](20_000)


@lru_cache(5000)
def _packed(piece: bytes, level: int) -> bytes:
    return raw_deflate(piece, level)


def _member(c: Choices, piece: bytes, lies: bool) -> bytes:
    """One member, mostly as the format wants it."""
    body, extra, length = _packed(piece, c.pick((6, 0, 1))), b"", None
    if c.one_in(8):
        extra = c.pick(OTHER_FIELDS)
    size = (12 + len(extra) + 6 + len(body) + 8 - 1) & 0xFFFF
    if lies and c.below(2):
        size = c.pick(SIZES)
    elif lies:
        length = c.pick(LENGTHS)
    field = b"" if c.one_in(24) else b"BC\2\0" + struct.pack("<H", size)
    head = gzip_header(extra=extra + field if c.below(2) else field + extra)
    return head + body + gzip_trailer(piece, isize=length)


def make_file(c: Choices) -> tuple[bytes, bytes]:
    """A file, and the IDX data that were put into it."""
    rows = c.between(1, 120)
    payload = _pool(c.pick(sorted(KINDS)))[: rows * ROW]
    content = idx_header((rows + c.pick((0, 1, -1) if c.one_in(16) else (0,)), ROW)) + payload
    largest, at, parts = c.pick((4000, 90, 300, 1500, 17)), 0, []
    fault = c.pick(("none", "a lie", "a flip", "a cut"))
    liar = c.below(12)
    while at < len(content):
        size = largest - c.below(largest)
        parts.append(_member(c, content[at : at + size], fault == "a lie" and len(parts) == liar))
        at += size
    data = bytearray(b"".join(parts) + c.pick(ENDS))
    if fault == "a flip":
        data[c.below(len(data))] ^= 1 << c.below(8)
    elif fault == "a cut":
        del data[c.below(len(data)) :]
    return bytes(data), content


def _up_to_fault(data: bytes) -> bytes:
    """What zlib decodes of a member in front of its fault, a byte at a time."""
    unpacker, out = zlib.decompressobj(31), bytearray()
    try:
        while data and not unpacker.eof:
            out += unpacker.decompress(data, 1)
            data = unpacker.unconsumed_tail
    except zlib.error:
        pass
    return bytes(out)


def in_order(data: bytes) -> tuple[bytes, bool]:
    """What zlib decodes up to the end or the first fault, and whether the file is sound."""
    out, rest = b"", data
    while rest:
        unpacker = zlib.decompressobj(31)
        try:
            out += unpacker.decompress(rest)
        except zlib.error:
            return out + _up_to_fault(rest), False
        if not unpacker.eof:
            return out, False
        rest = unpacker.unused_data.lstrip(b"\0")
    return out, bool(data)


def _attempt(call):
    """What a call returns; None where it raises an error of ours."""
    try:
        return call()
    except ff.FmnistFastError:
        return None


def check(data: bytes) -> None:
    """Build one file and read it in every way."""
    c = Choices(data)
    file, put_in = make_file(c)
    decoded, sound = in_order(file)
    rows = max(len(decoded) - HEADER, 0) // ROW
    sound = sound and decoded == idx_header((rows, ROW)) + decoded[HEADER:]
    for threads in (1, 2):
        array = _attempt(lambda threads=threads: ff.decode_idx(file, threads=threads))
        assert (array is not None) == sound, f"threads {threads}: accepted {array is not None}, zlib {sound}"
        assert array is None or idx_bytes(array) == decoded
    reader = _attempt(lambda: ff.open_idx(io.BytesIO(file) if c.below(2) else file))
    assert reader is not None or not sound
    for _ in range(6 if reader else 0):
        row, count = c.below(len(reader) + 1), c.below(60)
        rows = _attempt(lambda row=row, count=count: (reader.seek(row), reader.read(count))[1])
        assert rows is not None or not sound, (row, count)
        if rows is not None:
            at = len(idx_bytes(rows)) - rows.nbytes + row * math.prod(rows.shape[1:]) * rows.itemsize
            found = idx_bytes(rows)[-rows.nbytes :] if rows.nbytes else b""
            assert found in (each[at : at + rows.nbytes] for each in (decoded, put_in)), (row, count)
