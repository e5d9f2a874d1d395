"""Short inputs to our decoder and to zlib, by the hundred million: `billion.py LOG [SECONDS]`.

A line of LOG says which numbers of a world (short.c) have been tried, how many inputs they made, and how many
of those were sound. Another run goes on behind the last of them, until the time is over, and says what all
runs together came to. A disagreement ends it, with the input in hexadecimal.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
COUNTS = ("inputs", "sound", "places")
HELPERS = ("steps", "verdicts", "oracle", "streams", "arena")
FLAGS = "-std=gnu11 -O2 -Wall -Wextra -ffp-contract=off -DFF_TEST_HOOKS -Isrc/core -Itests/fuzz"
# How many numbers are a turn, and how many there are.
WORLDS = {
    "mutants": (3_000, None),
    "files": (400, None),
    "places": (2_500, None),
    "lanes": (300, None),
    "codes": (20_000, 6**7),
    "precodes": (500_000, 8**7),
    "bytes": (2_048, 256**2),
}


def build(program: Path) -> None:
    """Compile short.c with the core."""
    compiler = [*shlex.split(os.environ.get("CC", "cc")), *shlex.split(FLAGS)]
    compiler += shlex.split(os.environ.get("CFLAGS", ""))
    sources = [f"tests/exhaustive/{name}.c" for name in ("short", "pair")]
    sources += [f"tests/fuzz/{name}.c" for name in HELPERS]
    sources += sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("src/core/**/*.c"))
    subprocess.run([*compiler, *sources, "-lz", "-lm", "-pthread", "-o", program], cwd=ROOT, check=True)


def read(log: Path) -> list[dict]:
    """What has been done."""
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def behind(done: list[dict], world: str) -> int:
    """The first number of a world that has not been tried."""
    return max((part["end"] for part in done if part["world"] == world), default=0)


def run(program: Path, world: str, first: int) -> dict | None:
    """Try the next numbers; None: there are no more."""
    count, numbers = WORLDS[world]
    end = first + count if numbers is None else min(first + count, numbers)
    if first >= end:
        return None
    start = time.monotonic()
    command = [program, world, str(first), str(end)]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    counts = dict(zip(COUNTS, (int(word) for word in out.split() if word.isdigit()), strict=True))
    seconds = round(time.monotonic() - start, 1)
    return {"world": world, "first": first, "end": end, **counts, "seconds": seconds}


def summary(done: list[dict]) -> str:
    """A line for each world, and one for all."""
    lines = []
    for name in (*WORLDS, "all"):
        parts = [part for part in done if name in (part["world"], "all")]
        counts = ", ".join(f"{sum(part[key] for part in parts):,} {key}" for key in COUNTS)
        seconds = sum(part["seconds"] for part in parts)
        numbers = "" if name == "all" else f", numbers below {behind(done, name):,}"
        lines.append(f"{name:<9} {counts}, {seconds:,.0f} s{numbers}")
    return "\n".join(lines)


def main(log: str, seconds: str = "60") -> None:
    """Take turns until the time is over or there is nothing left."""
    path = Path(log)
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "short")
        build(program)
        end, worlds = time.monotonic() + float(seconds), list(WORLDS)
        while worlds and time.monotonic() < end:
            world = worlds.pop(0)
            part = run(program, world, behind(read(path), world))
            if part:
                worlds.append(world)
                with path.open("a") as file:
                    file.write(json.dumps(part) + "\n")
    print(summary(read(path)))


if __name__ == "__main__":
    main(*sys.argv[1:])
