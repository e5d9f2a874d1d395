"""One job in a process of its own, watched: it may hang, crash or eat memory, and a result comes anyway."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._extras import optional
from .machine import machine, versions

_PAUSE = 0.05  # seconds between two looks at the process; memory that grows by 10 GB/s grows 0.5 GB in it
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


@dataclass
class _Usage:
    """What a process has used so far, as far as it was seen."""

    cpu: float = 0.0
    peak: int = 0
    private: int = 0


def supervise(job: dict[str, Any]) -> dict[str, Any]:
    """Run a job to its end, or end it.

    Parameters
    ----------
    job : dict
        ``setting`` (`Setting.as_json`), ``folder`` of the shared data, ``seed``, ``repeat``, ``timeout`` in
        seconds and ``memory`` in bytes, each of the two or None.

    Returns
    -------
    dict
        The fields of a result line that tell how it went.
    """
    start, clock = time.time(), time.perf_counter()
    usage = _Usage()
    # Files, not pipes: a pipe holds 64 KiB, then whoever writes waits for a reader.
    with (
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as errors,
        _process(answer, errors) as process,
    ):
        _send(process, job)
        outcome = _watch(process, job, usage, clock)
        if outcome is None:
            outcome = _outcome(process.returncode, answer, errors)
    return {
        "score": [],
        "num_repeat": 0,
        "mean_accuracy": None,
        "std_accuracy": None,
        "time_per_repeat": None,
        "warnings": [],
        "fit_time": [],
        "predict_time": [],
        "wall_time": time.perf_counter() - clock,
        "cpu_time": usage.cpu,
        "peak_memory": usage.peak,
        **outcome,
        "start_time": int(start),
        "done_time": int(time.time()),
        "machine": machine(),
        "versions": versions(),
    }


@contextmanager
def _process(answer: Any, errors: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start the process, and see that it has ended when the block has.

    It must import this very package, and Ctrl-C must not reach it: whoever watches it ends it.
    """
    command = [sys.executable, "-P", "-m", "fmnist_fast.baselines._child"]
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | _ONE_THREAD | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=answer,
        stderr=errors,
        env=environment,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)
        assert process.stdin
        with suppress(BrokenPipeError):  # a job that it has not read is still in our buffer
            process.stdin.close()


def _send(process: subprocess.Popen[bytes], job: dict[str, Any]) -> None:
    assert process.stdin
    try:
        process.stdin.write(json.dumps(job).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # it ended before it read anything; its exit code tells


def _watch(
    process: subprocess.Popen[bytes], job: dict[str, Any], usage: _Usage, start: float
) -> dict[str, Any] | None:
    """Return None when the process has ended by itself, else why it has to be ended."""
    timeout, memory = job["timeout"], job["memory"]
    while True:
        try:
            process.wait(_PAUSE)
            return None
        except subprocess.TimeoutExpired:
            pass
        _look(process, usage)
        if memory is not None and usage.private > memory:
            found = f"{usage.private:,} bytes of its own, the limit is {memory:,}"
            return {"status": "memory", "reason": f"stopped when it had {found}"}
        if timeout is not None and time.perf_counter() - start > timeout:
            return {"status": "timeout", "reason": f"stopped after {timeout:g} s, the time limit"}


def _look(process: subprocess.Popen[bytes], usage: _Usage) -> None:
    """Bring up to date what the process and its children use."""
    psutil = optional("psutil", "psutil", "classify", "the classifier benchmark")
    resident = private = 0
    cpu = 0.0
    try:
        family = [psutil.Process(process.pid)]
        family += family[0].children(recursive=True)
        for member in family:
            memory, times = member.memory_info(), member.cpu_times()
            resident += memory.rss
            private += memory.rss - getattr(memory, "shared", 0)
            cpu += times.user + times.system
    except psutil.Error:
        return  # it ended this very moment
    usage.cpu, usage.private, usage.peak = cpu, private, max(usage.peak, resident)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it has started, and wait for it."""
    if process.poll() is None:
        psutil = optional("psutil", "psutil", "classify", "the classifier benchmark")
        try:
            family = psutil.Process(process.pid).children(recursive=True)
        except psutil.Error:
            family = []
        process.kill()
        for member in family:
            try:
                member.kill()
            except psutil.Error:
                continue
    process.wait()
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):  # its group is empty, which is the rule
            os.killpg(process.pid, signal.SIGKILL)


def _outcome(code: int, answer: Any, errors: Any) -> dict[str, Any]:
    """Return what a process that has ended by itself has to say."""
    answer.seek(0)
    try:
        if code == 0:
            outcome: dict[str, Any] = json.loads(answer.read())
            return outcome
    except ValueError:
        pass
    how = f"with exit code {code}" if code >= 0 else f"by {_signal_name(-code)}"
    errors.seek(0)
    said = errors.read().decode(errors="replace").strip().splitlines()
    last = f"; its last words: {said[-1][:200]}" if said else ""
    return {"status": "crashed", "reason": f"its process ended {how} and without a result{last}"}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
