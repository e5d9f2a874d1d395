"""Fuzz what Python reads: `files.py NAME COUNT [START]`; with atheris `files.py NAME -runs=N ...`.

NAME is bgzf, cache or calls. COUNT inputs are drawn from START, START+1, ...; a failure names its number, and
`files.py NAME 1 NUMBER` is that input again. With options of libFuzzer instead, atheris picks the inputs by
what code they reach.
"""

from __future__ import annotations

import importlib
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "support")]

INPUT_SIZE = 600
GUIDED = ("_bgzf", "_cache", "_coded", "_detect", "_parallel", "_payload", "_restart", "_rows", "_source")


def run(target, count: int, start: int = 0) -> None:
    """Check so many inputs."""
    for number in range(start, start + count):
        try:
            target.check(random.Random(number).randbytes(INPUT_SIZE))
        except Exception as error:
            error.add_note(
                f"input {number}: tests/fuzz/files.py {target.__name__.partition('_')[2]} 1 {number}"
            )
            raise


def run_guided(name: str, options: list[str]) -> None:
    """Hand over to atheris, which ends the process."""
    import atheris

    with atheris.instrument_imports(include=[f"fmnist_fast.{module}" for module in GUIDED]):
        target = importlib.import_module(f"target_{name}")
    with tempfile.TemporaryDirectory() as folder:
        target.set_up(folder)
        atheris.Setup([sys.argv[0], f"-max_len={INPUT_SIZE}", *options], target.check)
        atheris.Fuzz()


def main(name: str, count: str, *more: str) -> None:
    """Run as the command line says."""
    if count.startswith("-"):
        return run_guided(name, [count, *more])
    target, started = importlib.import_module(f"target_{name}"), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        target.set_up(folder)
        run(target, int(count), *map(int, more))
    print(f"{name}: {count} inputs, {time.monotonic() - started:.0f} s")
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
