"""The IDX format and the words both backends use for bad data.

An IDX file starts with two zero bytes, a type code and the number of dimensions, then one big-endian
uint32 per dimension, then the items in C order, big-endian.
"""

from __future__ import annotations

import math
import struct
import sys
from typing import Any, NamedTuple

import numpy as np

from .errors import FormatError, TruncatedError

DTYPES: dict[int, np.dtype[Any]] = {
    0x08: np.dtype(np.uint8),
    0x09: np.dtype(np.int8),
    0x0B: np.dtype(np.int16),
    0x0C: np.dtype(np.int32),
    0x0D: np.dtype(np.float32),
    0x0E: np.dtype(np.float64),
}
CODES = {dtype: code for code, dtype in DTYPES.items()}
MAX_RANK = 64  # what NumPy 2 can hold
MAX_NBYTES = sys.maxsize

# Status of one GzipDecoder.decode call.
NEED_INPUT = 0
OUTPUT_FULL = 1
END = 2
TRAILING = 3
PAUSED = 4

# Messages of the gzip layer; where zlib has words for a case they are used, as for bad DEFLATE data.
NOT_GZIP = "incorrect header check: a gzip member starts with 1f 8b"
BAD_METHOD = "unknown compression method"
BAD_FLAGS = "unknown header flags set"
BAD_HEADER_CRC = "header crc mismatch"
CUT_START = "the data ends before a gzip member is complete"
CUT_HEADER = "the data ends inside a gzip header"
CUT_BODY = "the data ends inside a DEFLATE stream"
CUT_TRAILER = "the data ends inside a gzip trailer"


def crc_message(found: int, expected: int) -> str:
    """Return the message for decoded data whose CRC-32 is not the one in the trailer."""
    return f"incorrect data check: the CRC-32 is {found:#010x}, the trailer says {expected:#010x}"


def isize_message(found: int, expected: int) -> str:
    """Return the message for a decoded length (modulo 2**32) that is not the one in the trailer."""
    return f"incorrect length check: the length is {found}, the trailer says {expected}"


class Header(NamedTuple):
    """What the first bytes of an IDX file say: item type (native byte order) and shape."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    @property
    def itemsize(self) -> int:
        """Bytes of one item."""
        return int(self.dtype.itemsize)

    @property
    def size(self) -> int:
        """Number of items."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of the payload."""
        return self.size * self.itemsize

    @property
    def header_size(self) -> int:
        """Bytes of the header itself."""
        return 4 + 4 * len(self.shape)


def check_dims(dtype: np.dtype[Any], shape: tuple[int, ...]) -> Header:
    """Return the `Header` for a type and dimensions that fit in memory addresses.

    Zero-length dimensions are left out of the product: one of them must not excuse the others from
    the limit, because NumPy refuses such a shape too.

    Raises
    ------
    FormatError
        The items would take more than ``sys.maxsize`` bytes.
    """
    if math.prod(dim for dim in shape if dim) * dtype.itemsize > MAX_NBYTES:
        raise FormatError(f"the IDX header claims {dtype.name} items of shape {shape}: too many to address")
    return Header(dtype, shape)


def read_magic(magic: bytes) -> tuple[np.dtype[Any], int]:
    """Return item type and rank from the first four bytes.

    Raises
    ------
    FormatError
        The bytes do not start an IDX file, or the type code or rank is not supported.
    """
    if magic[:2] != b"\0\0":
        if magic[:2] == b"\x1f\x8b" or magic == b"\xfd7zX":
            inner = "gzip" if magic[0] == 0x1F else "xz"
            raise FormatError(f"the decoded data is compressed again ({inner} inside gzip or xz), not IDX")
        raise FormatError(f"not IDX: the data starts with {magic.hex(' ')}, two zero bytes are expected")
    code, rank = magic[2], magic[3]
    if code not in DTYPES:
        legal = ", ".join(f"{known:02x} {dtype.name}" for known, dtype in DTYPES.items())
        raise FormatError(f"unknown IDX type code {code:02x} in {magic.hex(' ')}; the codes are {legal}")
    if rank == 0:
        raise FormatError("the IDX header has rank 0: a single value without dimensions is not supported")
    if rank > MAX_RANK:
        raise FormatError(f"the IDX header has rank {rank}; at most {MAX_RANK} dimensions are supported")
    return DTYPES[code], rank


def header_size(buffer: Any) -> int:
    """Return the length of the whole header in bytes, from at least its first four.

    Raises
    ------
    TruncatedError
        Fewer than four bytes.
    FormatError
        See `read_magic`.
    """
    magic = bytes(memoryview(buffer)[:4])
    if len(magic) < 4:
        raise TruncatedError(f"the IDX header needs at least 4 bytes, the data has {len(magic)}")
    return 4 + 4 * read_magic(magic)[1]


def parse_header(buffer: Any) -> Header:
    """Return the `Header` at the start of a buffer.

    Raises
    ------
    TruncatedError
        The buffer is shorter than the header.
    FormatError
        See `read_magic` and `check_dims`.
    """
    view = memoryview(buffer)
    needed = header_size(view)
    if len(view) < needed:
        raise TruncatedError(f"the IDX header needs {needed} bytes, the data has {len(view)}")
    dtype, rank = read_magic(bytes(view[:4]))
    return check_dims(dtype, struct.unpack_from(f">{rank}I", view, 4))


def idx_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the native-order form of one of the six IDX dtypes.

    Raises
    ------
    FormatError
        The dtype is none of the six.
    """
    native = dtype if dtype.isnative else dtype.newbyteorder("=")
    if native not in CODES:
        names = ", ".join(known.name for known in DTYPES.values())
        raise FormatError(f"IDX cannot hold {dtype}; its dtypes are {names}")
    return native


def build_header(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Return the header bytes for an array of this dtype (any byte order) and shape.

    Raises
    ------
    FormatError
        A dtype, rank or dimension that IDX cannot hold.
    """
    code = CODES[idx_dtype(dtype)]
    if not 1 <= len(shape) <= MAX_RANK:
        raise FormatError(f"IDX arrays have 1 to {MAX_RANK} dimensions, this one has {len(shape)}")
    if max(shape) > 0xFFFFFFFF:
        raise FormatError(f"an IDX dimension is at most 2**32 - 1, the shape is {shape}")
    return struct.pack(f">4B{len(shape)}I", 0, 0, code, len(shape), *shape)
