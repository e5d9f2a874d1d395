"""The process of one setting: reads a job from standard input, fits and scores, writes what came out.

The job is one line of JSON; the answer is one line of JSON on standard output. Whatever else is printed goes
to standard error. When standard input ends, the process that asked is gone, and this one ends too.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .._peak import peak_memory
from .data import draw_rows, shared
from .estimator import build
from .grid import Setting

#: Two repeats that agree within this end the repeating.
AGREEMENT = 1e-3

_GRACE = 60  # seconds; whoever asked has long stopped this process by then, unless it was killed itself
_LONGEST = 200  # characters of a warning or an error


def main() -> None:
    """Do one job."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if job["timeout"] is not None:
        # Not even code that holds the GIL for ever outlives this.
        faulthandler.dump_traceback_later(job["timeout"] + _GRACE, exit=True)
    try:
        _limit_memory(job["memory"])
        outcome = _fit(job)
    except MemoryError as error:
        outcome = {"status": "memory", "reason": f"out of memory within the limit: {error}".rstrip(": ")}
    except Exception as error:
        outcome = {"status": "error", "reason": _first_line(f"{type(error).__name__}: {error}")}
    json.dump(outcome, answer)
    answer.flush()
    os._exit(0)  # no clean-up of a library can hang or crash any more


def _end_with_parent() -> None:  # pragma: no cover  (it ends the process, and the counters with it)
    sys.stdin.read()
    if hasattr(os, "killpg"):  # this process leads a group of its own: what it started ends with it
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _limit_memory(limit: int | None) -> None:
    """Let allocations beyond the limit fail; memory maps of the shared data do not count."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such limits here: the watch remains
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _fit(job: dict[str, Any]) -> dict[str, Any]:
    setting = Setting.from_json(job["setting"])
    folder = Path(job["folder"])
    train = shared(folder, "train", setting.input)
    labels = shared(folder, "train", "labels")
    test, expected = shared(folder, "test", setting.input), shared(folder, "test", "labels")
    rows = min(len(labels), setting.max_train or len(labels))
    build(setting, 0)  # what it imports is not part of the time
    score: list[float] = []
    times: dict[str, list[float]] = {"fit_time": [], "predict_time": []}
    start, start_cpu = time.perf_counter(), time.process_time()
    with _collected_warnings() as notes:
        for repeat in range(job["repeat"]):
            seed = job["seed"] + repeat
            chosen = draw_rows(labels, rows, seed) if rows < len(labels) else np.arange(rows)
            order = np.random.default_rng(seed).permutation(chosen)
            estimator = build(setting, seed)
            with _clocked(times["fit_time"]):
                estimator.fit(train[order], labels[order])
            with _clocked(times["predict_time"]):
                predicted = estimator.predict(test)
            score.append(float(np.mean(predicted == expected)))
            if repeat and abs(score[-1] - score[-2]) < AGREEMENT:
                break
    wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    peak = peak_memory()
    return {
        "status": "ok",
        "reason": None,
        "score": score,
        "num_repeat": len(score),
        "mean_accuracy": float(np.mean(score)),
        "std_accuracy": float(2 * np.std(score)),
        "time_per_repeat": wall / len(score),
        "warnings": notes,
        "wall_time": wall,
        "cpu_time": cpu,
        **times,
        **({} if peak is None else {"peak_memory": peak}),  # else the watch's samples are kept
    }


@contextlib.contextmanager
def _clocked(times: list[float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    times.append(time.perf_counter() - start)


@contextlib.contextmanager
def _collected_warnings() -> Iterator[list[str]]:
    """Yield a list that holds the distinct warnings of the block after its end."""
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        yield notes
    texts = (_first_line(f"{warning.category.__name__}: {warning.message}") for warning in caught)
    notes.extend(dict.fromkeys(texts))


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[0][:_LONGEST]


if __name__ == "__main__":
    main()
