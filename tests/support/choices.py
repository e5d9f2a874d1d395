"""Choices made by the bytes of a fuzzer's input, so that a fuzzer can steer what is built from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Consecutive choices; where the bytes are used up, always the first."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def below(self, count: int) -> int:
        """Return a number from 0 to ``count - 1``, out of at most 2**24."""
        size = 1 if count <= 1 << 8 else 3
        piece = self._data[self._at : self._at + size]
        self._at += size
        return int.from_bytes(piece, "little") % count

    def between(self, low: int, high: int) -> int:
        """Return a number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def one_in(self, count: int) -> bool:
        """Return True for one byte in ``count``; False where there are none."""
        return self.below(count) == count - 1

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.below(len(items))]
