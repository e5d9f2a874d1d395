"""Places inside gzip data from which decoding can start: members of BGZF, kept states of the decoder."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, NamedTuple

from ._backend import GzipDecoder
from ._bgzf import MemberIndex, NotBgzfError, is_bgzf
from ._source import Source

_MOST = 6  # each holds a DEFLATE window and tables, about 40 KB
_SPACING = 1 << 20
_NEAR = 1 << 16  # decoded bytes to a place that is not worth looking for a nearer one


class Restart(NamedTuple):
    """A place to start from, and a decoder for it.

    ``position`` counts decoded bytes, ``offset`` compressed ones; the decoder knows nothing of the
    ``members`` and of ``skipped`` compressed bytes before it.
    """

    position: int
    offset: int
    decoder: Any
    members: int = 0
    skipped: int = 0


class Restarts:
    """The places of one source.

    BGZF members are indexed when the first one is needed. While other files are read, a few states of the
    decoder are kept; the distance between them doubles as a file turns out to be long.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._is_bgzf = is_bgzf(source)
        self._index: MemberIndex | None = None
        self._kept: list[Restart] = []
        self._spacing = _SPACING

    @property
    def due(self) -> int | None:
        """Where the next state is to be kept, in decoded bytes; None if no more are."""
        if self._is_bgzf or not self._source.seekable:
            return None
        return self._spacing + (self._kept[-1].position if self._kept else 0)

    def keep(self, position: int, offset: int, decoder: GzipDecoder) -> None:
        """Keep a copy of the decoder's state, as the last one."""
        self._kept.append(Restart(position, offset, decoder.copy()))
        if len(self._kept) == _MOST:
            self._kept = self._kept[1::2]
            self._spacing *= 2

    def nearest(self, position: int, total: int, here: int) -> Restart | None:
        """Return the last place up to ``position``; None if ``here`` (-1: nowhere) is a better start."""
        if here >= 0 and position - here < _NEAR:
            return None
        best = self._member(position, total) or self._state(position)
        return best if best is not None and best.position > here else None

    def _member(self, position: int, total: int) -> Restart | None:
        if not self._is_bgzf:
            return None
        try:
            self._index = self._index or MemberIndex(self._source, total)
        except (NotBgzfError, OSError):
            self._is_bgzf = False
            return None
        found = self._index.locate(position)
        if found is None:
            return None
        number, member = found
        return Restart(member.start, member.offset, GzipDecoder(), number, member.offset)

    def _state(self, position: int) -> Restart | None:
        index = bisect_right(self._kept, position, key=lambda kept: kept.position)
        if not index:
            return None
        kept = self._kept[index - 1]
        return kept._replace(decoder=kept.decoder.copy())
