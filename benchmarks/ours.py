"""Our side of a comparison, and the proof that it reads what is in the file."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from paired import Call
from streams import Stream

from fmnist_fast import read_idx


def same(stream: Stream, ours: Any, *others: Any) -> None:
    """Stop unless every array is the content of the stream."""
    if ours.shape != stream.shape or hashlib.sha256(ours).hexdigest() != stream.content_sha256:
        raise SystemExit(f"{stream.name} is read wrongly; nothing is measured")
    for other in others:
        if not np.array_equal(ours, other):
            raise SystemExit(f"{stream.name}: a peer reads something else; nothing is measured")


def close(stream: Stream, ours: Any, other: Any) -> None:
    """Stop unless normalized values agree within the rounding of NumPy's three steps in float32."""
    if ours.dtype != other.dtype or ours.shape != stream.shape or not np.allclose(ours, other, 0, 2e-6):
        raise SystemExit(f"{stream.name} is normalized wrongly; nothing is measured")


def fresh(stream: Stream, threads: int = 1) -> Call:
    """Return a call that reads into a new array."""
    return lambda: read_idx(stream.path, threads=threads)


def reused(stream: Stream, threads: int = 1) -> Call:
    """Return a call that reads into the same array each time."""
    out = np.full(stream.shape, 0xA5, np.uint8)
    return lambda: read_idx(stream.path, out=out, threads=threads)
