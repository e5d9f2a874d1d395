"""The proof that a reader delivers what is in the file."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from fmnist_fast.benchmark.streams import Stream


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
