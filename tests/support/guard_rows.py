"""Gather and move rows between guard pages; run as a script by `test_guard_pages.py`, for it may crash.

Usage: guard_rows.py numpy|native [touch]. With `touch` it reads one byte too far on purpose.
"""

from __future__ import annotations

import ctypes
import itertools
import sys

import numpy as np
from backends import load_backend
from guard_pages import ROOM, guarded

SIZES = ((1, 1), (3, 5), (2, 8), (4, 9), (3, 15), (2, 16), (5, 17), (28, 28), (2, 100))


def gather_up_to_both_ends(backend, source: memoryview, target: memoryview) -> int:
    """Rows that begin and that end at a guard page, into room that does; return how often."""
    runs = 0
    for (height, width), item in itertools.product(SIZES, (1, 2, 4, 8)):
        row, reach = height * width * item, max(height, width)
        steps = sorted({-reach, 1 - width, -1, 0, 1, 7 % width, width - 1, reach})
        moves = np.array([*itertools.product(steps, steps, (0, 1))], np.int16)
        indices = np.arange(len(moves), dtype=np.int64) % 2
        for at_end in (False, True):
            begin = len(source) - 2 * row if at_end else 0
            rows = np.frombuffer(source, np.uint8, 2 * row, begin).reshape(2, row)
            rows[...] = 1 + np.arange(row) % 255
            for low in range(0, len(moves), 3):
                part = slice(low, low + 3)
                for kind in ("u1", "f2", "f4", "f8") if item == 1 else ("u1",):
                    size = len(indices[part]) * row * np.dtype(kind).itemsize
                    if size > len(target):
                        continue
                    out = np.frombuffer(target, kind, len(indices[part]) * row, (len(target) - size) * at_end)
                    image = (height, width, item)
                    if kind == "u1":
                        backend.gather_rows(rows, indices[part], out, moves[part], image)
                        backend.gather_rows(rows, indices[part], out)
                    else:
                        backend.gather_affine(rows, indices[part], out, 0.5, 1.0, moves[part], image)
                        backend.gather_affine(rows, indices[part], out, 0.5, 1.0)
                    runs += 2
    return runs


def main(name: str, touch: str = "") -> None:
    """Gather in all sizes and print how many times."""
    (source, address), (target, _) = guarded(), guarded()
    if touch:
        ctypes.string_at(address + ROOM, 1)
    print(gather_up_to_both_ends(load_backend(name), source, target))


if __name__ == "__main__":
    main(*sys.argv[1:])
