"""Run each adapter and its original on the same work; print, or write to a page, how they compare.

python -P benchmarks/adapters.py DIR [--count N] [--pairs N] [--only ADAPTER ...] [--write docs/adapters.md]

DIR holds the four files of a dataset. For every row: whether both return the same (types, dtypes, shapes,
writability, values), what both raise for a file that ends too early, and the ratio of speed (time of the
original over ours), the median of alternating pairs. Libraries that are missing are named.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path
from typing import Any

import machine
import numpy as np
from adapter_rows import Files, Row, rows, scratch
from paired import Comparison, compare

PAGE = """# The adapters beside what they stand in for

Every row is one piece of work that `benchmarks/adapters.py` had done by the original library and by the
adapter, on the same files.

* Result: whether both returned the same types, dtypes, shapes, writability and values.
* Errors: what the original and the adapter raise for a file that ends one byte too early.
* Ratio: time of the original over ours, median and quartiles of alternating pairs; below 1 ours is slower.

The tests, `tests/test_adapter_*.py`, compare many more results and errors. What differs by intention is said
in the docstring of each module in `fmnist_fast/adapters/`.

"""
HEAD = "| adapter | work | result | errors: original | ours | ours, ms | ratio | owed / aim |"


def main(arguments: list[str] | None = None) -> None:
    """Run what the command line asks for."""
    args = _parse(arguments)
    warnings.simplefilter("ignore")  # what the originals warn about is not what is measured
    lines = [HEAD, "|---|---|---|---|---|---:|---:|---:|"]
    with scratch() as folder:
        files = Files(args.folder, folder, args.count)
        for row in rows(files):
            if args.only and row.adapter not in args.only:
                continue
            print(f"{row.adapter}: {row.work}", file=sys.stderr)
            result = _compared(row)
            errors = [_error(row, mine) for mine in (False, True)]
            (found,) = compare(row.ours, row.theirs, pairs=args.pairs, warmup=1)
            lines.append(_line(row, result, errors, found))
        size = len(files.parts["train"][0])
    table = "\n".join(lines)
    facts = "\n".join(f"* {name}: {value}" for name, value in machine.facts().items() if name != "peers")
    note = f"{size:,} training images, {args.pairs} pairs each. PyTorch on one thread.\n"
    text = f"{table}\n\n{note}\n{facts}\n"
    print(text)
    if args.write:
        args.write.write_text(PAGE + text, encoding="utf-8")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="DIR", help="folder of the four files of a dataset")
    parser.add_argument("--count", type=int, default=60_000, help="training images; fewer for a quick look")
    parser.add_argument("--pairs", type=int, default=5, help="timings of each")
    parser.add_argument("--only", nargs="+", metavar="ADAPTER", help="these adapters only")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page there")
    return parser.parse_args(arguments)


def _compared(row: Row) -> str:
    ours, theirs = _plain(row.ours()), _plain(row.theirs())
    if ours == theirs:
        return "same"
    if _values(ours) == _values(theirs):
        return "same but writable"
    return "differs"


def _plain(value: Any) -> Any:
    """Turn a result into something that can be compared with ``==``."""
    if isinstance(value, tuple | list) and value and not isinstance(value[0], int | list):
        return [_plain(part) for part in value]
    if type(value).__module__ == "torch":
        return "tensor", str(value.dtype), tuple(value.shape), value.numpy().tobytes()
    if isinstance(value, np.ndarray):
        content = value.tolist() if value.dtype == object else value.tobytes()
        return value.dtype.str, value.shape, content, value.flags.writeable
    return (
        value if isinstance(value, int | str | bytes | list | tuple) else (type(value).__name__, len(value))
    )


def _values(plain: Any) -> Any:
    """Return the same without writability."""
    if isinstance(plain, list):
        return [_values(part) for part in plain]
    return plain[:3] if isinstance(plain, tuple) else plain


def _error(row: Row, mine: bool) -> str:
    if row.broken is None:
        return ""
    try:
        row.broken(mine)
    except Exception as error:
        return type(error).__name__
    return "nothing"


def _line(row: Row, result: str, errors: list[str], found: Comparison) -> str:
    first, third = found.ratio.quartiles
    owed = "" if row.owed is None else f"{row.owed:g}x / {row.aim:g}x"
    ratio = f"**{found.ratio.median:.3g}x** ({first:.3g} to {third:.3g})"
    cells = [row.adapter, row.work, result, *errors, f"{found.ours * 1e3:.3g}", ratio, owed]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
