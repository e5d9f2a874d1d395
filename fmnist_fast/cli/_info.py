"""`fmnist-fast info`: what is in a file."""

from __future__ import annotations

import argparse
from typing import Any

from ._arguments import add_command
from ._console import pairs, say, say_json, size_text
from ._scan import Facts, add_arguments, scan_each

_EPILOG = """\
The whole file is decoded: a header alone can claim anything.

examples:
  fmnist-fast info train-images-idx3-ubyte.gz
  fmnist-fast info --json data/*.gz
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "info",
        run,
        help="shape, dtype, compression, members, sizes and ratio",
        description="Show what IDX files contain; unreadable ones are reported, and the others still shown.",
        epilog=_EPILOG,
    )
    add_arguments(command)


def run(arguments: argparse.Namespace) -> int:
    """Describe each file; files that cannot be read are reported and the others still shown."""
    found: list[Facts] = []
    for _, facts in scan_each(arguments.files):
        if isinstance(facts, Facts):
            found.append(facts)
            if not arguments.json:
                _show(facts)
    if arguments.json:
        say_json([facts.as_json() for facts in found])
    return 0 if len(found) == len(arguments.files) else 1


def _show(facts: Facts) -> None:
    rows = [
        ("shape", str(facts.shape)),
        ("dtype", facts.dtype),
        ("compression", facts.compression if facts.compression != "raw" else "none"),
    ]
    if facts.compression == "gzip":
        rows.append(("gzip members", f"{facts.members:,}"))
    for name, size in (("file size", facts.file_size), ("decoded size", facts.decoded_size)):
        short = f" ({size_text(size)})" if size >= 1024 else ""
        rows.append((name, f"{size:,} bytes{short}"))
    rows.append(("ratio", f"{facts.ratio:.2f}"))
    if facts.known:
        rows.append(("known as", str(facts.known)))
    say(facts.file)
    pairs(rows)
