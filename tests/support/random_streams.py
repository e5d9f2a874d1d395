"""Random DEFLATE streams that get past the header, which random bytes hardly ever do.

Code lengths are drawn as leaves of a random binary tree, so the codes are complete; then some are damaged.
Tokens are mostly legal, sometimes not. What comes out reaches the symbol loop with codes of every shape,
subtables included, and fails, where it fails, deep inside.
"""

from __future__ import annotations

import random

from bitwriter import EOB, BitWriter, Token, canonical_codes


def tree_lengths(rng: random.Random, leaves: int, limit: int) -> list[int]:
    """Depths of the leaves of a random binary tree no deeper than `limit`: a complete set of code lengths."""
    depths = [0]
    while len(depths) < leaves:
        open_at = [i for i, depth in enumerate(depths) if depth < limit]
        if not open_at:
            break
        # Splitting the deepest leaf gives long codes, splitting any gives balanced ones.
        at = max(open_at, key=depths.__getitem__) if rng.random() < 0.3 else rng.choice(open_at)
        depths[at] += 1
        depths.append(depths[at])
    return depths


def random_codes(rng: random.Random, symbols: list[int], limit: int = 15) -> dict[int, int]:
    """Code lengths for all of `symbols`, complete unless there is only one."""
    if len(symbols) == 1:
        return {symbols[0]: 1}
    lengths = tree_lengths(rng, len(symbols), limit)
    rng.shuffle(lengths)
    return dict(zip(symbols, lengths, strict=True))


def damage(rng: random.Random, lengths: dict[int, int]) -> None:
    """Make a code set incomplete or over-subscribed by changing one length."""
    symbol = rng.choice(list(lengths))
    lengths[symbol] = rng.choice([0, 1, max(lengths[symbol] - 1, 0), min(lengths[symbol] + 1, 15), 15])


def random_block(rng: random.Random, writer: BitWriter, final: bool) -> None:
    """Append one random block to `writer`."""
    kind = rng.random()
    if kind < 0.1:
        data = rng.randbytes(rng.choice([0, 1, 5, 300]))
        writer.stored(data, final=final, nlen=None if rng.random() < 0.9 else 0, pad=rng.getrandbits(7))
        return
    if kind < 0.25:
        litlen = dict.fromkeys(range(288), 8)
        dist = dict.fromkeys(range(32), 5)
        writer.fixed(random_tokens(rng, litlen, dist), final=final)
        return
    count = rng.choice([0, 1, 2, 5, 30, 120])
    symbols = sorted({EOB, *(rng.randrange(256) for _ in range(count))})
    symbols += rng.sample(range(257, 286), rng.choice([0, 1, 3, 29]))
    litlen = random_codes(rng, symbols)
    dist = random_codes(rng, rng.sample(range(30), rng.choice([1, 2, 5, 30]))) if rng.random() < 0.85 else {}
    if rng.random() < 0.15:
        damage(rng, rng.choice([litlen, dist or litlen]))
    tokens = random_tokens(rng, litlen, dist)
    counts = {"hlit": rng.randrange(257, 289), "hdist": rng.randrange(1, 33)} if rng.random() < 0.03 else {}
    writer.dynamic(tokens, litlen, dist, final=final, **counts)


def random_tokens(rng: random.Random, litlen: dict[int, int], dist: dict[int, int]) -> list[Token]:
    """Symbols that have a code; extra bits at random, small distances more often than large ones."""
    litlen = {symbol: length for symbol, length in litlen.items() if length}
    dist = {symbol: length for symbol, length in dist.items() if length}
    literals = [symbol for symbol in litlen if symbol < EOB]
    lengths = [symbol for symbol in litlen if EOB < symbol < (286 if rng.random() < 0.98 else 288)]
    codes = canonical_codes(dist)
    near = sorted(dist)[: max(1, len(dist) // 3)]
    tokens: list[Token] = []
    for _ in range(rng.choice([0, 3, 20, 80])):
        if lengths and rng.random() < 0.35:
            symbol = rng.choice(lengths)
            tokens.append(symbol)
            tokens.append(bits(rng, 0 if symbol < 265 or symbol >= 285 else (symbol - 261) // 4))
            if dist:
                distance = rng.choice(near if rng.random() < 0.9 else sorted(dist))
                code, length = codes[distance]
                tokens.append(f"{code:0{length}b}")
                tokens.append(bits(rng, 0 if distance < 4 or distance > 29 else distance // 2 - 1))
        elif literals:
            tokens.append(rng.choice(literals))
    if EOB in litlen and rng.random() < 0.97:
        tokens.append(EOB)
    return tokens


def bits(rng: random.Random, count: int) -> str:
    """`count` random bits as text."""
    return f"{rng.getrandbits(count):0{count}b}" if count else ""


def random_stream(rng: random.Random) -> bytes:
    """One to four random blocks, sometimes after history, sometimes with a flipped bit or a cut."""
    writer = BitWriter()
    if rng.random() < 0.6:
        writer.stored(rng.randbytes(rng.choice([1, 10, 300, 3000])), final=False)
    blocks = rng.choice([1, 1, 1, 2, 4])
    for index in range(blocks):
        random_block(rng, writer, index == blocks - 1 and rng.random() < 0.97)
    raw = bytearray(writer.getvalue())
    if rng.random() < 0.25:
        at = rng.randrange(len(raw))
        raw[at] ^= 1 << rng.randrange(8)
    if rng.random() < 0.1:
        del raw[rng.randrange(len(raw)) :]
    return bytes(raw)
