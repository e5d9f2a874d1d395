"""The reliability tests that any gzip decoder can be put to, for us and our peers: a Markdown table.

    peers.py [NAME ...]    all that are installed

A decoder gets what its shortest call gives it (`fmnist_fast.benchmark.decoders`), in a process of its own.
A cell says what happened and does not judge: to return the first member only is what zlib's one-shot call is
for.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from bitwriter import EOB, BitWriter
from builders import gzip_header, gzip_member, gzip_trailer, idx_bytes, idx_header
from samples import images

import fmnist_fast as ff
from fmnist_fast.benchmark.decoders import DECODERS, absent, version

PATIENCE = 240  # seconds for one cell
HEADER = idx_header((0,))  # in front of what holds no data, for whoever wants IDX
MEMBERS = 80_000
BLOCKS = 400_000
NAME = 64 << 20
BOMB = 1 << 30
BOMB_ROOM = 256 << 20
NOT_RUN = "-"


class Read:
    """Bytes of a file to bytes of its content, by way of a path."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._path = name, folder / "file.gz"

    def place(self, data: bytes) -> None:
        """Write the file."""
        self._path.write_bytes(data)

    def placed(self) -> bytes:
        """Read the file."""
        if self._name == "fmnist_fast":
            return idx_bytes(ff.read_idx(self._path))
        return bytes(DECODERS[self._name].read(self._path))

    def __call__(self, data: bytes) -> bytes:
        self.place(data)
        return self.placed()


def outcome(read: Read, data: bytes, **known: bytes) -> str:
    """In a word or two: which of the contents that can be expected was returned, or which error raised."""
    try:
        found = read(data)
    except Exception as error:
        return type(error).__name__
    return next((name for name, content in known.items() if found == content), f"{len(found)} other bytes")


def accepted(read: Read, data: bytes) -> bytes | None:
    """What is returned for a file; None: an error."""
    try:
        return read(data)
    except Exception:
        return None


RAW = idx_bytes(images(9))
SMALL = gzip_member(RAW, level=9)


def prefixes(read: Read) -> str:
    """Every prefix of one file with one member."""
    silent = sum(accepted(read, SMALL[:cut]) is not None for cut in range(len(SMALL)))
    return f"{silent} of {len(SMALL)}"


def cut_in_a_later_member(read: Read) -> str:
    """Every prefix of three members that ends inside of the second or third."""
    part = len(RAW) // 3
    pieces = [gzip_member(RAW[at : at + part], level=9) for at in (0, part, 2 * part)]
    first, second, whole = (len(b"".join(pieces[:n])) for n in (1, 2, 3))
    cuts = [cut for cut in range(first + 1, whole) if cut != second]
    silent = sum(accepted(read, b"".join(pieces)[:cut]) is not None for cut in cuts)
    return f"{silent} of {len(cuts)}"


def flips(read: Read) -> str:
    """Every bit of one file: other bytes than the original's, and no error."""
    wrong = 0
    for bit in range(8 * len(SMALL)):
        data = bytearray(SMALL)
        data[bit // 8] ^= 1 << bit % 8
        found = accepted(read, bytes(data))
        wrong += found is not None and found != RAW
    return f"{wrong} of {8 * len(SMALL)}"


def trailing(read: Read) -> str:
    return outcome(read, SMALL + b"junk", ignored=RAW)


def padding(read: Read) -> str:
    return outcome(read, SMALL + bytes(512), ignored=RAW)


def second_member(read: Read) -> str:
    cut = len(RAW) // 2
    data = gzip_member(RAW[:cut]) + gzip_member(RAW[cut:])
    return outcome(read, data, both=RAW, **{"the first only": RAW[:cut]})


def nothing(read: Read) -> str:
    return outcome(read, b"", **{"no bytes": b""})


def seconds(read: Read, data: bytes) -> float | None:
    """Seconds of CPU for a file that holds no item; None: refused, or not all of it read."""
    read.place(data)
    start = time.process_time()
    try:
        complete = read.placed() == HEADER
    except Exception:
        return None
    return time.process_time() - start if complete else None


def empty_members(read: Read) -> str:
    taken = seconds(read, gzip_member(b"") * MEMBERS + gzip_member(HEADER))
    return NOT_RUN if taken is None else f"{taken * 1e3:.0f} ms"


def empty_blocks(read: Read) -> str:
    unit = BitWriter()
    for _ in range(8):  # which fill whole bytes
        unit.dynamic([EOB], {EOB: 1}, final=False)
    content = BitWriter().stored(HEADER, final=True).getvalue()
    data = gzip_header() + unit.getvalue() * (BLOCKS // 8) + content + gzip_trailer(HEADER)
    taken = seconds(read, data)
    return NOT_RUN if taken is None else f"{len(data) / taken / 1e6:.1f} MB/s"


def long_name(read: Read) -> str:
    taken = seconds(read, gzip_member(HEADER, name=b"n" * NAME))
    return NOT_RUN if taken is None else f"{NAME / taken / 1e9:.2f} GB/s"


def bomb(read: Read) -> str:
    """A file that claims little and holds a GiB, where there is memory for a quarter of that."""
    import resource

    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = packer.compress(idx_header((1000,)))
    data += b"".join(packer.compress(bytes(1 << 20)) for _ in range(BOMB >> 20)) + packer.flush()
    status = Path("/proc/self/status").read_text()
    limit = 1024 * int(status.partition("VmSize:")[2].split()[0]) + BOMB_ROOM
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return outcome(read, data)


COLUMNS: dict[str, Callable[[Read], str]] = {
    "prefixes accepted": prefixes,
    "cuts in a later member accepted": cut_in_a_later_member,
    "flips: wrong bytes, no error": flips,
    "second member": second_member,
    "junk behind": trailing,
    "zeros behind": padding,
    "empty file": nothing,
    f"{MEMBERS:,} empty members": empty_members,
    "empty dynamic blocks": empty_blocks,
    f"name of {NAME >> 20} MiB": long_name,
    "1 GiB of zeros, room for 256 MiB": bomb,
}


def cell(name: str, column: str) -> str:
    """Run one test in a process of its own, which may crash or hang."""
    command = [sys.executable, "-P", __file__, "--one", name, column]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return f"more than {PATIENCE} s"
    return str(json.loads(done.stdout)) if done.returncode == 0 else f"process ended: {done.returncode}"


def main(*names: str) -> None:
    """Print the table."""
    if names[:1] == ("--one",):
        with TemporaryDirectory() as folder:
            print(json.dumps(COLUMNS[names[2]](Read(names[1], Path(folder)))))
        return
    chosen = names or ("fmnist_fast", *(name for name in DECODERS if not absent(DECODERS[name].needs)))
    print(f"<!-- Python {sys.version.split()[0]}, zlib {zlib.ZLIB_RUNTIME_VERSION},", end=" ")
    print(f"{len(SMALL)} bytes, SHA-256 {hashlib.sha256(SMALL).hexdigest()[:12]} -->")
    print("| |", " | ".join(f"{name} {version_of(name)}".strip() for name in chosen), "|")
    print("|---" * (1 + len(chosen)) + "|")
    for column in COLUMNS:
        print(f"| {column} |", " | ".join(cell(name, column) for name in chosen), "|", flush=True)


def version_of(name: str) -> str:
    """The version of what is not part of Python."""
    if name == "fmnist_fast":
        return ""
    return version(DECODERS[name].package) if DECODERS[name].package else ""


if __name__ == "__main__":
    main(*sys.argv[1:])
