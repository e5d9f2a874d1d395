"""The calls of ``idx2numpy`` 1.2.3.

As there: read-only arrays, multi-byte items in the file's big-endian order, `FormatError` for everything
that is wrong with the data, uncompressed output whatever the file is called. Beyond it: gzip and xz files
and `os.PathLike` are read, big-endian arrays are written, a file is replaced whole or not at all. Rank 0
and ranks above 64 are a `FormatError`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import errors
from ..codec import decode_idx, encode_idx, read_idx, write_idx
from ._files import raised_as
from ._install import Installation
from ._install import install as _install

__all__ = ("FormatError", "convert_from_file", "convert_from_string", "convert_to_file", "convert_to_string")


class FormatError(errors.FormatError):
    """The data is not an IDX file, or the array cannot be one."""


def convert_from_file(file: Any) -> NDArray[Any]:
    """Read an IDX file.

    Parameters
    ----------
    file : str, os.PathLike or binary file object

    Returns
    -------
    ndarray
        Read-only, big-endian where an item has more than one byte.

    Raises
    ------
    FormatError
        Anything wrong with the data, trailing bytes included.
    """
    with raised_as(FormatError):
        return _as_filed(read_idx(file))


def convert_from_string(idx_string: bytes) -> NDArray[Any]:
    """Decode an IDX file held in memory; result and errors are those of `convert_from_file`."""
    with raised_as(FormatError):
        return _as_filed(decode_idx(idx_string))


def convert_to_file(file: Any, ndarr: NDArray[Any]) -> None:
    """Write an array as an uncompressed IDX file.

    Parameters
    ----------
    file : str, os.PathLike or binary file object
    ndarr : ndarray
        Of one of the six IDX dtypes, not empty.

    Raises
    ------
    FormatError
        An empty array, or one that IDX cannot hold.
    """
    with raised_as(FormatError):
        write_idx(file, _not_empty(ndarr), compress=False)


def convert_to_string(ndarr: NDArray[Any]) -> bytes:
    """Return what `convert_to_file` would write."""
    with raised_as(FormatError):
        return encode_idx(_not_empty(ndarr))


def install() -> Installation:
    """Let ``import idx2numpy`` find these functions; see `fmnist_fast.adapters`."""
    names = {name: globals()[name] for name in __all__}
    return _install({"idx2numpy": names, "idx2numpy.converters": names})


def _as_filed(array: NDArray[Any]) -> NDArray[Any]:
    if array.itemsize > 1:
        filed = array.dtype.newbyteorder(">")
        array = (array if filed.isnative else array.byteswap(inplace=True)).view(filed)
    array.flags.writeable = False
    return array


def _not_empty(array: NDArray[Any]) -> NDArray[Any]:
    if np.size(array) == 0:
        raise FormatError("Cannot encode empty array.")
    return array
