"""Count the instructions that decoding takes per byte of output: the one figure that no neighbour disturbs.

python benchmarks/instructions.py [--record | --check]

The core is compiled with -O2 by $CC (gcc by default) and run under Callgrind, which knows no AVX-512, so the
levels are generic and avx2. A run that only reads the file is subtracted. ``instructions.json`` holds what
was counted, and with what: --record rewrites it, --check fails where a count has grown by more than 2 %.
Counts by another compiler, or of streams that another zlib or NumPy wrote, are not compared: then --check
says so and exits with status 2. A count is not a time: it shows that code has changed, not that it is faster.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from fmnist_fast.benchmark import contents
from fmnist_fast.datasets import synthetic

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "src" / "core"
RECORD = Path(__file__).with_suffix(".json")
LEVELS = ("generic", "avx2")
FLAGS = ("-std=c11", "-O2", "-ffp-contract=off", "-fno-tree-vectorize")
IMAGES = 1300  # about 1 MB
TOLERANCE = 0.02
NO_SUCH_LEVEL = 3

#: Instructions per byte, by stream and level.
Counts = dict[str, dict[str, float]]


def main(arguments: list[str] | None = None) -> int:
    """Count, print, and record or compare. Returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--record", action="store_true", help=f"rewrite {RECORD.name}")
    choice.add_argument("--check", action="store_true", help="fail if a count has grown by more than 2 %%")
    args = parser.parse_args(arguments)
    compiler = shlex.split(os.environ.get("CC", "gcc"))
    for tool in ("valgrind", compiler[0]):
        if not shutil.which(tool):
            print(f"skipped: there is no {tool} here")
            return 0
    with tempfile.TemporaryDirectory() as folder:
        now = measure(Path(folder), compiler)
    old = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else None
    print("\n".join(table(now, old)))
    if args.record:
        RECORD.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
        return 0
    return compare(now, old) if args.check else 0


def streams() -> dict[str, bytes]:
    """Return what is decoded, uncompressed, about 1 MB each."""
    strokes = np.concatenate(list(contents.strokes(IMAGES)))
    return {
        "fashion": synthetic.sample(IMAGES)[0].tobytes(),
        "mnist": strokes.tobytes(),
        "text": words(IMAGES * contents.PIXELS),
    }


def words(size: int) -> bytes:
    """Return made-up words, the frequent ones short, as in a language."""
    rng = random.Random(5)
    letters = "etaoinshrdlucmfwypvbgkqjxz"
    vocabulary = [
        "".join(rng.choices(letters, range(26, 0, -1), k=2 + number.bit_length() // 2 + rng.randrange(3)))
        for number in range(2000)
    ]
    weights = [1 / (rank + 2) for rank in range(len(vocabulary))]
    return " ".join(rng.choices(vocabulary, weights, k=size // 3)).encode()[:size]


def build(folder: Path, compiler: list[str], flags: tuple[str, ...] = FLAGS) -> Path:
    """Compile the core and the work for the counter."""
    program = folder / "count"
    sources = [Path(__file__).with_name("c") / "count.c", *sorted(CORE.rglob("*.c"))]
    subprocess.run([*compiler, *flags, f"-I{CORE}", *sources, "-o", program, "-lm"], check=True)
    return program


def measure(folder: Path, compiler: list[str]) -> dict[str, Any]:
    """Compile, compress, count."""
    program = build(folder, compiler)
    counts: Counts = {}
    written: dict[str, str] = {}
    contents_by_name = streams()
    for name, data in contents_by_name.items():
        packed = zlib.compressobj(9, zlib.DEFLATED, 31)
        path = folder / name
        path.write_bytes(packed.compress(data) + packed.flush())
        written[name] = f"{len(data)} bytes, CRC {zlib.crc32(path.read_bytes()):08x}"
        counts[f"decode {name}"] = per_level(program, "decode", path, len(data))
    plain = folder / "pixels"
    plain.write_bytes(contents_by_name["fashion"])
    for name, what in (("normalize f32", "normalize"), ("gather f32", "gather"), ("gather u8", "copy")):
        counts[name] = per_level(program, what, plain, plain.stat().st_size)
    version = subprocess.run([*compiler, "--version"], capture_output=True, text=True, check=True)
    return {
        "compiler": f"{version.stdout.splitlines()[0]}, {' '.join(FLAGS)}",
        "streams": written,
        "instructions per byte": counts,
    }


def per_level(program: Path, what: str, path: Path, size: int) -> dict[str, float]:
    """Count instructions per byte at each level that is there."""
    found = {}
    for level in LEVELS:
        none = count(program, level, "none", path, size)
        if none is not None:
            found[level] = round(((count(program, level, what, path, size) or 0) - none) / size, 4)
    return found


def count(program: Path, level: str, what: str, path: Path, size: int) -> int | None:
    """Run the program under Callgrind. None: the level is not there."""
    tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run(
        [*tool, program, level, what, path, str(size)], capture_output=True, text=True, check=False
    )
    if done.returncode == NO_SUCH_LEVEL:
        return None
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not collected:
        raise RuntimeError(f"{what} at {level} failed with {done.returncode}:\n{done.stderr}")
    return int(collected[1])


def table(now: dict[str, Any], old: dict[str, Any] | None) -> list[str]:
    """Return lines: the counts, with the change against the recorded ones."""
    counts, before = now["instructions per byte"], (old or {}).get("instructions per byte", {})
    lines = [f"compiler: {now['compiler']}", *(f"{name}: {made}" for name, made in now["streams"].items())]
    lines.append("\ninstructions per byte" + "".join(f"{level:>24}" for level in LEVELS))
    for name, found in counts.items():
        cells = []
        for level in LEVELS:
            value, was = found.get(level), before.get(name, {}).get(level)
            change = f" ({value / was - 1:+.2%})" if value and was else ""
            cells.append("-" if value is None else f"{value:.3f}{change}")
        lines.append(f"{name:21}" + "".join(f"{cell:>24}" for cell in cells))
    return lines


def compare(now: dict[str, Any], old: dict[str, Any] | None) -> int:
    """Say what has grown. 0: nothing, 1: something, 2: there is nothing to compare with."""
    reason = incomparable(now, old)
    if reason or old is None:
        print(reason, file=sys.stderr)
        return 2
    counts, recorded = (record["instructions per byte"] for record in (now, old))
    found = [line for name in counts for line in grown(name, counts[name], recorded.get(name, {}))]
    print("\n".join(found) or f"no count has grown by more than {TOLERANCE:.0%}")
    return int(bool(found))


def incomparable(now: dict[str, Any], old: dict[str, Any] | None) -> str:
    """Return why counts say nothing about each other; empty if they do."""
    if old is None:
        return f"nothing to compare with: there is no {RECORD.name}"
    differing = [what for what in ("compiler", "streams") if now[what] != old[what]]
    return "; ".join(f"{what} now {now[what]}, recorded {old[what]}" for what in differing)


def grown(name: str, now: dict[str, float], old: dict[str, float]) -> list[str]:
    """Return a line for each level at which a count is above what was recorded."""
    return [
        f"{name}, {level}: {value} instructions per byte, recorded {old[level]}"
        for level, value in now.items()
        if level in old and value > old[level] * (1 + TOLERANCE)
    ]


if __name__ == "__main__":
    sys.exit(main())
