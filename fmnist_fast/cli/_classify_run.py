"""`fmnist-fast classify run`: a grid of classifiers on one dataset."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._threads import usable_cpus
from ._arguments import add_command, address, positive, seconds, seed, size
from ._console import say, size_text
from ._files import UsageError

if TYPE_CHECKING:
    from ..baselines.grid import Setting
    from ..baselines.runner import Options

_DAY = 86_400.0
_RECENT = 11  # ends of settings that the time left is reckoned from: the grid goes from light to heavy

_EPILOG = """\
Every setting is fitted in a process of its own on one core: pixels are scaled to mean 0 and variance 1 over
the training images, the training images are shuffled anew for each repeat, and repeating ends early when two
repeats in a row agree within 0.001. One JSON line per setting goes to the results file as soon as it has
ended, also where it failed, crashed or ran into a limit: then the line says why, and the run goes on. Start
the same command again after Ctrl-C: settings that have a line are not run again. To have one repeated, delete
its line.

The grid "original" holds the 143 settings that came with Fashion-MNIST in 2017, of which 140 can be run, in
the spelling of today's scikit-learn; "modern" what one would try now; a FILE your own, in the TOML format of
those two (they lie in fmnist_fast/baselines/grids). Grid files name classes that are imported: run only those
of people you trust.

The folder of --data has the four canonical files, or one file of images and one of labels: then --test N sets
rows aside to test on, every class in its share. Without --data the folder is that of FMNIST_FAST_DATA.

--backend dask spreads the settings over a Dask cluster, one on this machine or the one of --scheduler. The
workers need the same environment, and the folder for temporary files (TMPDIR) in common.

examples:
  fmnist-fast classify run --data fashion --out results.jsonl
  fmnist-fast classify run --data fashion --only "SVC(*rbf*" --timeout 3600 --memory 4G --out svc.jsonl
  fmnist-fast classify run --data fashion900 --train 700 --test 200 --jobs 2 --out small.jsonl
  fmnist-fast classify run --data fashion --backend dask --scheduler tcp://10.0.0.1:8786 --out results.jsonl

exit codes: 0 every setting has a line, 1 the data cannot be read or the results not written, 130 interrupted
"""


def add(commands: Any) -> None:
    """Add this command to the parser."""
    command = add_command(
        commands,
        "run",
        run,
        help="fit and score every setting of a grid",
        description="Fit and score a grid of scikit-learn classifiers, each in a process with limits.",
        epilog=_EPILOG,
    )
    option = command.add_argument
    option("--data", type=Path, metavar="DIR", help="folder with the IDX files (default: FMNIST_FAST_DATA)")
    option(
        "--grid", default="original", metavar="GRID", help="original, modern or a FILE (default: original)"
    )
    option("--only", default="*", metavar="GLOB", help='settings to run, such as "SVC*" or "*(*C=10,*"')
    option("--train", type=positive, metavar="N", help="N training rows, in the proportions of the classes")
    option("--test", type=positive, metavar="N", help="N test rows, in the proportions of the classes")
    option("--repeat", type=positive, default=2, metavar="N", help="fits of each setting (default: 2)")
    option("--jobs", type=positive, metavar="N", help="settings at the same time (default: one per core)")
    option("--backend", choices=("loky", "dask"), default="loky", help="backend of joblib (default: loky)")
    option(
        "--scheduler",
        type=address,
        metavar="ADDRESS",
        help="scheduler of a Dask cluster (default: start one here)",
    )
    option("--timeout", type=seconds, default=_DAY, metavar="S", help="seconds per setting (default: a day)")
    option(
        "--memory",
        type=size,
        metavar="SIZE",
        help="memory per setting, such as 2G (default: 90%% of the machine, divided among the jobs)",
    )
    option("--seed", type=seed, default=0, metavar="S", help="random seed (default: 0)")
    option("--out", required=True, type=Path, metavar="FILE", help="results file, appended to")


def run(arguments: argparse.Namespace) -> int:
    """Run the grid."""
    from ..baselines.data import load_dataset
    from ..baselines.grid import GridError, load_grid, select
    from ..baselines.runner import Options, default_memory, pending, run_settings

    if arguments.scheduler and arguments.backend != "dask":
        raise UsageError("--scheduler needs --backend dask")
    try:
        settings = select(load_grid(arguments.grid), arguments.only)
    except GridError as error:
        raise UsageError(str(error)) from error
    if not settings:
        raise UsageError(f"--only {arguments.only}: no setting of the grid {arguments.grid} fits")
    jobs = arguments.jobs or usable_cpus()
    options = Options(
        repeat=arguments.repeat,
        jobs=jobs,
        backend=arguments.backend,
        scheduler=arguments.scheduler,
        timeout=arguments.timeout,
        memory=arguments.memory or default_memory(jobs),
        seed=arguments.seed,
    )
    dataset = load_dataset(
        _folder(arguments), train=arguments.train, test=arguments.test, seed=arguments.seed
    )
    todo = pending(settings, dataset, arguments.out, options)
    _say_plan(settings, len(todo), dataset.facts, options, arguments.out)
    if todo:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as `docker stop` and batch systems end it
        run_settings(todo, dataset, arguments.out, options, _Reporter(len(todo)))
    return 0


def _say_plan(settings: list[Setting], todo: int, facts: dict[str, Any], options: Options, out: Path) -> None:
    """Say what is about to be run, and what is not, and why."""
    say(
        f"{facts['name']}: {facts['train']:,} rows to fit on, {facts['test']:,} to test on;"
        f" {options.jobs} at a time, each up to {options.timeout:g} s and {size_text(options.memory or 0)}"
    )
    for setting in settings:
        if setting.impossible:
            say(f"not possible: {setting}: {setting.impossible}")
    possible = sum(setting.impossible is None for setting in settings)
    if todo < possible:
        say(f"{possible - todo} of {possible} settings have a line in {out} already")


def _folder(arguments: argparse.Namespace) -> Path:
    named = arguments.data or os.environ.get("FMNIST_FAST_DATA")
    if not named:
        raise UsageError("which dataset? --data DIR names its folder, or FMNIST_FAST_DATA in the environment")
    return Path(named)


class _Reporter:
    """Says how each setting went, and how long the others may take."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._times = deque([time.monotonic()], maxlen=_RECENT)

    def __call__(self, line: dict[str, Any]) -> None:
        self._done += 1
        arguments = ", ".join(f"{key}={value!r}" for key, value in sorted(line["parameter"].items()))
        if line["status"] == "ok":
            how = f"{line['mean_accuracy']:.4f} in {line['wall_time']:.1f} s"
        else:
            how = f"{line['status']}: {line['reason']}"
        self._times.append(time.monotonic())
        left = (self._times[-1] - self._times[0]) / (len(self._times) - 1) * (self._total - self._done)
        rest = f", about {_duration(left)} left" if self._done < self._total else ""
        say(f"[{self._done}/{self._total}] {line['name']}({arguments}): {how}{rest}")


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
