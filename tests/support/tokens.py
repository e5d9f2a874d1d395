"""Which tokens a DEFLATE stream is made of: a decoder that counts and decodes nothing."""

from __future__ import annotations

from dataclasses import dataclass

LENGTHS = [*range(3, 11), *range(11, 19, 2), *range(19, 35, 4), *range(35, 67, 8), *range(67, 131, 16)]
LENGTHS += [131, 163, 195, 227, 258]
LENGTH_BITS = [0] * 8 + [bits for bits in range(1, 6) for _ in range(4)] + [0]
ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)


@dataclass
class Tokens:
    """Literals, matches, and the bytes that matches stand for."""

    literals: int = 0
    matches: int = 0
    matched: int = 0

    @property
    def output(self) -> int:
        return self.literals + self.matched


def codes(lengths: list[int]) -> dict[str, int]:
    """Canonical Huffman code: bits as text to symbol."""
    table, code = {}, 0
    for size in range(1, 16):
        for symbol, length in enumerate(lengths):
            if length == size:
                table[f"{code:0{size}b}"] = symbol
                code += 1
        code *= 2
    return table


class Reader:
    """Bits of a stream, first to last."""

    def __init__(self, data: bytes) -> None:
        self.bits = "".join(f"{byte:08b}"[::-1] for byte in data)
        self.place = 0

    def number(self, count: int) -> int:
        """The next bits as a number, lowest first."""
        self.place += count
        return int(self.bits[self.place - count : self.place][::-1] or "0", 2)

    def symbol(self, table: dict[str, int]) -> int:
        start = self.place
        while True:
            self.place += 1
            found = table.get(self.bits[start : self.place])
            if found is not None:
                return found

    def tables(self) -> tuple[dict[str, int], dict[str, int]]:
        """The two codes of a dynamic block."""
        literals, distances, count = self.number(5) + 257, self.number(5) + 1, self.number(4) + 4
        sizes = [0] * 19
        for place in ORDER[:count]:
            sizes[place] = self.number(3)
        table, lengths = codes(sizes), []
        while len(lengths) < literals + distances:
            symbol = self.symbol(table)
            if symbol < 16:
                lengths.append(symbol)
            elif symbol == 16:
                lengths += lengths[-1:] * (3 + self.number(2))
            else:
                lengths += [0] * (3 + self.number(3) if symbol == 17 else 11 + self.number(7))
        return codes(lengths[:literals]), codes(lengths[literals:])


def count(data: bytes, blocks: int) -> Tokens:
    """Count the tokens of the first dynamic blocks of a raw DEFLATE stream."""
    reader, tokens = Reader(data), Tokens()
    for _ in range(blocks):
        reader.number(1)
        assert reader.number(2) == 2
        literals, distances = reader.tables()
        while (symbol := reader.symbol(literals)) != 256:
            if symbol < 256:
                tokens.literals += 1
                continue
            tokens.matches += 1
            tokens.matched += LENGTHS[symbol - 257] + reader.number(LENGTH_BITS[symbol - 257])
            reader.number(max(0, reader.symbol(distances) // 2 - 1))
    return tokens
