"""Everything that zlib can write: every level, strategy, window and memory level over data of every kind.

The grid finds what hand-made streams do not: block boundaries in odd places, stored blocks from
incompressible data, windows smaller than 32 KiB, blocks of a few symbols from a small memory level.
"""

from __future__ import annotations

import zlib

import pytest
from builders import bgzf, gzip_member, raw_deflate
from drive import drive
from samples import KINDS, images

SIZES = [0, 1, 2, 3, 100, 1000, 33_000, 70_000]
STRATEGIES = [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED]


def check(backend, data: bytes, raw: bytes, **drive_options) -> None:
    verdict = drive(backend, gzip_member(data, raw=raw), **drive_options)
    assert verdict.kind == "ok"
    assert verdict.data == data


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_sizes_levels_strategies(backend, kind, strategy):
    for size in SIZES:
        data = KINDS[kind](size)
        for level in range(10):
            if size > 40_000 and level not in (0, 1, 6, 9):
                continue
            check(backend, data, raw_deflate(data, level, strategy=strategy))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wbits", range(9, 16))
def test_windows_and_memory_levels(backend, kind, wbits):
    data = KINDS[kind](12_000)
    for memlevel in range(1, 10):
        check(backend, data, raw_deflate(data, 6, wbits=wbits, memlevel=memlevel))


@pytest.mark.parametrize("flush", [zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_PARTIAL_FLUSH, zlib.Z_BLOCK])
def test_flushed_streams(backend, flush):
    """Flushes leave empty stored and fixed blocks between the others."""
    data = images(12).tobytes()
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    raw = b""
    for at in range(0, len(data), 500):
        raw += packer.compress(data[at : at + 500]) + packer.flush(flush)
    check(backend, data, raw + packer.flush())


def test_level_changes_inside_one_file(backend):
    """Members of every level after each other."""
    parts = [KINDS[kind](3000) for kind in KINDS]
    whole = b"".join(gzip_member(p, level=level) for level in range(10) for p in parts)
    assert drive(backend, whole).data == b"".join(parts) * 10


@pytest.mark.parametrize("block", [1, 100, 65280])
def test_bgzf(backend, block):
    data = images(40)[: 40 if block > 1 else 1].tobytes()
    verdict = drive(backend, bgzf(data, block=block))
    assert verdict.kind == "ok"
    assert verdict.data == data
    assert verdict.member == -(-len(data) // block) + 1


@pytest.mark.parametrize("size", [2**16 - 1, 2**16, 2**16 + 1, 2**20 + 3])
@pytest.mark.parametrize("kind", KINDS)
def test_larger_than_every_internal_buffer(backend, kind, size):
    data = KINDS[kind](size)
    check(backend, data, raw_deflate(data, 6), room=50_000)
