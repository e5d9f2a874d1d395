"""What an `IdxReader` has to answer to any call, whatever came before; and the files that it is asked about.

A file that is damaged can be read up to its fault: rows in front of it are right, calls that reach it raise.
The reader decodes ahead, so it may notice up to `AHEAD` bytes earlier.
"""

from __future__ import annotations

import io
import lzma
import struct
import zlib
from dataclasses import dataclass, field

import numpy as np
from builders import bgzf, gzip_member, idx_bytes, raw_deflate
from samples import KINDS

import fmnist_fast as ff

AHEAD = 4096
SPACING = 20_000
_BLOCK = 9000
ROWS = np.frombuffer(KINDS["text"](40_000) + KINDS["noise"](30_000) + KINDS["strokes"](50_000), ">i2")
ROWS = ROWS.reshape(-1, 6, 5).astype("i2")
ROW_SIZE = ROWS[0].nbytes
HEADER_SIZE = 16


@dataclass(frozen=True)
class File:
    """Bytes of a file and the rows they hold; the payload can be decoded up to `fault`, where there is one.

    In BGZF files `passable` faults are passed over by a seek, and what lies behind them is sound.
    """

    data: bytes
    rows: np.ndarray = field(default_factory=lambda: ROWS, repr=False)
    fault: int = ROWS.nbytes
    error: type[Exception] | None = None
    passable: bool = False

    def may_fail(self, first: int, last: int) -> bool:
        """Whether reading these rows may raise."""
        if self.error is None or self._is_behind(first):
            return False
        return last == len(ROWS) or last * ROW_SIZE + AHEAD > self.fault

    def must_fail(self, first: int, last: int) -> bool:
        """Whether reading these rows has to raise."""
        if self.error is None or self._is_behind(first) or first == last:
            return False
        return last == len(ROWS) or last * ROW_SIZE > self.fault

    def _is_behind(self, row: int) -> bool:
        return self.passable and row * ROW_SIZE >= self.fault


class Flaky(io.BytesIO):
    """A file object of which one call fails when it is told to."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._left, self._error = -1, None
        self.failed = False

    def arm(self, left: int, error: Exception | None) -> None:
        """Let `left` calls go well and one fail: raise, or return None as files without data at hand do."""
        self._left, self._error, self.failed = left, error, False

    def _fails(self) -> bool:
        self._left -= 1
        if self._left != -1:
            return False
        self.failed = True
        if self._error is not None:
            raise self._error
        return True

    def readinto(self, buffer):
        return None if self._fails() else super().readinto(memoryview(buffer)[:3000])

    def read(self, size=-1):
        return None if self._fails() else super().read(size)

    def seek(self, offset, whence=io.SEEK_SET):
        if self._left == 0 and self._error is not None:
            self._fails()
        return super().seek(offset, whence)


def _cut_off(data: bytes, error: type[Exception]) -> File:
    """A gzip file that zlib, fed byte by byte, decodes up to some place."""
    unpacker, raw = zlib.decompressobj(31), b""
    try:
        for at in range(len(data)):
            unpacker = zlib.decompressobj(31) if unpacker.eof else unpacker
            raw += unpacker.decompress(data[at : at + 1])
    except zlib.error:
        pass
    payload = raw[HEADER_SIZE:].ljust(ROWS.nbytes, b"?")  # what follows must never be read
    rows = np.frombuffer(payload, ">i2").astype("i2").reshape(ROWS.shape)
    return File(data, rows, len(raw) - HEADER_SIZE, error)


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]


def _member_end(data: bytes, number: int) -> int:
    """Where a BGZF member ends."""
    at = 0
    for _ in range(number + 1):
        at += struct.unpack_from("<H", data, at + 16)[0] + 1
    return at


def make_files() -> dict[str, File]:
    """Sound and damaged files of every container, all with `ROWS`."""
    raw = idx_bytes(ROWS)
    many_blocks = gzip_member(raw, raw=raw_deflate(raw, memlevel=1))
    stored, members = gzip_member(raw, level=0), bgzf(raw, block=_BLOCK)
    bad_crc = _flipped(many_blocks, len(many_blocks) - 8)
    bad_body = _flipped(many_blocks, len(many_blocks) // 2)
    bad_member = _flipped(members, _member_end(members, 6) - 8)
    corrupt, truncated = ff.CorruptDataError, ff.TruncatedError
    return {
        "gzip": File(many_blocks),
        "gzip, stored": File(stored),
        "gzip, bad CRC-32": File(bad_crc, error=corrupt),
        "gzip, bad body": _cut_off(bad_body, corrupt),
        "gzip, cut": _cut_off(many_blocks[: len(many_blocks) * 3 // 5], truncated),
        "gzip, stored, cut": _cut_off(stored[:70_000], truncated),
        "bgzf": File(members),
        "bgzf, bad member": File(bad_member, ROWS, 7 * _BLOCK - HEADER_SIZE, corrupt, passable=True),
        "bgzf, cut": _cut_off(members[: len(members) * 3 // 5], truncated),
        "raw": File(raw),
        "raw, cut": File(raw[:70_001], ROWS, 70_001 - HEADER_SIZE, truncated),
        "xz": File(lzma.compress(raw)),
    }
