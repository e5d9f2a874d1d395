"""Write the inputs that the fuzzers start from: `make_corpus.py FOLDER` makes FOLDER/gzip and FOLDER/idx.

An input for the decoder is a plan of 12 bytes (steps.h) and a gzip file. The files are the vectors of the
tests, good ones and bad ones, and a few of each kind of encoder, each with several plans.
"""

from __future__ import annotations

import random
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from builders import bgzf, gzip_member, idx_header
from drive import wrap_raw
from random_streams import random_stream
from samples import images, noise, text, zeros
from vectors import RAW

PLAN_SIZE = 12
PLANS = 3  # for each file
# First byte of a plan by CPU level and way, where there are three levels: the way is byte / 16 % 4.
PLAN_OF = {(byte % 3, byte // 16): byte for byte in range(64)}
LARGEST = 1 << 16


def gzip_files(rng: random.Random) -> list[bytes]:
    """Members of every kind, one or several."""
    files = [wrap_raw(vector.raw) for vector in RAW]
    files += [wrap_raw(random_stream(rng)) for _ in range(60)]
    files += [b"", b"\x1f", b"\x1f\x8b", b"ab", b"\x1f\x8c", b"\0\x1f"]
    files += [gzip_member(b"x") + data for data in (b"a", b"ab", b"\x1f", b"\x1f\x8c", b"\0\0\x1f\x8b")]
    for level in (0, 1, 6, 9):
        files += [gzip_member(data, level=level) for data in (noise(3000), text(9000), images(40).tobytes())]
    files.append(bgzf(text(30_000), block=5000))
    # More output than the scratch of pixels and the window hold, with matches from near and far.
    files += [gzip_member(data, level=9) for data in (zeros(900_000), noise(20_000) * 40, text(900) * 600)]
    files.append(
        gzip_member(text(99), name=b"name", comment=b"comment", extra=b"ab\1\0x", header_crc=True) * 3
    )
    return [data for data in files if len(data) <= LARGEST]


def many_blocks() -> list[bytes]:
    """Members of ordinary blocks, enough of them for two threads, each with plans that nothing cuts."""
    rng, inputs = random.Random(1954), []
    for data, memory in ((images(400).tobytes(), 5), (text(90_000), 4), (noise(700) * 30 + text(80_000), 6)):
        state = zlib.compressobj(6, zlib.DEFLATED, 31, memory)
        member = state.compress(data) + state.flush()
        for level in range(3):
            for way in range(4):
                # All input and all room at once, lanes and windows as the decoder plans them.
                plan = bytes([PLAN_OF[level, way], 0, 0, 1, 1])
                inputs += [plan + rng.randbytes(PLAN_SIZE - len(plan)) + member for _ in range(3)]
    return inputs


def idx_headers() -> list[bytes]:
    """Headers of every type, of small and of impossible shapes, whole and cut."""
    largest = (153_092_023, 92_737, 649_657)  # 2**63 - 1 bytes: the most that can be
    shapes = [(1,), largest, (10, 28, 28), (0, 5), (2**32 - 1,) * 4, (1,) * 64]
    headers = [bytearray(idx_header(shape)) for shape in shapes]
    typed = [bytes(header[:2] + bytes([code]) + header[3:]) for header in headers for code in range(7, 16)]
    return typed + [header[:-1] for header in typed[::9]] + [b"", b"\0", b"\0\0\x08\0"]


def write(folder: Path, inputs: list[bytes]) -> None:
    """One file for each input."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(inputs):
        (folder / f"{number:04}").write_bytes(data)


def main(folder: str) -> None:
    """Write both corpora."""
    rng = random.Random(1952)
    write(
        Path(folder, "gzip"),
        [rng.randbytes(PLAN_SIZE) + data for data in gzip_files(rng) * PLANS] + many_blocks(),
    )
    write(Path(folder, "idx"), idx_headers())


if __name__ == "__main__":
    main(*sys.argv[1:])
