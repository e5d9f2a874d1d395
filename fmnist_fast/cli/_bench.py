"""`fmnist-fast bench`: how fast, beside everything else that reads the same files."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import FmnistFastError
from ._arguments import add_command, count
from ._console import complain, say, table
from ._files import UsageError, refuse_existing

_EPILOG = """\
Contestants take turns in one process, A B A B, and each turn of one is divided by the turn of the other
right beside it. "relative" is the median of those ratios: how many times as long as fmnist_fast, on one
thread, the other takes. Every contestant first has to deliver what is in the file. Peers that are not
installed are named; python -m pip install "fmnist_fast[bench]" brings most of them.

Without --data the inputs are synthetic garments of the size of Fashion-MNIST (FMNIST_FAST_DATA may name a
folder with the real four files), kept in the folder for temporary files.

examples:
  fmnist-fast bench --quick                              a few minutes; without --quick it takes about ten
  fmnist-fast bench --resume part.json                   interrupted and called again, it goes on where it was
  fmnist-fast bench --only decode epoch --peers isal libdeflate "torch indexing"
  fmnist-fast bench --files my-images-idx3-ubyte.gz      the same question for files of yours
  fmnist-fast bench --json new.json --html new.html --plot new.png
  fmnist-fast bench --history runs.jsonl --html runs.html      append this run; the page shows all of them
  fmnist-fast bench --compare old.json new.json          nothing is measured
  fmnist-fast bench --list                               what can be measured, and what by
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "bench",
        run,
        help="measure speed and memory beside other readers, as tables, page and chart",
        description="Measure reading, writing, normalizing and batching beside every peer that is there.",
        epilog=_EPILOG,
    )
    what = command.add_argument_group("what to measure")
    what.add_argument("--quick", action="store_true", help="smaller inputs and fewer pairs")
    what.add_argument("--only", nargs="+", metavar="CONTEST", default=[], help="these contests (see --list)")
    what.add_argument("--peers", nargs="+", metavar="NAME", help="ours and these peers only (see --list)")
    what.add_argument(
        "--files", nargs="+", type=Path, metavar="FILE", default=[], help="read these IDX files only"
    )
    what.add_argument("--data", metavar="DIR", help="folder with the four .gz files")
    what.add_argument("--list", action="store_true", help="name contests and peers, and measure nothing")
    how = command.add_argument_group("how")
    how.add_argument("--pairs", type=count, metavar="N", help="pairs behind each ratio (15, quick: 7)")
    how.add_argument("--pin", type=count, metavar="CPU", help="keep what has one thread on this CPU")
    how.add_argument(
        "--clock",
        choices=("wall", "cpu"),
        default="wall",
        help="cpu: for busy machines, and one thread only",
    )
    how.add_argument(
        "--resume", type=Path, metavar="FILE", help="kept while it runs; one that is there is continued"
    )
    how.add_argument("--inputs", metavar="DIR", help="where generated inputs are kept")
    out = command.add_argument_group("results")
    out.add_argument(
        "--load",
        nargs="+",
        metavar="RUN",
        help="measure nothing, report on an earlier run, or on several as one",
    )
    out.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    out.add_argument("--html", type=Path, metavar="FILE", help="write a page that works offline")
    out.add_argument("--plot", type=Path, metavar="FILE", help="write a bar chart as PNG")
    out.add_argument(
        "--markdown",
        nargs="+",
        type=Path,
        metavar="FILE",
        default=[],
        help="rewrite the figures in them",
    )
    out.add_argument("--history", type=Path, metavar="FILE", help="append the run as a line of JSON")
    out.add_argument(
        "--label", default="", metavar="TEXT", help="name of the run (default: commit or version)"
    )
    out.add_argument(
        "--compare", nargs=2, metavar=("A", "B"), help="compare two runs: FILE for its last, or FILE@LABEL"
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure, or compare what was measured."""
    from ..benchmark import passes, results, suite
    from ..benchmark.paired import pinned

    if arguments.list:
        return _list()
    if arguments.compare:
        return _compare(*arguments.compare)
    if unknown := [name for name in arguments.only if name not in suite.TITLES]:
        raise UsageError(f"there is no contest {', '.join(unknown)}; known: {', '.join(suite.TITLES)}")
    if unknown := sorted(set(arguments.peers or ()) - suite.peers().keys()):
        raise UsageError(f"there is no peer {', '.join(unknown)}; --list names those there are")
    if arguments.only and arguments.files:
        raise UsageError("--files and --only exclude each other")
    if arguments.pairs is not None and arguments.pairs < 3:
        raise UsageError("--pairs must be at least 3")
    with pinned(arguments.pin) as held:
        if arguments.pin is not None and not held:
            raise UsageError(f"--pin {arguments.pin}: this process cannot be kept on that CPU")
    reports = _reports(arguments)
    if arguments.load:
        done = passes.combined([results.find(name) for name in arguments.load])
    else:
        done = _measure(arguments)
    for report in reports:
        report(done)
    return 0


def _measure(arguments: argparse.Namespace) -> Any:
    from ..benchmark import results, suite
    from ..benchmark.contest import Lab, WrongResultError
    from ..benchmark.measure import Settings
    from ..benchmark.status import show
    from ..benchmark.streams import Library

    def made(what: str) -> None:
        show()
        complain(what)

    def finished(rows: list[Any], so_far: Any) -> None:
        show()
        _show(rows)
        if arguments.resume:
            results.save(so_far, arguments.resume)

    quick = arguments.quick
    pairs = arguments.pairs or (7 if quick else 15)
    seconds = pairs / (7 if quick else 3)
    settings = Settings(pairs, seconds, arguments.pin, arguments.clock, arguments.peers)
    lab = Lab(Library(arguments.inputs, arguments.data, say=made), quick)
    for name, value in suite.conditions(lab, settings).items():
        say(f"{name:12} {value}")
    before = _before(arguments.resume, suite.conditions(lab, settings))
    try:
        done = suite.run(
            lab,
            settings,
            only=arguments.only,
            files=arguments.files,
            label=arguments.label,
            before=before,
            started=lambda number, of, title: say(f"\n[{number}/{of}] {title}"),
            finished=finished,
        )
    except WrongResultError as error:
        raise FmnistFastError(f"nothing is measured: {error}") from None
    if arguments.resume:
        arguments.resume.unlink()
    return done


def _show(rows: list[Any]) -> None:
    from ..benchmark import text

    head, lines = text.table(rows)
    if lines:
        table(head, lines, left=2 if rows[0].against else 1)
    for name, reason in text.missing(rows):
        say(f"{name}: {reason}")


def _before(part: Path | None, conditions: dict[str, str]) -> Any:
    """Return the run that was interrupted, if there is one."""
    from ..benchmark import comparison, results

    if part is None or not part.exists():
        return None
    before = results.find(str(part))
    if other := comparison.differing(before.facts, conditions):
        raise UsageError(f"{part}: that run differs in {', '.join(other)}; remove it to begin again")
    return before


def _reports(arguments: argparse.Namespace) -> list[Callable[[Any], object]]:
    """Return what is to be done with the run; what that needs is missed now, not after the measuring."""
    from ..benchmark import document, page, plot, results

    outputs = (arguments.json, arguments.history, arguments.html, arguments.plot, arguments.resume)
    for output in filter(None, outputs):
        refuse_existing(output, overwrite=True)
    reports: list[Callable[[Any], object]] = []
    if arguments.json:
        reports.append(lambda done: results.save(done, arguments.json))
    if arguments.history:
        if arguments.history.exists():
            results.history(arguments.history)
        reports.append(lambda done: results.append(done, arguments.history))
    if arguments.html:
        page.check()
        reports.append(lambda done: page.write(done, arguments.html, arguments.history))
    if arguments.plot:
        plot.check()
        reports.append(lambda done: plot.write(done, arguments.plot))
    for path in arguments.markdown:
        document.check(path)
        reports.append(functools.partial(document.write, path=path))
    return reports


def _compare(first: str, second: str) -> int:
    from ..benchmark import comparison, results

    a, b = results.find(first), results.find(second)
    say(f"A  {a.label}, {a.time}")
    say(f"B  {b.label}, {b.time}")
    for name in comparison.differing(a.facts, b.facts):
        say(f"differs: {name}\n  A  {a.facts.get(name, '-')}\n  B  {b.facts.get(name, '-')}")
    say()
    found = comparison.lines(a, b)
    table(comparison.COLUMNS, found, left=2)
    say(f"\n{comparison.conclusion(found)}")
    return 0


def _list() -> int:
    from ..benchmark import suite
    from ..benchmark.decoders import version

    say("contests")
    for name, title in suite.TITLES.items():
        say(f"  {name:18} {title}")
    say("\npeers")
    for name, package in suite.peers().items():
        say(f"  {name:22} {f'{package} {version(package)}' if package else 'always there'}")
    return 0
