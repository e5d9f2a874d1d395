"""Write the files that are tried out completely: `make_worlds.py FOLDER`.

FOLDER/vectors: gzip files of the tests' vectors; FOLDER/sound: those that are intact. FOLDER/small: files of
2 KiB. FOLDER/generated: 200 files.
"""

from __future__ import annotations

import random
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from builders import gzip_member, raw_deflate
from drive import oracle, wrap_raw
from random_streams import random_stream
from samples import KINDS
from vectors import RAW

FILE_SIZE = 2048


def small_files() -> list[bytes]:
    """Files of about 2 KiB: dynamic, fixed and stored blocks, all header fields, several members."""
    text, noise, strokes = (KINDS[name](9000) for name in ("text", "noise", "strokes"))
    fixed = raw_deflate(text[:3300], strategy=zlib.Z_FIXED)
    return [
        gzip_member(strokes[:6000], level=9),
        gzip_member(text[:3300], raw=fixed),
        gzip_member(noise[:FILE_SIZE], level=0),
        gzip_member(text[:900], name=b"n" * 200, comment=b"c" * 100, extra=b"ab\1\0x", header_crc=True) * 2,
    ]


def generated_files(count: int) -> list[bytes]:
    """Random streams with right trailers that zlib accepts."""
    rng, files = random.Random(1953), []
    while len(files) < count:
        data = wrap_raw(random_stream(rng))
        if oracle(data).kind == "ok":
            files.append(data)
    return files


def write(folder: Path, files: list[bytes]) -> None:
    """One file for each."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(files):
        (folder / f"{number:03}.gz").write_bytes(data)


def main(folder: str) -> None:
    """Write the three folders."""
    vectors = [wrap_raw(vector.raw) for vector in RAW if len(vector.raw) <= FILE_SIZE]
    write(Path(folder, "vectors"), vectors)
    write(Path(folder, "sound"), [data for data in vectors if oracle(data).kind == "ok"])
    write(Path(folder, "small"), small_files())
    write(Path(folder, "generated"), generated_files(200))


if __name__ == "__main__":
    main(*sys.argv[1:])
