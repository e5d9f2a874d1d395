"""Decode everything there is to decode with little stack; run as a script by `test_footprint.py`.

Usage: small_stack.py BYTES. Prints the number of files, and the bytes of stack used at the most.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from backends import backend_names, load_backend
from builders import bgzf, gzip_member, idx_bytes
from drive import drive, oracle, wrap_raw
from samples import images, same
from vectors import GZIP, RAW

import fmnist_fast as ff

IMAGES = images(400)


def stack_used() -> int:
    """What the main thread has ever touched."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmStk:")[2].split()[0])


def vectors() -> list[bytes]:
    """Streams and containers at the edges of the formats."""
    return [wrap_raw(vector.raw) for vector in RAW] + [data for _, data, _ in GZIP]


def main(limit: str) -> None:
    """Set the limit and start over, for it counts from the start of a program; then decode."""
    if resource.getrlimit(resource.RLIMIT_STACK)[0] != int(limit):
        resource.setrlimit(resource.RLIMIT_STACK, (int(limit), resource.RLIM_INFINITY))
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    for name in backend_names():
        for data in vectors():
            assert drive(load_backend(name), data).key == oracle(data).key
    raw = idx_bytes(IMAGES)
    for data in (raw, gzip_member(raw), bgzf(raw, block=20_000)):
        assert same(ff.decode_idx(data, threads=1), IMAGES)
        assert ff.decode_idx(data, normalize=(0.5, 0.25), threads=1).dtype == "f4"
        with ff.open_idx(data) as reader:
            for row in (300, 5, 399, 0):
                reader.seek(row)
                assert same(reader.read(40), IMAGES[row : row + 40])
    print(len(vectors()), stack_used())


if __name__ == "__main__":
    main(*sys.argv[1:])
