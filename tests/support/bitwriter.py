"""Write DEFLATE streams by hand, bit by bit, good ones and bad ones.

A compressor only ever writes valid streams, and only those that its own heuristics like. What a decoder must
*refuse* has to be spelled out by hand, so this writer checks nothing: code sets may be over-subscribed, runs
may overrun, symbols may be reserved. It follows RFC 1951: fields least significant bit first, Huffman codes
most significant bit first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

EOB = 256
PRECODE_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
# 13 codes of 4 bits and 6 of 5 bits: a complete set that can spell every precode symbol.
ANY_PRECODE = {symbol: 4 if symbol < 13 else 5 for symbol in range(19)}
FIXED_LITLEN = {s: 8 if s < 144 else 9 if s < 256 else 7 if s < 280 else 8 for s in range(288)}
FIXED_DIST = dict.fromkeys(range(32), 5)

Token = int | tuple[int, int] | str
Codes = Mapping[int, tuple[int, int]]


def _bases(first: int, repeat: int, count: int) -> list[tuple[int, int]]:
    """(base, extra bits) of consecutive symbols whose extra bits grow by one every `repeat` symbols."""
    rows, base = [], first
    for index in range(count):
        extra = max(0, index // repeat - 1)
        rows.append((base, extra))
        base += 1 << extra
    return rows


LENGTHS = [*_bases(3, 4, 28), (258, 0)]
DISTANCES = _bases(1, 2, 30)


def length_symbol(length: int) -> tuple[int, int, int]:
    """Symbol, value of the extra bits and their number for a match length of 3 to 258."""
    if length == 258:
        return 285, 0, 0
    index = max(i for i, (base, _) in enumerate(LENGTHS[:28]) if base <= length)
    base, extra = LENGTHS[index]
    return 257 + index, length - base, extra


def distance_symbol(distance: int) -> tuple[int, int, int]:
    """Symbol, value of the extra bits and their number for a distance of 1 to 32768."""
    assert 1 <= distance <= 32768
    symbol = max(i for i, (base, _) in enumerate(DISTANCES) if base <= distance)
    base, extra = DISTANCES[symbol]
    return symbol, distance - base, extra


def canonical_codes(lengths: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Canonical Huffman codes {symbol: (code, length)}; codes of over-subscribed sets wrap around."""
    codes, code, previous = {}, 0, 0
    for length, symbol in sorted((length, symbol) for symbol, length in lengths.items() if length):
        code <<= length - previous
        codes[symbol] = (code & ((1 << length) - 1), length)
        code += 1
        previous = length
    return codes


def run_symbols(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Code lengths as (precode symbol, extra value), greedily using the three repeat symbols."""
    out: list[tuple[int, int]] = []
    at = 0
    while at < len(lengths):
        value = lengths[at]
        run = 1
        while at + run < len(lengths) and lengths[at + run] == value:
            run += 1
        at += run
        if value:
            out.append((value, 0))
            run -= 1
        while run >= 3:
            take = min(run, 6 if value else 138)
            out.append((16, take - 3) if value else (17, take - 3) if take < 11 else (18, take - 11))
            run -= take
        out.extend([(value, 0)] * run)
    return out


class BitWriter:
    """A growing DEFLATE stream; every method returns the writer, so that calls can be chained."""

    def __init__(self) -> None:
        self._value = 0
        self._count = 0
        self._done = bytearray()

    def bits(self, value: int, count: int) -> BitWriter:
        """Append `count` bits of `value`, least significant first."""
        self._value |= (value & ((1 << count) - 1)) << self._count
        whole, self._count = divmod(self._count + count, 8)
        if whole:
            self._done += (self._value & ((1 << 8 * whole) - 1)).to_bytes(whole, "little")
            self._value >>= 8 * whole
        return self

    def code(self, code: int, length: int) -> BitWriter:
        """Append a Huffman code, most significant bit first."""
        return self.bits(int(f"{code:0{length}b}"[::-1], 2) if length else 0, length)

    def raw(self, pattern: str) -> BitWriter:
        """Append bits given as a string of 0 and 1 in stream order."""
        return self.bits(int(pattern[::-1] or "0", 2), len(pattern))

    def align(self, fill: int = 0) -> BitWriter:
        """Fill the current byte; `fill` gives the padding bits."""
        return self.bits(fill, -self._count % 8)

    def data(self, data: bytes) -> BitWriter:
        """Append whole bytes at a byte boundary."""
        assert self._count == 0
        self._done += data
        return self

    @property
    def bit_length(self) -> int:
        """Bits written so far."""
        return 8 * len(self._done) + self._count

    def getvalue(self) -> bytes:
        """The stream so far, its last byte filled with zero bits."""
        return bytes(self._done) + (bytes([self._value]) if self._count else b"")

    def tokens(self, tokens: Iterable[Token], litlen: Codes, dist: Codes) -> BitWriter:
        """Append symbols: an int (literal/length), a pair (length, distance) or a string (raw bits)."""
        for token in tokens:
            if isinstance(token, str):
                self.raw(token)
            elif isinstance(token, tuple):
                symbol, value, extra = length_symbol(token[0])
                self.code(*litlen[symbol]).bits(value, extra)
                symbol, value, extra = distance_symbol(token[1])
                self.code(*dist[symbol]).bits(value, extra)
            else:
                self.code(*litlen[token])
        return self

    def stored(self, data: bytes, *, final: bool = True, pad: int = 0, nlen: int | None = None) -> BitWriter:
        """A stored block of at most 65535 bytes."""
        self.bits(final, 1).bits(0, 2).align(pad)
        check = len(data) ^ 0xFFFF if nlen is None else nlen
        return self.data(len(data).to_bytes(2, "little") + check.to_bytes(2, "little") + data)

    def fixed(self, tokens: Iterable[Token], *, final: bool = True) -> BitWriter:
        """A block in the fixed code; the caller writes EOB too."""
        self.bits(final, 1).bits(1, 2)
        return self.tokens(tokens, canonical_codes(FIXED_LITLEN), canonical_codes(FIXED_DIST))

    def dynamic(
        self,
        tokens: Iterable[Token],
        litlen: Mapping[int, int],
        dist: Mapping[int, int] | None = None,
        *,
        final: bool = True,
        hlit: int | None = None,
        hdist: int | None = None,
        precode: Mapping[int, int] | None = None,
        symbols: Sequence[tuple[int, int]] | None = None,
    ) -> BitWriter:
        """A block in a code of its own.

        `litlen` and `dist` are {symbol: code length}; `hlit` and `hdist` are the *numbers* of lengths
        (default: as many as needed, at least 257 and 1); `precode` {symbol: length}; `symbols` replaces the
        spelled-out lengths by chosen (precode symbol, extra value) pairs, however wrong.
        """
        dist = dist or {}
        n_litlen = max(257, *(s + 1 for s in litlen)) if hlit is None else hlit
        n_dist = max([1, *(s + 1 for s in dist)]) if hdist is None else hdist
        lengths = [litlen.get(s, 0) for s in range(n_litlen)] + [dist.get(s, 0) for s in range(n_dist)]
        pre_lengths = ANY_PRECODE if precode is None else precode
        order = [pre_lengths.get(s, 0) for s in PRECODE_ORDER]
        n_pre = max([4, *(i + 1 for i, length in enumerate(order) if length)])
        self.bits(final, 1).bits(2, 2).bits(n_litlen - 257, 5).bits(n_dist - 1, 5).bits(n_pre - 4, 4)
        for length in order[:n_pre]:
            self.bits(length, 3)
        codes = canonical_codes(pre_lengths)
        for symbol, extra in run_symbols(lengths) if symbols is None else symbols:
            self.code(*codes[symbol])
            self.bits(extra, {16: 2, 17: 3, 18: 7}.get(symbol, 0))
        return self.tokens(tokens, canonical_codes(litlen), canonical_codes(dist))
