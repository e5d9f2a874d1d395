"""Streams by which the work of decoding is counted (tests/c/work.c), and the record of the counts.

Run as a script, this writes the record anew: after a change that is meant to change how much is done.
"""

from __future__ import annotations

import os
import random
import shlex
import subprocess
import sysconfig
import tempfile
import zlib
from pathlib import Path

from bitwriter import EOB, BitWriter
from builders import gzip_header, gzip_trailer
from lane_cases import fabric, packed, streams
from samples import noise, text

ROOT = Path(__file__).parents[2]
CORE = ROOT / "src" / "core"
RECORD = Path(__file__).with_name("work_record.txt")
COMPILER = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
FLAGS = ["-std=gnu11", "-O1", "-ffp-contract=off", f"-I{CORE}"]
# They are part of the program, which counts what they call.
INCLUDED = {"block.c", "execute.c", "inflate.c", "duet.c"}


def changing(size: int) -> bytes:
    """Blocks of another size each, from 2 to 60 KB: no guess of the next one's place is right for long."""
    state, out, at, cloth = zlib.compressobj(6, zlib.DEFLATED, 31), b"", 0, fabric(size)
    for step in range(1, size):
        end = at + 2_000 * (1 + step * 7 % 30)
        out += state.compress(cloth[at:end]) + state.flush(zlib.Z_PARTIAL_FLUSH)
        at = end
        if at >= size:
            break
    return out + state.flush()


def tiny_blocks(count: int) -> bytes:
    """Dynamic blocks of a few hundred bits each, behind one of the usual size."""
    cloth, rng = fabric(90_000), random.Random(9)
    state = zlib.compressobj(6, zlib.DEFLATED, -15)
    raw = BitWriter().data(state.compress(cloth) + state.flush(zlib.Z_FULL_FLUSH))
    litlen = dict.fromkeys([65, 66, EOB], 2) | dict.fromkeys([67, 257], 3)
    for _ in range(count):
        raw.dynamic([*rng.choices([65, 66, 67], k=rng.randrange(1, 30)), EOB], litlen, {0: 1}, final=False)
    data = raw.fixed([EOB], final=True).getvalue()
    return gzip_header() + data + gzip_trailer(zlib.decompress(data, -15))


def cases() -> dict[str, bytes]:
    """Files by name."""
    mixed = fabric(150_000) + text(150_000) + noise(70_000) + fabric(150_000)
    return {
        **streams(),
        "changing": changing(600_000),
        "long": packed(fabric(1_500_000), 6),
        "long-small-blocks": packed(fabric(300_000), 9, memory=4),
        "tiny-blocks": tiny_blocks(120),
        "mixed": packed(mixed, 6),
        "two-members": packed(fabric(200_000), 6) + packed(text(200_000), 9),
        "tiny-members": b"".join(packed(fabric(size), 6) for size in (0, 1, 700) * 300),
    }


def write(folder: Path) -> list[Path]:
    """Write the files; return them in the order of their names."""
    folder.mkdir(parents=True)
    for name, data in cases().items():
        (folder / name).write_bytes(data)
    return sorted(folder.iterdir())


def build(program: Path) -> None:
    """Compile the core and the counter."""
    core = sorted(path for path in CORE.rglob("*.c") if path.name not in INCLUDED)
    sources = [ROOT / "tests" / "c" / "work.c", *core]
    subprocess.run([*COMPILER, *FLAGS, *sources, "-o", program, "-lm"], check=True)


def counted(folder: Path) -> list[str]:
    """What the record would hold now: a CRC per file, and what its decoding takes at each level."""
    build(folder / "work")
    files = write(folder / "streams")
    done = subprocess.run([folder / "work", *files], capture_output=True, text=True, check=True)
    written = [f"{path.name} CRC {zlib.crc32(path.read_bytes()):08x}" for path in files]
    return written + done.stdout.splitlines()


def main() -> None:
    """Write the record. At AVX-512 counts are those of AVX2."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [line for line in counted(Path(folder)) if " avx512 " not in line]
    RECORD.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
