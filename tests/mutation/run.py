"""Change one comparison, bound, sign or constant of the C core at a time, and see whether a test notices.

Each mutation is compiled into the fuzzers' targets, the small worlds and the lanes' driver, which run for
seconds on inputs of their own making; what survives goes through the same under sanitizers, then through the
tests in Python, and at last through the gate of instructions per byte. A mutation that changes nothing in the
released machine code counts as equivalent. Survivors that have been looked at are in accepted.toml, with
reasons; they are spared the slow stages.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shlex
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from accepted import Accepted
from inputs import write_inputs
from killers import PROGRAMS, SOURCES
from order import Order
from report import summary
from sites import Site, find_all
from trial import STAGES, Bench
from workshop import CORE, FAST, Workshop

EXAMPLES = """examples:
  .ci/mutation                                  a sample of 600, from a new seed, which is printed
  .ci/mutation --sample 0 --results all.jsonl   all of them; run it again to go on after an interruption
  .ci/mutation --stages fast gzip.c idx.c --sample 0
  .ci/mutation --list inflate/tables.c
  .ci/mutation --accepted --sample 0            is there one in accepted.toml that a test notices by now?
"""


def options(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog=".ci/mutation",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files", nargs="*", help="files below src/core, by any end of their path (default: all)"
    )
    parser.add_argument(
        "--sample", type=int, default=600, metavar="N", help="so many at random; 0: all (default 600)"
    )
    parser.add_argument("--seed", type=int, help="start of the sample (default: a new one, which is printed)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="so many at once")
    parser.add_argument(
        "--stages",
        type=stages,
        default=STAGES,
        metavar="STAGE,...",
        help=f"who looks (default: {','.join(STAGES)})",
    )
    parser.add_argument("--results", type=Path, metavar="FILE", help="JSON lines: written, and gone on from")
    parser.add_argument("--again", action="store_true", help="try what survived in the results again")
    parser.add_argument(
        "--accepted",
        action="store_true",
        help="those that accepted.toml lists: does a test notice one by now?",
    )
    parser.add_argument("--list", action="store_true", help="list the mutations, and stop")
    parser.add_argument("--report", action="store_true", help="report on the results, and stop")
    return parser.parse_args(arguments)


def stages(words: str) -> tuple[str, ...]:
    """The stages of a list with commas, in their own order."""
    named = words.split(",")
    if unknown := [name for name in named if name not in STAGES]:
        raise argparse.ArgumentTypeError(f"no stage {', '.join(unknown)}: expected {', '.join(STAGES)}")
    return tuple(name for name in STAGES if name in named)


def core_digest() -> str:
    """What results are results of."""
    digest = hashlib.sha256()
    for path in sorted(CORE.rglob("*.[ch]")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def chosen(sites: list[Site], files: Sequence[str], sample: int, seed: int) -> list[Site]:
    """The mutations of a run, shuffled, so that any beginning of it is a sample."""
    unknown = [name for name in files if not any(site.file.endswith(name) for site in sites)]
    if unknown:
        raise SystemExit(f"no mutations in {', '.join(unknown)}: expected files below src/core")
    wanted = [site for site in sites if not files or site.file.endswith(tuple(files))]
    random.Random(seed).shuffle(wanted)
    return wanted[:sample] if sample else wanted


def load(path: Path | None) -> list[dict[str, Any]]:
    """Results of an earlier run over the same core."""
    if path is None or not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    if any(row["core"] != core_digest() for row in rows):
        raise SystemExit(f"{path}: these are results of another state of src/core; name a new file")
    return list({tuple(row["key"]): row for row in rows}.values())  # the last word on each


def open_benches(folder: Path, files: list[str], jobs: int, stages: tuple[str, ...]) -> SimpleQueue[Bench]:
    """Workers with everything compiled; the first one measures for all."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    order = Order()
    benches = [
        Bench(Workshop(folder / str(number), compiler, SOURCES), folder / "inputs", stages, order)
        for number in range(jobs)
    ]
    for bench in benches:
        bench.shop.open()
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(Bench.open, benches))
    lanes, work = (benches[0].shop.link(FAST, name, PROGRAMS[name], {}) for name in ("lanes", "work"))
    write_inputs(folder / "inputs", lanes, work)
    benches[0].measure(files)
    queue: SimpleQueue[Bench] = SimpleQueue()
    for bench in benches:
        queue.put(bench)
    return queue


def try_all(
    sites: list[Site], accepted: Accepted, benches: SimpleQueue[Bench], jobs: int, path: Path | None
) -> Iterable[dict[str, Any]]:
    """Results as they come; written down at once."""
    digest, writing, stop = core_digest(), threading.Lock(), threading.Event()

    def one(site: Site) -> dict[str, Any] | None:
        if stop.is_set():
            return None
        bench = benches.get()
        try:
            result = bench.judge(site, bool(accepted.reason(site.key)))
        finally:
            benches.put(bench)
        row = {"core": digest, "key": site.key, "line": site.line, "verdict": result.verdict, "by": result.by}
        with writing:
            if path:
                with path.open("a") as file:
                    file.write(json.dumps(row) + "\n")
        return row

    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield from filter(None, pool.map(one, sites))
        finally:
            stop.set()


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0: of what changes a byte or verdict, 90 % is killed, and the rest has reasons."""
    wanted = options(arguments)
    seed = random.randrange(10**6) if wanted.seed is None else wanted.seed
    accepted = Accepted.load()
    sites = find_all(CORE, shlex.split(os.environ.get("CC", "cc")))
    if wanted.accepted:
        sites = [site for site in sites if accepted.reason(site.key)]
    sites = chosen(sites, wanted.files, wanted.sample, seed)
    if wanted.list:
        for site in sorted(sites, key=lambda site: (site.file, site.begin)):
            print(f"{site.file}:{site.line}: {site.function}: {site.change}: {site.text}")
        return 0
    rows = [row for row in load(wanted.results) if not (wanted.again and row["verdict"] == "survived")]
    done = {tuple(row["key"]) for row in rows}
    left = [] if wanted.report else [site for site in sites if site.key not in done]
    if not wanted.report:
        print(f"{len(sites)} mutations, {len(left)} to try, seed {seed}", flush=True)
    if left:
        with tempfile.TemporaryDirectory(prefix="mutation") as folder:
            files = sorted({site.file for site in left})
            benches = open_benches(Path(folder), files, wanted.jobs, wanted.stages)
            known = Accepted({}) if wanted.accepted else accepted
            for row in try_all(left, known, benches, wanted.jobs, wanted.results):
                rows.append(row)
                if row["verdict"] == "survived" and not accepted.reason(row["key"]):
                    file, function, text, change = row["key"]
                    print(f"survived: {file}:{row['line']}: {function}: {change}: {text}", flush=True)
    text, good = summary(rows, accepted)
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted; with --results the next run goes on from here")
