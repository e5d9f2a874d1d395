"""The runner: every setting of a grid in a process of its own, several side by side, results line by line."""

from __future__ import annotations

import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._extras import optional
from .data import Dataset, share
from .grid import Setting
from .results import appending, read_results
from .schema import SCHEMA, Line, in_order, run_key
from .supervise import supervise


@dataclass(frozen=True)
class Options:
    """How a grid is run.

    Attributes
    ----------
    repeat : int
        Most fits of each setting; two in a row that agree within 0.001 end the repeating.
    jobs : int
        Settings side by side, each on one core. On a Dask cluster its workers decide.
    backend : {"loky", "dask"}
        Backend of joblib that spreads the settings.
    scheduler : str or None
        Address of a Dask scheduler; None starts a cluster on this machine.
    timeout : float or None
        Seconds that one setting may take.
    memory : int or None
        Bytes that the process of one setting may have of its own, the shared data not counted.
    seed : int
        Of shuffles and estimators; repeat `k` uses ``seed + k``.
    """

    repeat: int = 2
    jobs: int = 1
    backend: str = "loky"
    scheduler: str | None = None
    timeout: float | None = None
    memory: int | None = None
    seed: int = 0


def pending(settings: Sequence[Setting], dataset: Dataset, target: Path, options: Options) -> list[Setting]:
    """Return the settings that can be run and have no line in the results file yet."""
    done = {run_key(line) for line in read_results(target)} if target.exists() else set()
    possible = (setting for setting in settings if setting.impossible is None)
    return [setting for setting in possible if run_key(_head(setting, dataset, options)) not in done]


def run_settings(
    settings: Sequence[Setting],
    dataset: Dataset,
    target: Path,
    options: Options,
    report: Callable[[Line], object],
) -> None:
    """Run settings and append a line for each to the results file.

    Parameters
    ----------
    settings : sequence of Setting
        Those that `pending` names.
    dataset : Dataset
        Scaled and written once to a temporary folder, from which all processes map it. On a cluster of
        several machines that folder (``TMPDIR``) has to be one that all of them see.
    target : Path
        Results file; made if missing.
    options : Options
    report : callable
        Gets each line after it is on the disk.

    Raises
    ------
    MissingExtraError
        A library is not installed.
    OSError
        The results cannot be written.
    """
    joblib = optional("joblib", "joblib", "classify", "the classifier benchmark")
    with ExitStack() as stack:
        results = stack.enter_context(appending(target))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fmnist-fast-"))
        share(dataset, Path(folder))
        stack.enter_context(_backend(joblib, options))
        jobs = (joblib.delayed(_job)(k, s.as_json(), folder, options) for k, s in enumerate(settings))
        parallel = joblib.Parallel(batch_size=1, return_as="generator_unordered")
        for number, outcome in stack.enter_context(_closed(parallel(jobs))):
            line = in_order({**_head(settings[number], dataset, options), **outcome})
            results.append(line)
            report(line)


@contextmanager
def _closed(outcomes: Any) -> Iterator[Any]:
    """Close joblib's generator at the end, without its advice on work left undone: that was Ctrl-C."""
    try:
        yield outcomes
    finally:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"\d+ tasks", category=UserWarning)
            outcomes.close()


def _job(number: int, setting: dict[str, Any], folder: str, options: Options) -> tuple[int, dict[str, Any]]:
    """Run one setting, wherever joblib wants it."""
    job = {"setting": setting, "folder": folder, "seed": options.seed, "repeat": options.repeat}
    return number, supervise({**job, "timeout": options.timeout, "memory": options.memory})


def _head(setting: Setting, dataset: Dataset, options: Options) -> Line:
    """Return what is known of a line before its setting has run."""
    return {
        "schema": SCHEMA,
        "name": setting.name,
        "parameter": setting.parameter,
        "grid": setting.grid,
        "estimator": setting.recipe,
        "change": setting.change,
        "dataset": dataset.facts,
        "train_rows": min(dataset.facts["train"], setting.max_train or dataset.facts["train"]),
        "seed": options.seed,
        "repeat": options.repeat,
        "limits": {"timeout": options.timeout, "memory": options.memory},
        "backend": options.backend,
        "jobs": options.jobs,
    }


@contextmanager
def _backend(joblib: Any, options: Options) -> Iterator[None]:
    """Let joblib spread its work as the options say."""
    if options.backend == "loky":
        with joblib.parallel_config("loky", n_jobs=options.jobs, initializer=_leave_interrupts):
            yield
        return
    distributed = optional("dask.distributed", "dask.distributed", "dask", "the backend dask")
    with ExitStack() as stack:
        address: Any = options.scheduler
        if address is None:
            address = stack.enter_context(_local_cluster(distributed, options.jobs))
        client = stack.enter_context(distributed.Client(address, set_as_default=False))
        stack.enter_context(joblib.parallel_config("dask", client=client))
        yield


def _local_cluster(distributed: Any, workers: int) -> Any:
    """Start a Dask cluster on this machine whose workers have inherited to leave Ctrl-C alone."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs="CRITICAL"
        )
    finally:
        signal.signal(signal.SIGINT, before)


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the process that waits for the results: it ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def default_memory(jobs: int) -> int:
    """Return the share of this machine's memory that one of so many jobs may take, in bytes."""
    psutil = optional("psutil", "psutil", "classify", "the classifier benchmark")
    return int(0.9 * psutil.virtual_memory().total) // max(jobs, 1)
