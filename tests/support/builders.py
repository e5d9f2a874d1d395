"""Build gzip members, BGZF files and IDX files with any field set to any value, right or wrong.

The tests never ask the package to make its own input: what is read here was put together from RFC 1952, the
SAM specification's BGZF section and the IDX description alone.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT = 1, 2, 4, 8, 16
BGZF_EOF = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
IDX_CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
DTYPES = list(IDX_CODES)


def raw_deflate(data: bytes, level: int = 6, wbits: int = 15, memlevel: int = 8, strategy: int = 0) -> bytes:
    """`data` as a bare DEFLATE stream, by the standard library's zlib."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -wbits, memlevel, strategy)
    return packer.compress(data) + packer.flush()


def gzip_header(
    *,
    magic: bytes = b"\x1f\x8b",
    method: int = 8,
    flags: int = 0,
    mtime: int = 0,
    xfl: int = 0,
    system: int = 255,
    extra: bytes | None = None,
    extra_length: int | None = None,
    name: bytes | None = None,
    comment: bytes | None = None,
    header_crc: bool | int = False,
) -> bytes:
    """A member header. `flags` add to what the fields need; `header_crc` may be a wrong value."""
    flags |= FEXTRA * (extra is not None) | FNAME * (name is not None) | FCOMMENT * (comment is not None)
    flags |= FHCRC * (header_crc is not False)
    head = magic + struct.pack("<BBIBB", method, flags, mtime, xfl, system)
    if extra is not None:
        head += struct.pack("<H", len(extra) if extra_length is None else extra_length) + extra
    for field in (name, comment):
        if field is not None:
            head += field + b"\0"
    if header_crc is not False:
        head += struct.pack("<H", zlib.crc32(head) & 0xFFFF if header_crc is True else header_crc)
    return head


def gzip_trailer(data: bytes, *, crc: int | None = None, isize: int | None = None) -> bytes:
    """CRC-32 and size of `data`, or the given wrong values."""
    return struct.pack(
        "<II", zlib.crc32(data) if crc is None else crc, (len(data) if isize is None else isize) & 0xFFFFFFFF
    )


def gzip_member(
    data: bytes,
    *,
    raw: bytes | None = None,
    level: int = 6,
    crc: int | None = None,
    isize: int | None = None,
    **header,
) -> bytes:
    """One gzip member holding `data`; `raw` replaces its DEFLATE stream, `header` goes to `gzip_header`."""
    body = raw_deflate(data, level) if raw is None else raw
    return gzip_header(**header) + body + gzip_trailer(data, crc=crc, isize=isize)


def bgzf(data: bytes, *, block: int = 65280, level: int = 6, eof: bool = True) -> bytes:
    """`data` in BGZF: members of at most `block` bytes that carry their own compressed size."""
    out = []
    for at in range(0, len(data), block):
        piece = data[at : at + block]
        body = raw_deflate(piece, level)
        size = len(body) + 26
        out.append(gzip_header(extra=b"BC\2\0" + struct.pack("<H", size - 1)) + body + gzip_trailer(piece))
    return b"".join(out) + (BGZF_EOF if eof else b"")


def idx_header(dims, *, code: int = 0x08, rank: int | None = None, magic: bytes = b"\0\0") -> bytes:
    """An IDX header; `rank` may disagree with the number of `dims`."""
    return magic + bytes([code, len(dims) if rank is None else rank]) + struct.pack(f">{len(dims)}I", *dims)


def idx_bytes(array: np.ndarray) -> bytes:
    """`array` as a raw IDX file."""
    code = IDX_CODES[f"{array.dtype.kind}{array.dtype.itemsize}"]
    return idx_header(array.shape, code=code) + array.astype(array.dtype.newbyteorder(">")).tobytes()


def idx_gz(array: np.ndarray, **member) -> bytes:
    """`array` as an IDX file in one gzip member."""
    return gzip_member(idx_bytes(array), **member)
