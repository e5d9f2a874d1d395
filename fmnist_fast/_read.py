"""IDX files to arrays: what `fmnist_fast.read_idx` does once its arguments are checked."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ._conversion import conversion
from ._parallel import read_bgzf
from ._payload import Payload, read_header, read_items
from ._small import read_small
from ._stream import check_trailing, open_stream
from .errors import OutputError, naming
from .normalize import check_out


class Wanted(NamedTuple):
    """How a file is to be read; the parameters of `fmnist_fast.read_idx`."""

    out: NDArray[Any] | None = None
    dtype: DTypeLike | None = None
    normalize: tuple[float, float] | None = None
    threads: int | None = None
    trailing: str = "error"
    max_bytes: int | None = None

    @property
    def as_stored(self) -> bool:
        """Whether the items are wanted in the file's dtype, in an array of their own."""
        return self.out is None and self.dtype is None and self.normalize is None

    def stored(self) -> Wanted:
        """Return the same without any conversion."""
        return self._replace(out=None, dtype=None, normalize=None)


def read(source: Any, wanted: Wanted) -> NDArray[Any]:
    """Read one IDX file; see `fmnist_fast.read_idx`."""
    check_trailing(wanted.trailing)
    if wanted.dtype is None and wanted.normalize is None:
        small = read_small(source, wanted.max_bytes, wanted.out, wanted.threads)
        if small is not None:
            return small
    out = wanted.out
    with open_stream(source, trailing=wanted.trailing, threads=wanted.threads) as stream, naming(stream.name):
        header = read_header(stream, wanted.max_bytes)
        kernel, result = conversion(header.dtype, wanted.dtype, wanted.normalize)
        if out is not None:
            check_out(out, header.shape, result)
            _check_overlap(out, source)
        items = read_bgzf(
            stream.source, header, result=result, kernel=kernel, out=out, threads=wanted.threads
        )
        if items is None:
            payload = Payload(stream, header)
            items = read_items(
                payload.fill,
                header.size,
                header.dtype,
                result=result,
                kernel=kernel,
                out=out,
                backed=stream.bound is not None,
                fill_affine=payload.fill_affine,
            )
            stream.finish()
    return items.reshape(header.shape) if out is None else out


def _check_overlap(out: NDArray[Any], source: Any) -> None:
    try:
        data = np.frombuffer(source, np.uint8)
    except (TypeError, ValueError, AttributeError, BufferError):  # a path, a file object, or no bytes at all
        return
    if np.may_share_memory(out, data):
        raise OutputError("out overlaps the source in memory")
