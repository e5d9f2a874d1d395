"""Caches and sources that somebody changed: what is read is what the source holds, or the source's own error.

Never made are caches with a note that fits them: whoever can write both can write the source.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
from builders import gzip_member, idx_bytes, idx_header
from choices import Choices
from samples import same

import fmnist_fast as ff
from fmnist_fast import _cache

ARRAYS = [np.arange(600, dtype="u1").reshape(-1, 20), np.arange(600, dtype="i2").reshape(-1, 20)[::-1].copy()]
VALUES = (None, True, -1, 0, 1.5, 2**70, "", "text", [], {}, [0], {"size": 0})
CLAIMS = ((2**32 - 1,) * 3, (30, 21), (29, 20), (), (600,), (0,))

_folder = Path()


def set_up(folder: str) -> None:
    """Write one file, its cache and its note, of which every input gets a copy."""
    global _folder
    _folder = Path(folder)
    _cache._TICK = 0  # nothing changes here within the tick of a clock
    os.fsync = lambda _: None  # nor does the power fail
    os.environ["XDG_CACHE_HOME"] = os.environ["LOCALAPPDATA"] = str(_folder / "home")
    good = _folder / "good"
    good.mkdir()
    for number, array in enumerate(ARRAYS):
        source = good / f"{number}.gz"
        source.write_bytes(gzip_member(idx_bytes(array)))
        ff.read_idx(source, cache=True)


def _mutated(c: Choices, data: bytes) -> bytes:
    """Bytes with one fault."""
    at = c.below(len(data) + 1)
    kind = c.below(6)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data + bytes(c.between(1, 9))
    if kind == 2:
        return data[:at] + data[at + c.between(1, 30) :]
    if kind == 3:
        return bytes(len(data))
    if kind == 4:
        return (idx_header(c.pick(CLAIMS)) + data[12:])[: len(data)]
    at = min(at, len(data) - 1)
    return data[:at] + bytes([data[at] ^ 1 << c.below(8)]) + data[at + 1 :]


def _mutated_note(c: Choices, text: bytes) -> bytes:
    """A note with another value somewhere, or another text."""
    if c.one_in(3):
        return _mutated(c, text)
    note = json.loads(text)
    part = c.pick((note, note["source"], note["cache"]))
    key = c.pick(sorted(part))
    if c.one_in(4):
        del part[key]
    else:
        part[key] = c.pick(VALUES)
    return json.dumps(note).encode()


def _change(c: Choices, folder: Path) -> None:
    """Change none, some or all of the three files, and hide it from who looks at size and time only."""
    status = (folder / "0.gz").stat()
    for name, mutated in ((".gz", _mutated), (".gz.cache.idx", _mutated), (".gz.cache.json", _mutated_note)):
        file, other = folder / f"0{name}", folder / f"1{name}"
        kind = c.below(3)
        if kind:
            file.write_bytes(mutated(c, file.read_bytes()) if kind == 1 else other.read_bytes())
    if c.below(2):
        os.utime(folder / "0.gz", ns=(status.st_atime_ns, status.st_mtime_ns))


def _attempt(call):
    """What a call returns, or the class of our error."""
    try:
        return call()
    except ff.FmnistFastError as error:
        return type(error)


def check(data: bytes) -> None:
    """Change a copy of file, cache and note, and read it, twice."""
    c = Choices(data)
    folder = shutil.copytree(_folder / "good", _folder / "copy")
    try:
        _change(c, folder)
        source, trailing = folder / "0.gz", c.pick(("error", "ignore"))
        expected = _attempt(lambda: ff.read_idx(source, trailing=trailing))
        for _ in range(2):
            found = _attempt(lambda: ff.read_idx(source, cache=True, trailing=trailing))
            assert found is expected or same(found, expected), (found, expected)
    finally:
        shutil.rmtree(folder)
