"""Decoded bytes of gzip and xz data."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from numpy.typing import NDArray

from . import _idx
from ._container import DRAIN_LIMIT, Stream
from ._restart import Restart, Restarts
from ._source import Source
from .errors import CorruptDataError, FmnistFastError, FormatError

MAX_RATIO = 1032  # a DEFLATE match makes at most 258 bytes and costs at least two bits
_SCRATCH = 1 << 16
_SHARED_BUFFER = 1 << 20  # input at hand where two threads decode; four times as much gains hardly anything


class CodedStream(Stream):
    """What a push-style decoder makes of the source.

    Parameters
    ----------
    decoder : callable
        Makes a `GzipDecoder`, or an object with the same calls.
    restarts : Restarts, optional
        Places in gzip data that make `seek` fast.
    """

    def __init__(
        self,
        source: Source,
        compression: str,
        trailing: str,
        decoder: Callable[[], Any],
        restarts: Restarts | None = None,
    ) -> None:
        super().__init__(source, compression, trailing)
        self._new_decoder = decoder
        self._restarts = restarts
        self._start(Restart(0, 0, decoder()))

    def _start(self, place: Restart) -> None:
        self._decoder: Any = place.decoder
        self._decoded = place.position
        self._members, self._skipped = place.members, place.skipped
        self._status = _idx.NEED_INPUT

    @property
    def bound(self) -> int | None:
        if self.compression != "gzip" or self.source.size is None:
            return None
        return MAX_RATIO * self.source.size

    @property
    def members(self) -> int:
        return self._members + int(self._decoder.member)

    def readinto(self, view: Any, start: int = 0) -> int:
        view = memoryview(view)
        end = start
        while end < len(view) and self._status not in (_idx.END, _idx.TRAILING):
            end += self._decode(view, end)
        return end - start

    def read_affine(self, out: NDArray[Any], scale: float, shift: float) -> int:
        if self.compression != "gzip":
            return super().read_affine(out, scale, shift)
        end = 0
        while end < len(out) and self._status not in (_idx.END, _idx.TRAILING):
            end += self._decode(out, end, scale, shift)
        return end

    def _decode(self, view: Any, start: int, *affine: float) -> int:
        source = self.source
        decode = self._decoder.decode_affine if affine else self._decoder.decode
        due = self._restarts.due if self._restarts else None
        if due is not None and due > self._decoded:
            view = view[: start + due - self._decoded]
        options = {"pause": True} if due is not None and due <= self._decoded else {}
        try:
            status, consumed, produced = decode(source.data, source.final, view, start, *affine, **options)
        except FmnistFastError as error:
            if not self._skipped:
                raise
            raise _moved(error, self._members, self._skipped) from None
        source.advance(consumed)
        self._decoded += produced
        if status == _idx.NEED_INPUT:
            if self._decoder.shared:
                source.widen(_SHARED_BUFFER)
            source.fill()
        elif status == _idx.PAUSED and self._restarts:
            self._restarts.keep(self._decoded, source.offset, self._decoder)
        self._status = status
        return int(produced)

    def finish(self) -> None:
        scratch = bytearray()
        drained = 0
        while self._status not in (_idx.END, _idx.TRAILING):
            drained += self._decode(scratch, 0)
            if self._status == _idx.OUTPUT_FULL:
                if self._trailing == "error":
                    message = "more decoded data follows the last item that the IDX header announces"
                    raise FormatError(message, member=self.members, offset=self.offset)
                if drained > DRAIN_LIMIT:
                    message = f"more than {DRAIN_LIMIT} bytes follow the last item"
                    raise FormatError(message, offset=self.offset)
                scratch = scratch or bytearray(_SCRATCH)
        if self._status == _idx.TRAILING and self._trailing == "error":
            found = bytes(self.source.data[:4]).hex(" ")
            message = f"{found} follows the last {self.compression} member and does not start another"
            raise CorruptDataError(message, member=self.members, offset=self.offset)

    def seek(self, position: int, total: int, lost: bool = False) -> int:
        here = -1 if lost or position < self._decoded else self._decoded
        place = self._restarts.nearest(position, total, here) if self._restarts else None
        if place is None and here < 0:
            place = Restart(0, 0, self._new_decoder())
        if place is not None:
            self.source.seek(place.offset)
            self._start(place)
        return self._decoded


def _moved(error: FmnistFastError, members: int, offset: int) -> FmnistFastError:
    """Return the error of a decoder that began later in the file with the place as seen from its start."""
    error = copy(error)
    assert error.member is not None  # decoders know both
    assert error.offset is not None
    error.member += members
    error.offset += offset
    return error
