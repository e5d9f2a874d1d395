"""Streams on which lanes run, whole and damaged, as files beside what zlib makes of them."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import numpy as np
from bitwriter import EOB, BitWriter
from builders import gzip_header, gzip_trailer
from samples import gradient, images, noise, text, zeros

SIZE = 300_000


def fabric(size: int) -> bytes:
    """Smooth rows with noise: literals and matches as in images of garments."""
    rng = np.random.default_rng(6)
    row = np.cumsum(rng.integers(-9, 10, 4096)).astype(np.uint8)
    rows = np.lib.stride_tricks.sliding_window_view(row, 784)[rng.integers(0, 3000, size // 784 + 1)]
    noisy = rows + (rng.random(rows.shape) < 0.3) * rng.integers(0, 9, rows.shape)
    return noisy.astype(np.uint8).tobytes()[:size]


def packed(data: bytes, level: int, memory: int = 8, strategy: int = 0) -> bytes:
    """One gzip member by zlib."""
    state = zlib.compressobj(level, zlib.DEFLATED, 31, memory, strategy)
    return state.compress(data) + state.flush()


def flushed(data: bytes) -> bytes:
    """Blocks of very different sizes, stored and empty ones among them."""
    rng, state, out, at = random.Random(3), zlib.compressobj(6, zlib.DEFLATED, 31), b"", 0
    while at < len(data):
        size = rng.choice([10, 500, 30_000, 100_000])
        out += state.compress(data[at : at + size]) + state.flush(
            rng.choice([zlib.Z_FULL_FLUSH, zlib.Z_SYNC_FLUSH])
        )
        at += size
    return out + state.flush()


def giant_block() -> bytes:
    """One block of 90,000 symbols and more than 64 KiB, longer than any window."""
    rng = random.Random(4)
    # Codes of 5 to 15 bits: short ones that fall into step, long ones that only subtables hold.
    litlen = {
        **dict.fromkeys(range(8), 5),
        **dict.fromkeys(range(8, 32), 6),
        **dict.fromkeys(range(32, 68), 8),
    }
    left = 2**15 - sum(2 ** (15 - bits) for bits in litlen.values())
    rest = [*range(68, 256), EOB, 257, 265, 270, 280, 284, 285]
    for number, symbol in enumerate(rest):
        need = len(rest) - number - 1
        litlen[symbol] = next(bits for bits in range(1, 16) if bits > 7 and 2 ** (15 - bits) <= left - need)
        left -= 2 ** (15 - litlen[symbol])
    while left:  # what is left of the code space goes to the last symbols
        symbol = next(s for s in reversed(rest) if 2 ** (15 - litlen[s]) <= left)
        left -= 2 ** (15 - litlen[symbol])
        litlen[symbol] -= 1
    dist = dict.fromkeys(range(28), 5) | {28: 4, 29: 4}
    tokens, produced = [], 0
    while len(tokens) < 90_000:
        if produced > 4 and rng.random() < 0.03:
            length = rng.choice([3, 11, 12, 23, 26, 115, 130, 227, 257, 258])
            tokens.append((length, rng.randint(1, min(produced, rng.choice([4, 300, 32_768])))))
            produced += length
        else:
            tokens.append(min(255, int(rng.expovariate(0.02))))
            produced += 1
    raw = BitWriter().dynamic([*tokens, EOB], litlen, dist).getvalue()
    return gzip_header() + raw + gzip_trailer(zlib.decompress(raw, -15))


def level_codes() -> bytes:
    """One block whose code words are nearly all of 8 bits: lanes seldom fall into step."""
    litlen = {**dict.fromkeys(range(254), 8), 254: 9, EOB: 9, 257: 8}
    pattern = list(np.random.default_rng(7).integers(0, 254, 70_000).tolist())
    raw = BitWriter().dynamic([*pattern, 257, "0", *pattern[:500], EOB], litlen, {0: 1}).getvalue()
    return gzip_header() + raw + gzip_trailer(zlib.decompress(raw, -15))


def reaching(depth: int, excess: int, *, behind: bool = False) -> bytes:
    """One block with a match that reaches `excess` bytes before the output, behind `depth` literals.

    `behind` puts another match in front of it that reaches exactly as far as it may.
    """
    litlen = dict.fromkeys(range(252), 8) | dict.fromkeys([*range(252, 256), 284, 285], 10)
    litlen |= dict.fromkeys(range(EOB, 261), 9)
    dist = dict.fromkeys(range(28), 5) | {28: 4, 29: 4}
    data = noise(24_000, 8)
    matches = [(6, depth), (4, depth + 6 + excess)] if behind else [(4, depth + excess)]
    raw = BitWriter().dynamic([*data[:depth], *matches, *data[depth:], EOB], litlen, dist).getvalue()
    return gzip_header() + raw + gzip_trailer(b"" if excess else zlib.decompress(raw, -15))


def short_distances() -> bytes:
    """Matches of every distance up to one behind a vector's width, each behind bytes that do not repeat."""
    rng, tokens = random.Random(11), []
    for distance in range(1, 34):
        for length in (*range(3, 36), 63, 64, 65, 97, 258):
            tokens += [*rng.randbytes(distance), (length, distance)]
    raw = BitWriter().fixed([*tokens, EOB]).getvalue()
    return gzip_header() + raw + gzip_trailer(zlib.decompress(raw, -15))


def streams() -> dict[str, bytes]:
    """Kinds of data by kinds of encoders."""
    cloth, ink = fabric(SIZE), images(SIZE // 784).tobytes()
    return {
        "fabric-1": packed(cloth, 1),
        "fabric-6": packed(cloth, 6),
        "fabric-9": packed(cloth, 9, memory=9),
        "fabric-literals": packed(cloth, 6, memory=9, strategy=zlib.Z_HUFFMAN_ONLY),
        "fabric-fixed": packed(cloth, 6, strategy=zlib.Z_FIXED),
        "fabric-small-blocks": packed(cloth, 6, memory=3),
        "ink-9": packed(ink * 2, 9),
        "text-6": packed(text(SIZE), 6),
        "gradient-6": packed(gradient(SIZE), 6),
        "zeros-9": packed(zeros(SIZE), 9),
        "noise-6": packed(noise(SIZE // 2), 6),
        "flushed": flushed(cloth[:200_000] + noise(40_000) + text(100_000)),
        "giant-block": giant_block(),
        "level-codes": level_codes(),
        "short-distances": short_distances(),
    }


def verdict(data: bytes) -> tuple[str, bytes, int]:
    """What zlib says: verdict, all bytes up to the end or the fault, and how much it has read."""
    state, out = zlib.decompressobj(31), []
    for at in range(0, len(data), 2048):
        before, piece = state.copy(), data[at : at + 2048]
        try:
            out.append(state.decompress(piece))
        except zlib.error:
            return "corrupt", *up_to_the_fault(before, piece, out, at)
        if state.eof:
            return "ok", b"".join(out), min(at + 2048, len(data)) - len(state.unused_data)
    return "truncated", b"".join(out), len(data)


def up_to_the_fault(state, piece: bytes, out: list[bytes], at: int) -> tuple[bytes, int]:
    """zlib loses what a call has made before it fails: so one byte in, one byte out."""
    for i in range(len(piece)):
        rest = piece[i : i + 1]
        while True:
            try:
                got = state.decompress(rest, 1)
            except zlib.error:
                return b"".join(out), at + i + 1
            rest = state.unconsumed_tail
            out.append(got)
            if not got:
                break
    raise AssertionError("no fault")


class Cases:
    """Files for the driver, and the lines that name them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[str] = []

    def add(self, data: bytes) -> str:
        """Write a file and what zlib makes of it; return the verdict."""
        kind, out, consumed = verdict(data)
        stem = self.folder / str(len(self.files))
        stem.with_suffix(".in").write_bytes(data)
        stem.with_suffix(".out").write_bytes(out)
        self.files.append(f"{stem}.in {stem}.out {kind} {consumed}")
        return kind
