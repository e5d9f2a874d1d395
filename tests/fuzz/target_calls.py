"""Public calls with sources, targets and options of all kinds: the right array, or a documented exception."""

from __future__ import annotations

import io
import lzma

import numpy as np
from builders import bgzf, gzip_member, idx_bytes, idx_header
from choices import Choices
from samples import array_of, images, same

import fmnist_fast as ff
from fmnist_fast import _restart, _rows

ARRAYS = [
    images(30, 10, 9),
    array_of("i2", (7, 5)),
    array_of("f8", (40,)),
    np.zeros((0, 3), "u1"),
    images(3000, 4, 4),
    array_of("i1", (2, 1, 3, 1)),
]
PACKERS = {
    "raw": lambda raw: raw,
    "gzip": gzip_member,
    "stored": lambda raw: gzip_member(raw, level=0),
    "two members": lambda raw: gzip_member(raw[:30]) + gzip_member(raw[30:]),
    "bgzf": lambda raw: bgzf(raw, block=300),
    "xz": lambda raw: lzma.compress(raw, preset=0),
}
FILES = [[pack(idx_bytes(array)) for pack in PACKERS.values()] for array in ARRAYS]
ALLOWED = (ff.FmnistFastError, OSError, ValueError, TypeError)
PIECE = 1 << 12
WRONG = (None, "text", 7, -1, 2.0, [1, 2], 10**9, b"", object())


def set_up(_folder: str) -> None:
    """Let places to start from be kept in small files too."""
    _restart._SPACING, _restart._NEAR, _rows._BUFFER = 900, 64, 150


class Source(io.RawIOBase):
    """A file object that keeps to the rules until its time has come."""

    def __init__(self, c: Choices, data: bytes) -> None:
        self.file, self.c = io.BytesIO(data), c
        self.honest = not c.one_in(3)
        self.left = c.below(8)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self.honest or not self.c.one_in(4)

    def seek(self, *place: int) -> int:
        return self.file.seek(*place)

    def tell(self) -> int:
        return self.file.tell()

    def readinto(self, buffer) -> int:
        view = memoryview(buffer)
        count = self.file.readinto(view[: PIECE - self.c.below(PIECE)])
        self.left -= 1
        return count if self.honest or self.left >= 0 else self._lie(count)

    def _lie(self, count: int):
        kind = self.c.below(4)
        if kind == 0:
            raise self.c.pick((OSError, ValueError, MemoryError))("no more")
        if kind == 1:
            self.close()
        return count + 1 if kind == 2 else self.c.pick(WRONG)


class Reads:
    """The same with nothing but `read`."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def read(self, size: int = -1):
        room = bytearray(min(max(size, 1), PIECE))
        count = self.source.readinto(room)
        return bytes(room[:count]) if isinstance(count, int) and 0 <= count <= len(room) else count


def _damaged(c: Choices, data: bytes) -> tuple[bytes, bool]:
    """Data with a fault or none, and whether there is none."""
    kind, at = c.below(6), c.below(len(data) + 1)
    if kind == 0:
        return data[:at], at == len(data)
    if kind == 1:
        return data[:at] + c.pick((b"\0", b"\x1f\x8b", idx_header((2**32 - 1,) * 3))) + data[at:], False
    if kind == 2 and at < len(data):
        return data[:at] + bytes([data[at] ^ 1 << c.below(8)]) + data[at + 1 :], False
    return data, True


def _target(c: Choices, array: np.ndarray) -> np.ndarray | None:
    """Room for the result, which may not fit."""
    kind = c.below(8)
    if kind == 1:
        return np.empty_like(array)
    if kind == 2:
        return np.empty(array.shape[::-1], array.dtype)
    if kind == 3:
        return np.empty((*array.shape, 2), array.dtype)[..., 0]
    if kind == 4:
        room = np.empty_like(array)
        room.flags.writeable = False
        return room
    return None


def _whole(c: Choices, source, array: np.ndarray, sure: bool, checked: bool) -> None:
    """Read all of it at once."""
    out, normalize = _target(c, array), c.pick((None, None, (0.5, 0.25), (1, 0), "text"))
    options = {"threads": c.pick((None, 1, 2, 0, "2")), "trailing": c.pick(("error", "ignore", "no"))}
    options["max_bytes"] = c.pick((None, None, 0, array.nbytes, -1, 2**70))
    plain = out is None and normalize is None and options["threads"] in (None, 1, 2)
    plain = plain and options["trailing"] != "no" and options["max_bytes"] in (None, array.nbytes, 2**70)
    try:
        found = ff.read_idx(source, out=out, normalize=normalize, **options)
    except (*ALLOWED, MemoryError):
        assert not (sure and plain), "what is sound was refused"
        return
    assert out is None or found is out
    assert normalize or not checked or same(found, array), "another array"


def _rows_of(c: Choices, source, array: np.ndarray, sure: bool, _checked: bool) -> None:
    """Read rows here and there; damage may be found behind them."""
    try:
        with ff.open_idx(source) as reader:
            for _ in range(c.below(6)):
                row, count = c.below(len(reader) + 1), c.below(40)
                if c.below(3):
                    reader.seek(row)
                row = reader.tell()
                found = reader.read(count)
                assert not sure or same(found, array[row : row + count]), (row, count)
    except (*ALLOWED, MemoryError):
        assert not sure or isinstance(source, Reads), "what is sound was refused"


def check(data: bytes) -> None:
    """Make one file and one call."""
    c = Choices(data)
    number, packer = c.below(len(ARRAYS)), c.below(len(PACKERS))
    file, sound = _damaged(c, FILES[number][packer])
    source, honest = c.pick((bytes, bytearray, memoryview, io.BytesIO))(file), True
    if c.below(2):
        source = Source(c, file)
        honest = source.honest
        source = source if c.below(2) else Reads(source)
    act = c.pick((_whole, _rows_of))
    act(c, source, ARRAYS[number], sound and honest, honest and (sound or packer > 0))
