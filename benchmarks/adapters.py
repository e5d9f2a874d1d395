"""Run each adapter and its original on the same work; print, or write to a page, how they compare.

python -P benchmarks/adapters.py DIR [--count N] [--whole N] [--pairs N] [--only ADAPTER ...] [--write PAGE]

DIR holds the four files of a dataset, such as `fmnist-fast sample -o DIR` draws. For every row: whether both
return the same, and the ratio of speed (time of the original over ours), the median of alternating pairs. For
every call that reads a file: what both raise when it is damaged. Libraries that are missing are named.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from adapter_errors import HEAD as ERRORS_HEAD
from adapter_errors import error_lines
from adapter_files import Files, load_from, scratch
from adapter_rows import Row, reader_rows
from adapter_rows_training import training_rows

import fmnist_fast as ff
from fmnist_fast.benchmark import machine
from fmnist_fast.benchmark.decoders import version
from fmnist_fast.benchmark.paired import Comparison, compare

PAGE = """# The adapters beside what they stand in for

Every row is one piece of work, or one damaged file, that `benchmarks/adapters.py` gave to the original
library and to the adapter. It wrote this page:

    {command}

Four originals are on no package index: `mnist_reader`, TensorFlow 1's `input_data`, and the example files of
JAX and MLX. What they do is restated in plain NumPy and gzip in `benchmarks/adapter_restated.py`, and that is
what the adapters are compared with. Beside grain stands a data source as its users write it, beside the codec
for numcodecs its own `GZip`, which knows nothing of IDX. Originals that download are given the files instead.

Ours for Keras, JAX, MLX and tinygrad go through `fmnist_fast.load`, which from its first call on keeps the
decoded file and maps it; their speed is that of the later calls, without comparing published checksums. MLX's
example keeps a pickle and tinygrad the unpacked file in the same way; Keras's and JAX's decode each time.

The tests, `tests/test_adapter_*.py`, compare many more results and errors. What differs by intention is said
in the docstring of each module in `fmnist_fast/adapters/`.

## Results and speed

* Result: whether both returned the same types, dtypes, shapes, writability and values; of epochs, the dtypes
  and shapes of the batches. "Rounding": the float32 values agree to within 2 parts in 10 million.
* Ratio: time of the original over ours, median and quartiles of alternating pairs; below 1 ours is slower.

{table}

{note}

## Errors

What both raise when the file of training images is damaged. "One byte short" and "wrong magic" are said of
the IDX file; the `.gz` around it is sound. Dashes: a raw file has no CRC, what is missing is downloaded, and
a codec opens no file.

* same: both raise a class of this name.
* subclass: ours, named second, belongs to the original's class, so what catches that catches ours.
* same builtin: the original's class is its own, and ours belongs to the builtin class that it comes from.
* differs: none of these. "Nothing" is a result, as if the file were sound.

{errors}

## Machine

{facts}
"""
NOTE = """{size:,} training images unless a row says otherwise; 3 to {pairs} alternating pairs each, fewer of
what is slow; PyTorch on one thread. Other work ran at the same time (see the load below): rows of a few
milliseconds say little."""
PEERS = (
    *("idx2numpy", "python-mnist", "mlxtend", "keras", "scikit-learn", "tinygrad", "numcodecs"),
    *("torch", "torchvision", "grain", "datasets"),
)
BUDGET = 3.0  # seconds of a row beyond which it gets fewer pairs
HEAD = "| adapter | work | result | ours, ms | ratio | owed / aim |\n|---|---|---|---:|---:|---:|"


def main(arguments: list[str] | None = None) -> None:
    """Run what the command line asks for."""
    args = _parse(arguments)
    warnings.simplefilter("ignore")  # what the originals warn about is not what is measured
    with scratch() as folder, contextlib.redirect_stdout(io.StringIO()):  # input_data says what it reads
        files = Files(args.folder, folder, args.count)
        errors = [ERRORS_HEAD, *error_lines(files, args.only)]
        ff.load = load_from(files.root, verify=False)  # type: ignore
        images, labels = (array[: args.whole] for array in ff.load_mnist(args.folder))
        rows = _rows(files, (images.reshape(-1, 28, 28), labels))
        wanted = (row for row in rows if not args.only or row.adapter in args.only)
        table = [HEAD, *(_measured(row, args.pairs) for row in wanted)]
        size = len(files.parts["train"][0])
    page = PAGE.format(
        command=_command(args),
        table="\n".join(table),
        note=NOTE.format(size=size, pairs=args.pairs),
        errors="\n".join(errors),
        facts="\n".join(f"* {name}: {value}" for name, value in _facts().items()),
    )
    print(page)
    if args.write:
        args.write.write_text(page, encoding="utf-8")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="DIR", help="folder of the four files of a dataset")
    parser.add_argument("--count", type=int, default=10_000, help="images of each part (default: 10000)")
    parser.add_argument(
        "--whole", type=int, default=60_000, help="images of the row that is owed (default: 60000)"
    )
    parser.add_argument("--pairs", type=int, default=9, help="timings of each at most (default: 9)")
    parser.add_argument("--only", nargs="+", metavar="ADAPTER", help="these adapters only")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page there")
    return parser.parse_args(arguments)


def _facts() -> dict[str, str]:
    return machine.facts() | {"peers": ", ".join(f"{name} {version(name)}" for name in PEERS)}


def _command(args: argparse.Namespace) -> str:
    options = f"--count {args.count} --whole {args.whole} --pairs {args.pairs}"
    return f"python -P benchmarks/adapters.py DIR {options} --write docs/adapters.md"


def _rows(files: Files, whole: tuple[Any, Any]) -> Iterator[Row]:
    yield from reader_rows(files)
    yield from training_rows(files, whole)


class _Kept:
    """A call whose first result is kept."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call, self.first = call, None

    def __call__(self) -> Any:
        result = self.call()
        self.first = result if self.first is None else self.first
        return result


def _measured(row: Row, pairs: int) -> str:
    """Return the line of a row."""
    print(f"{row.adapter}: {row.work}", file=sys.stderr)
    ours, theirs = _Kept(row.ours), _Kept(row.theirs)
    found = compare(ours, theirs, pairs=pairs, warmup=3, least=0.03, budget=BUDGET)
    return _line(row, _compared(ours.first, theirs.first), found)


def _compared(ours: Any, theirs: Any) -> str:
    plain = _plain(ours), _plain(theirs)
    if plain[0] == plain[1]:
        return "same"
    if _values(plain[0]) == _values(plain[1]):
        return "same but writable"
    return "same but rounding" if _close(ours, theirs) else "differs"


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


def _close(ours: Any, theirs: Any) -> bool:
    """Tell whether two results are arrays of the same kind and nearly the same values."""
    pairs = list(zip(ours, theirs, strict=True)) if isinstance(ours, tuple | list) else [(ours, theirs)]
    return all(
        isinstance(mine, np.ndarray)
        and (mine.dtype, mine.shape) == (other.dtype, other.shape)
        and np.allclose(mine, other, rtol=2e-7, atol=0)
        for mine, other in pairs
    )


def _line(row: Row, result: str, found: Comparison) -> str:
    first, third = found.ratio.quartiles
    owed = "" if row.owed is None else f"{row.owed:g}x / {row.aim:g}x"
    ratio = f"**{found.ratio.median:.3g}x** ({first:.3g} to {third:.3g})"
    return f"| {row.adapter} | {row.work} | {result} | {found.ours.median * 1e3:.3g} | {ratio} | {owed} |"


if __name__ == "__main__":
    main()
