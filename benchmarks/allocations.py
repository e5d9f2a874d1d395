"""Count the large allocations behind a call: a copy that should not be there shows, however fast it is.

python benchmarks/allocations.py

A library in front of the allocator (c/allocations.c, compiled by $CC) counts what is 1 KiB or more in a
process of its own. Linux with glibc only. The counts do not depend on the machine's load; what may be
allocated stands in gates.toml.
"""

from __future__ import annotations

import ctypes
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

import fmnist_fast as ff

SOURCE = Path(__file__).with_name("c") / "allocations.c"
IMAGES, CALLS, WARM_UP = 4_000, 4, 3
SCALE = (0.2860, 0.3530)

#: Allocations and bytes of one call, by job.
Counts = dict[str, tuple[float, float]]


def main() -> None:
    """Count and print."""
    if reason := absent():
        print(f"skipped: {reason}")
        return
    for name, (number, size) in measure().items():
        print(f"{name:24} {number:8.2f} allocations of at least 1 KiB {size:12,.0f} bytes")


def absent() -> str:
    """Return why nothing can be counted here; empty if it can."""
    compiler = shlex.split(os.environ.get("CC", "cc"))[0]
    if not sys.platform.startswith("linux") or not os.confstr("CS_GNU_LIBC_VERSION"):
        return "allocations are counted on Linux with glibc"
    return "" if shutil.which(compiler) else f"there is no {compiler} here"


def measure() -> Counts:
    """Count in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "allocations.so")
        compiler = shlex.split(os.environ.get("CC", "cc"))
        subprocess.run([*compiler, "-O2", "-shared", "-fPIC", SOURCE, "-o", library], check=True)
        environment = os.environ | {"LD_PRELOAD": str(library)}
        command = [sys.executable, "-P", __file__, "--child", folder]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return {name: (number, size) for name, (number, size) in json.loads(done.stdout).items()}


def exceeded(found: tuple[float, float], allowed: dict[str, float]) -> str:
    """Return what is more than allowed, with 2 % of the bytes for other versions; empty if nothing is."""
    number, size = found
    if number <= allowed["allocations"] and size <= allowed["bytes"] * 1.02:
        return ""
    return (
        f"{number:g} allocations, {size:,.0f} bytes; "
        f"allowed {allowed['allocations']:g} and {allowed['bytes']:,}"
    )


def jobs(folder: Path) -> dict[str, Callable[[], object]]:
    """Return what is counted."""
    images = np.random.default_rng(0).integers(0, 32, (IMAGES, 28, 28), np.uint8)
    path = folder / "images-idx3-ubyte.gz"
    ff.write_idx(path, images)
    data = path.read_bytes()
    pixels, floats = np.empty(images.shape, np.uint8), np.empty(images.shape, np.float32)
    batches = ff.Batches(images, None, 100, shuffle=True, seed=1, normalize=SCALE, reuse=True, threads=1)

    def stream() -> None:
        with ff.open_idx(path) as reader:
            for _ in reader.batches(100, out=pixels[:100]):
                pass

    def epoch() -> None:
        for _ in batches:
            pass

    return {
        "read_idx": lambda: ff.read_idx(path, threads=1),
        "read_idx, out=": lambda: ff.read_idx(path, out=pixels, threads=1),
        "read_idx, normalize=": lambda: ff.read_idx(path, out=floats, normalize=SCALE, threads=1),
        "decode_idx, out=": lambda: ff.decode_idx(data, out=pixels, threads=1),
        "normalize, out=": lambda: ff.normalize(images, *SCALE, out=floats, threads=1),
        "open_idx, 40 batches": stream,
        "Batches, 40 batches": epoch,
    }


def _child(folder: str) -> None:
    library = ctypes.CDLL(None)
    for function in (library.ff_allocations, library.ff_allocated):
        function.restype = ctypes.c_size_t
    found = {}
    for name, call in jobs(Path(folder)).items():
        for _ in range(WARM_UP):
            call()
        number, size = library.ff_allocations(), library.ff_allocated()
        for _ in range(CALLS):
            call()
        counts = library.ff_allocations() - number, library.ff_allocated() - size
        found[name] = [count / CALLS for count in counts]
    print(json.dumps(found))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2])
    else:
        main()
