"""Gzip from pieces that can be compressed side by side."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from ._threads import ordered_map

_BGZF_DATA = 0xFF00  # even stored, this and the framing stay below 64 KiB
BLOCK = 16 * _BGZF_DATA  # uncompressed bytes of one part of the work; each ends with a short DEFLATE block
BGZF_BLOCK = 4 * _BGZF_DATA  # the same where members end anyway: threads finish at about the same time
_WINDOW = 1 << 15
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def gzip_pieces(blocks: Iterable[bytes], level: int, threads: int) -> Iterator[bytes]:
    """Compress blocks to one gzip member without name or time.

    Each block is compressed on its own, with the end of the block before as its dictionary, up to a
    byte boundary; the results are one DEFLATE stream. So the bytes do not depend on ``threads``.
    """
    xfl = {1: 4, 9: 2}.get(level, 0)
    yield struct.pack("<4BI2B", 0x1F, 0x8B, 8, 0, 0, xfl, 255)
    crc = size = 0

    def parts() -> Iterator[tuple[bytes, bytes]]:
        nonlocal crc, size
        before = b""
        for block in blocks:
            crc, size = zlib.crc32(block, crc), size + len(block)
            yield before, block
            before = block[-_WINDOW:]

    def deflate(part: tuple[bytes, bytes]) -> bytes:
        before, block = part
        if before:
            compressor = zlib.compressobj(level, zlib.DEFLATED, -15, zdict=before)
        else:
            compressor = zlib.compressobj(level, zlib.DEFLATED, -15)
        return compressor.compress(block) + compressor.flush(zlib.Z_SYNC_FLUSH)

    yield from ordered_map(deflate, parts(), threads)
    yield b"\x03\x00" + struct.pack("<2I", crc, size & 0xFFFFFFFF)  # an empty last block, and the trailer


def bgzf_pieces(blocks: Iterable[bytes], level: int, threads: int) -> Iterator[bytes]:
    """Compress blocks to BGZF: small members with their length in a ``BC`` extra field, and an end mark.

    The layout is that of section 4.1 of the SAM/BAM format specification.
    """

    def members(block: bytes) -> bytes:
        return b"".join(_bgzf_member(data, level) for data in _cut(block, _BGZF_DATA))

    parts = chain.from_iterable(_cut(block, BGZF_BLOCK) for block in blocks)
    yield from chain(ordered_map(members, parts, threads), [_BGZF_END])


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def _bgzf_member(data: bytes, level: int) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -15)
    body = compressor.compress(data) + compressor.flush()
    header = struct.pack("<4BI2B", 0x1F, 0x8B, 8, 4, 0, 0, 255)
    extra = struct.pack("<H2sHH", 6, b"BC", 2, len(header) + 8 + len(body) + 8 - 1)
    return header + extra + body + struct.pack("<2I", zlib.crc32(data), len(data))
