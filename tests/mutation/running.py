"""Run a killer within limits of time."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Limits:
    """Of one run: seconds of CPU, and of the clock, with time for machines that stand still."""

    cpu: int
    wall: float


def limits_for(seconds: float) -> Limits:
    """What a run may take whose unchanged program needed so many seconds of CPU."""
    return Limits(2 + round(6 * seconds), 60 + 20 * seconds)


NO_END = "no end"
_LIMITED = 'ulimit -c 0; ulimit -t "$1"; shift; exec "$@"'


def _finished(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait. Rounds are counted, because the clock goes on while all processes are stopped."""
    for _ in range(round(seconds)):
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            continue
        return True
    return False


def run(command: Sequence[str], limits: Limits, standard_input: Path | None = None, **options: Any) -> str:
    """Run a program; return what killed it, or nothing."""
    with (standard_input or Path(os.devnull)).open() as given, tempfile.TemporaryFile() as told:
        words = ["sh", "-c", _LIMITED, "sh", str(limits.cpu), *command]
        process = subprocess.Popen(words, stdin=given, stdout=told, stderr=told, **options)
        try:
            ended = _finished(process, limits.wall)
        finally:
            process.kill()
            process.wait()
        if not ended:
            return NO_END
        told.seek(0)
        lines = told.read().decode(errors="replace").strip().splitlines()
    return (
        f"exit status {process.returncode}: {lines[0][:120] if lines else ''}" if process.returncode else ""
    )


def cpu_seconds(command: Sequence[str], standard_input: Path | None = None, **options: Any) -> float:
    """Seconds of CPU of a run that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    reason = run(command, Limits(3000, 3000), standard_input, **options)
    if reason:
        raise SystemExit(f"the unchanged core fails {' '.join(command)[:200]}: {reason}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent
