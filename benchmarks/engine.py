"""Measure what is owed, with the tools of `fmnist-fast bench`, and print each figure beside it.

python benchmarks/engine.py [--quick] [--data DIR] [--levels LEVEL ...] [--only GROUP ...] [--json FILE]
                            [--markdown FILE]

Ratios are of speed (time of the peer over our time), medians of alternating pairs; "large" compares one file
of 600,000 images with ten files and sixty files, "at-once" two threads with one. Other CPU levels than the
process's own and the NumPy backend are measured by children. The package has to be installed, and compiled
for more than the NumPy row; peers that are missing are named.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

from targets import EVERYWHERE, Target, of_ratio, of_value, verdict

from fmnist_fast.benchmark import document, duel, figures, matrix, results, suite
from fmnist_fast.benchmark.contest import REFERENCE, Lab
from fmnist_fast.benchmark.contests import CONTESTS
from fmnist_fast.benchmark.duel import Duel
from fmnist_fast.benchmark.measure import Settings, rows_of
from fmnist_fast.benchmark.paired import CLOCKS
from fmnist_fast.benchmark.results import Row, Run
from fmnist_fast.benchmark.streams import Library
from fmnist_fast.benchmark.text import cells, significant

_OUT, _TWO = f"{REFERENCE}, out=", ", 2 threads"
_FLOATS = "mnist_reader + NumPy"
_PEERS = ("mnist_reader", "zlib", "zlib-ng", "isal", "libdeflate", "rapidgzip")
Names = tuple[str, str, str]
#: Contest, way of ours and peer, in groups.
DUELS: dict[str, tuple[Names, ...]] = {
    "read": (
        *(("decode", way, "libdeflate") for way in (REFERENCE, REFERENCE + _TWO, _OUT, _OUT + _TWO)),
        ("at-once", f"{REFERENCE}, at once", REFERENCE),
        ("decode-memory", REFERENCE, "libdeflate"),
    ),
    "kinds": tuple(
        (f"decode-{kind}", way, "libdeflate")
        for kind in ("mnist", "text", "random", "zeros", "stored", "fixed")
        for way in (REFERENCE, _OUT)
    ),
    "normalize": tuple(
        ("decode-normalized", REFERENCE + threads, f"{_FLOATS}{new}")
        for threads in ("", _TWO)
        for new in (", new arrays", "")
    ),
    "epoch": tuple(("epoch", REFERENCE, peer) for peer in ("NumPy idiom", "NumPy take(out=)")),
    "write": (
        ("encode-bgzf", REFERENCE + _TWO, REFERENCE),
        *((f"encode-{level}", REFERENCE, "gzip") for level in (1, 6, 9)),
    ),
    "linear": tuple(("large", REFERENCE, f"{REFERENCE}, {name} files") for name in ("ten", "sixty")),
    "peers": tuple(("decode", REFERENCE, peer) for peer in _PEERS),
    "numpy": tuple((contest, REFERENCE, "mnist_reader") for contest in ("decode", "labels")),
}
GROUPS = (*DUELS, "memory", "cache", "import", "matrix")
#: What is measured at other levels than the best one, and with the NumPy backend.
OTHER, NUMPY = ("read", "kinds", "normalize", "memory", "matrix"), ("numpy",)


def main(arguments: list[str] | None = None) -> None:
    """Run what the command line asks for."""
    args = _parse(arguments)
    lab = Lab(Library(args.streams, args.data, say=_say), args.quick)
    pairs = args.pairs or (7 if args.quick else 15)
    settings = Settings(pairs, 2.0 if args.quick else 8.0, args.pin, args.clock)
    facts = suite.conditions(lab, settings)
    for name, value in facts.items():
        print(f"{name:12} {value}")
    print("\n" + _line("ours", "against", "figure", "owed", "aim", "95 % interval", "quartiles", "verdict"))
    rows: list[Row] = []
    grids: dict[str, list[str]] = {}
    for level in args.levels or duel.levels():
        for group in _groups(level, args.only):
            _say(f"CPU level {level}: {group}")
            found = list(_measured(group, level, lab, settings))
            rows += [row for row, _ in found]
            lines = [_shown(row, owed) for row, owed in found]
            if group == "matrix":
                lines = grids[level] = _grid(found)
            print("\n".join(lines), flush=True)
    run = Run(suite.commit(), suite.now(), facts, suite.inputs(lab, rows), rows)
    if args.markdown:
        _write(grids, run, args.markdown)
    if args.json:
        results.save(run, args.json)


def _write(grids: dict[str, list[str]], run: Run, path: Path) -> None:
    """Put the matrix into a document."""
    parts = [f"`{run.label}`, {run.time}, {run.facts['CPU']}, clock `{run.facts['clock']}`."]
    for level, lines in grids.items():
        parts += [f"CPU level `{level}`:", "\n".join(("```text", *lines, "```"))]
    document.fill(path, lambda names: "\n\n".join(parts) if names == "matrix" else None)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small inputs, few pairs")
    parser.add_argument("--data", help="folder with the four files of a dataset (default: FMNIST_FAST_DATA)")
    parser.add_argument("--streams", help="folder to keep generated streams in (default: a temporary one)")
    parser.add_argument("--levels", nargs="+", metavar="LEVEL", help="CPU levels, and numpy for that backend")
    parser.add_argument("--only", nargs="+", choices=GROUPS, metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--pairs", type=int, help="pairs behind each ratio")
    parser.add_argument("--pin", type=int, metavar="CPU", help="keep rows with one thread on this CPU")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="cpu: for one thread only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the matrix into a document")
    return parser.parse_args(arguments)


def _groups(level: str, only: list[str] | None) -> list[str]:
    there = OTHER if level != duel.levels()[0] else tuple(name for name in GROUPS if name not in NUMPY)
    return [name for name in (NUMPY if level == "numpy" else there) if not only or name in only]


def _measured(group: str, level: str, lab: Lab, settings: Settings) -> Iterator[tuple[Row, Target | None]]:
    """Yield rows with what is owed."""
    best = level == duel.levels()[0]
    if group in ("memory", "cache", "import"):
        for row in _alone(group, level, lab, settings):
            (stream,) = lab.library.used([row.stream]) or [None]
            yield replace(row, way="", against=f"{row.contest}: {row.way} ({level})"), of_value(row, stream)
        return
    rivals = product(matrix.names(quick=lab.quick), (REFERENCE,), matrix.RIVALS)
    duels = [Duel(*names, level) for names in (rivals if group == "matrix" else DUELS[group])]
    for it, row in zip(duels, duel.rows_of(duels, lab, settings), strict=True):
        everywhere = EVERYWHERE[it.peer] if group == "matrix" else None
        yield row, everywhere or of_ratio(it.contest, it.ours, it.peer, level, best=best)


def _alone(group: str, level: str, lab: Lab, settings: Settings) -> Iterator[Row]:
    """Yield figures of ours that are not ratios."""
    if group == "memory":
        yield from figures.memory_of_ours(lab, level)
        return
    alone = replace(settings, peers=())
    found = figures.imports(lab, alone) if group == "import" else rows_of(CONTESTS["reopen"], lab, alone)
    yield next(found)


def _shown(row: Row, owed: Target | None) -> str:
    if row.value is None:
        return f"{_line(row.against, row.way)} skipped: {row.note}"
    _, _, figure, *spans = cells(row)
    limits = [significant(value) for value in owed] if owed else ["-", "-"]
    return _line(row.against, row.way, figure, *limits, *spans, verdict(row, owed))


def _line(ours: str, peer: str, *figures: str) -> str:
    return f"{ours:52} {peer:32}" + "".join(f"{figure:>15}" for figure in figures)


def _grid(found: list[tuple[Row, Target | None]]) -> list[str]:
    """Return the matrix: contents across, encoders down, speed against zlib / libdeflate."""
    marked = {
        (
            *row.contest.split(" by "),
            row.way,
        ): f"{row.ratio.median:.2f}{'!' if verdict(row, owed).startswith('BELOW') else ' '}"
        for row, owed in found
        if row.ratio
    }
    kinds, encoders = (list(dict.fromkeys(key[at] for key in marked)) for at in (0, 1))
    lines = [
        "speed against zlib / libdeflate, ! where below 1.00 / 0.91",
        (" " * 13 + "".join(f"{kind:^14}" for kind in kinds)).rstrip(),
    ]
    for encoder in encoders:
        pairs = ("/".join(marked.get((kind, encoder, peer), "") for peer in matrix.RIVALS) for kind in kinds)
        lines.append(f"{encoder:13}" + "".join(f"{pair:^14}" for pair in pairs).rstrip())
    missed = sum("!" in cell for cell in marked.values())
    return [*lines, f"{len(marked) - missed} of {len(marked)} as owed"]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
