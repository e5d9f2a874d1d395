"""A codec for numcodecs 0.16, and so for Zarr: chunks that are IDX files, compressed or not.

numcodecs finds it by its entry point: ``numcodecs.get_codec({"id": "idx", "compress": "gzip"})``. A chunk is
read by anything that reads IDX, and keeps its shape and dtype. Its byte order has to be the machine's: IDX
does not say which one the items had, and Zarr takes what comes back for items in the order of its array.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from .._extras import optional
from ..codec import decode_idx, encode_idx
from ..errors import FormatError

_abc = optional("numcodecs.abc", "numcodecs", "numcodecs", "fmnist_fast.adapters.numcodecs")
_compat = optional("numcodecs.compat", "numcodecs", "numcodecs", "fmnist_fast.adapters.numcodecs")

__all__ = ("Idx",)


class Idx(_abc.Codec):  # type: ignore
    """Encode chunks as IDX files.

    Parameters
    ----------
    compress : {"gzip", "bgzf", False}
        As in `fmnist_fast.write_idx`.
    level : int, default 6
        0 to 9.
    """

    codec_id: ClassVar[str] = "idx"

    def __init__(self, compress: Literal["gzip", "bgzf", False] = "gzip", level: int = 6) -> None:
        self.compress, self.level = compress, level

    def encode(self, buf: Any) -> bytes:
        """Return a chunk as IDX file.

        Parameters
        ----------
        buf : array or bytes-like
            Of one of the six IDX dtypes, C-contiguous or made so.

        Raises
        ------
        FormatError
            Another dtype, or byte order than the machine's.
        """
        chunk = _compat.ensure_ndarray(buf)
        if not chunk.dtype.isnative:
            native = chunk.dtype.newbyteorder("=").str
            raise FormatError(f"expected items in the byte order {native!r}, found {chunk.dtype.str!r}")
        return encode_idx(chunk, compress=self.compress, level=self.level)

    def decode(self, buf: Any, out: Any = None) -> NDArray[Any]:
        """Return the chunk of an IDX file, in native byte order.

        Parameters
        ----------
        buf : bytes-like
        out : buffer, optional
            Receives the chunk's bytes.

        Raises
        ------
        FormatError, CorruptDataError, TruncatedError
            See `fmnist_fast.decode_idx`.
        """
        chunk = decode_idx(_compat.ensure_contiguous_ndarray(buf).view(np.uint8).data)
        if out is None:
            return chunk
        target: NDArray[Any] = _compat.ndarray_copy(chunk, out)
        return target
