"""`fmnist-fast verify`: is a file intact, and is it what its name says."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ._arguments import add_command
from ._console import say, say_json
from ._scan import Facts, add_arguments, scan_each

_EPILOG = """\
Every byte is decoded. For gzip the CRC-32 and the length of each member are compared, the header's shape with
the amount of data, and nothing may follow. Files of Fashion-MNIST, MNIST, KMNIST and QMNIST are recognized
by their published checksum, whatever they are called.

examples:
  fmnist-fast verify data/*.gz
  fmnist-fast verify --json train-images-idx3-ubyte.gz

exit codes: 0 every file is intact, 1 at least one is not; the others are checked all the same
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "verify",
        run,
        help="decode everything, check sums and sizes, name known datasets",
        description="Check IDX files completely.",
        epilog=_EPILOG,
    )
    add_arguments(command)


def run(arguments: argparse.Namespace) -> int:
    """Check each file and go on after a bad one."""
    results: list[dict[str, Any]] = []
    failed = False
    for path, facts in scan_each(arguments.files):
        if not isinstance(facts, Facts):
            failed = True
            results.append({"file": path, "ok": False, "error": type(facts).__name__, "message": str(facts)})
            continue
        results.append({"ok": True, **facts.as_json()})
        if not arguments.json:
            say(f"{path}: ok, {sentence(facts)}")
    if arguments.json:
        say_json(results)
    return 1 if failed else 0


def sentence(facts: Facts) -> str:
    """Return what was found, for the line after "ok"."""
    parts = [str(facts.known)] if facts.known else []
    parts.append(f"{facts.dtype} {facts.shape}")
    if facts.compression == "gzip" and facts.members != 1:
        parts.append(f"{facts.members:,} gzip members")
    else:
        parts.append("not compressed" if facts.compression == "raw" else facts.compression)
    parts.append(f"CRC-32 {facts.crc32:08x}")
    if facts.known and facts.known.name != Path(facts.file).name:
        parts.append(f"usually called {facts.known.name}")
    return ", ".join(parts)
