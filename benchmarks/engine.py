"""Measure reading against its peers and print each figure beside what is owed.

python benchmarks/engine.py [--quick] [--data DIR] [--levels LEVEL ...] [--only GROUP ...] [--json FILE]

Ratios are of speed (time of the peer over our time), medians of alternating pairs. The process measures its
own CPU level; other levels and the NumPy backend are measured by children with FMNIST_FAST_CPU or
FMNIST_FAST_BACKEND set. The package has to be installed, and compiled for more than the NumPy row; peers that
are missing are named.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rows import GROUPS, NUMPY, OTHER, OWN, Bench
from targets import Result, grid, table

import fmnist_fast
from fmnist_fast.benchmark import decoders, machine
from fmnist_fast.benchmark.paired import CLOCKS, Spread
from fmnist_fast.benchmark.streams import Library


def main(arguments: list[str] | None = None) -> None:
    """Run what the command line asks for."""
    args = _parse(arguments)
    library = Library(args.streams, args.data, say=_say)
    bench = Bench(library, args.quick, args.pairs or (7 if args.quick else 15), args.pin, args.clock)
    if args.child:
        results = _run(bench, args.only)
        print(json.dumps({"results": [asdict(row) for row in results]}))
        return
    own = bench.level
    facts = machine.facts()
    if args.quick:
        facts["quick"] = "10,000 images in place of 60,000, smaller streams, fewer pairs"
    facts["clock"] = args.clock
    facts["pinned"] = "no" if args.pin is None else f"rows with one thread, to CPU {args.pin}"
    for name, value in facts.items():
        print(f"{name:12} {value}")
    for name in decoders.missing():
        print(f"{name} is not installed: its rows are skipped")
    results = []
    for level in args.levels or _levels():
        wanted = OWN if level == own != "numpy" else NUMPY if level == "numpy" else OTHER
        groups = [name for name in wanted if not args.only or name in args.only]
        if groups:
            _say(f"CPU level {level}: {', '.join(groups)}")
            results += _run(bench, groups) if level == own else _child(level, groups, args)
    inputs = {
        stream.name: {"bytes": stream.compressed, "sha256": stream.sha256, "recipe": stream.recipe}
        for stream in library.used(row.stream for row in results)
    }
    single = {row.stream for row in results if row.group != "matrix"}
    print(f"\ninputs (those of the matrix: {library.folder / 'manifest.json'})")
    for name, entry in inputs.items():
        if any(name in names for names in single):
            print(f"  {name:26} {entry['bytes']:>12,}  sha256 {entry['sha256'][:16]}  {entry['recipe']}")
    print("\n" + table(row for row in results if row.group != "matrix" or not row.spread))
    if matrix := grid(results):
        print(f"\nspeed against zlib / libdeflate, 1 thread, fresh array; owed: 1.00 / 0.91\n{matrix}")
    if args.json:
        content = {"facts": facts, "inputs": inputs, "results": [asdict(row) for row in results]}
        args.json.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a minute: small inputs, few pairs")
    parser.add_argument("--data", help="folder with the four files of a dataset (default: FMNIST_FAST_DATA)")
    parser.add_argument("--streams", help="folder to keep generated streams in (default: a temporary one)")
    parser.add_argument("--levels", nargs="+", metavar="LEVEL", help="CPU levels, and numpy for that backend")
    parser.add_argument("--only", nargs="+", choices=GROUPS, metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--pairs", type=int, help="pairs behind each ratio")
    parser.add_argument("--pin", type=int, metavar="CPU", help="keep rows with one thread on this CPU")
    parser.add_argument(
        "--clock", choices=CLOCKS, default="wall", help="for rows with one thread (see paired.py)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write facts, inputs and results")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _levels() -> list[str]:
    """Return every CPU level of this machine, the best first, and the NumPy backend."""
    return [*reversed(fmnist_fast.cpu_features()["detected"]), "numpy"]


def _run(bench: Bench, groups: list[str]) -> list[Result]:
    results = []
    for name in groups:
        for row in GROUPS[name](bench):
            if name != "matrix":
                _say(f"  {row.level}: {row.title}")
            results.append(row)
    return results


def _child(level: str, groups: list[str], args: argparse.Namespace) -> list[Result]:
    """Measure groups at another level, in a process of its own."""
    environment = dict(os.environ)
    environment.pop("FMNIST_FAST_CPU", None)
    environment["FMNIST_FAST_BACKEND"] = "numpy" if level == "numpy" else "native"
    if level != "numpy":
        environment["FMNIST_FAST_CPU"] = level
    command = [sys.executable, __file__, "--child", "--only", *groups]
    for name in ("data", "streams", "pairs", "pin", "clock"):
        if getattr(args, name) is not None:
            command += [f"--{name}", str(getattr(args, name))]
    command += ["--quick"] * args.quick
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [_restore(row) for row in json.loads(done.stdout)["results"]]


def _restore(row: dict[str, Any]) -> Result:
    if row["spread"]:
        spread = row["spread"]
        pairs = {name: tuple(spread[name]) for name in ("quartiles", "interval")}
        row["spread"] = Spread(**(spread | pairs))
    return Result(**row)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
