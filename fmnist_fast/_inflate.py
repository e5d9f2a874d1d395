"""`zlib.decompressobj` for raw DEFLATE data, with exact counts of what it consumed."""

from __future__ import annotations

import zlib
from copy import copy
from typing import Any, Self


class InflateError(Exception):
    """Bad DEFLATE data: zlib's own words, and the bytes of the piece up to where it objects."""

    def __init__(self, words: str, consumed: int) -> None:
        super().__init__(words)
        self.words = words
        self.consumed = consumed


class Inflater:
    """Decode one DEFLATE stream in pieces.

    Attributes
    ----------
    ended : bool
        Whether the stream has ended; it then consumes nothing more.
    """

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(-15)
        self.ended = False

    def copy(self) -> Self:
        """Return an independent inflater in the same state."""
        twin = copy(self)
        if not self.ended:  # zlib has let go of its state by then
            twin._zlib = self._zlib.copy()
        return twin

    def decode(self, piece: memoryview, limit: int) -> tuple[bytes, int]:
        """Return at most ``limit`` (not 0) decoded bytes, and how much of the piece they took.

        Raises
        ------
        InflateError
        MemoryError
        """
        before = self._zlib.copy() if len(piece) > 8 else None
        try:
            chunk = self._zlib.decompress(piece, limit)
        except zlib.error as error:
            _refuse_no_memory(error)
            words = str(error).rpartition(": ")[2]
            consumed = _failing_byte(before, piece, limit)
            del piece  # the error keeps this frame alive, but is not to keep the caller's buffer
            raise InflateError(words, consumed) from None
        self.ended = self._zlib.eof
        unused = self._zlib.unused_data if self.ended else self._zlib.unconsumed_tail
        return chunk, len(piece) - len(unused)


def _failing_byte(inflater: Any, piece: memoryview, limit: int) -> int:
    """Return how many bytes of a bad piece zlib takes until it objects, by bisection."""
    low, high = 0, len(piece)
    while inflater is not None and high - low > 1:
        middle = (low + high) // 2
        trial = inflater.copy()
        try:
            limit = max(limit - len(trial.decompress(piece[low:middle], limit)), 1)
        except zlib.error as error:
            _refuse_no_memory(error)
            high = middle
        else:
            low, inflater = middle, trial
    return high


def _refuse_no_memory(error: zlib.error) -> None:
    """Raise MemoryError where zlib found none for its window, which the module reports like bad data."""
    if str(error).startswith("Error -4 "):  # Z_MEM_ERROR
        raise MemoryError("zlib has no memory for its window") from None
