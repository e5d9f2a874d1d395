"""A short turn of the fuzzers for what Python reads: BGZF members, caches and their notes, public calls.

In a process of their own, because they make limits small that are meant for large files.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from backends import SEED
from command import environment

SCRIPT = Path(__file__).with_name("fuzz") / "files.py"


@pytest.mark.parametrize(("name", "count"), [("bgzf", 400), ("cache", 60), ("calls", 4000)])
def test_made_inputs(name, count, tmp_path):
    command = [sys.executable, "-P", str(SCRIPT), name, str(count), str(1_000_000 * SEED)]
    done = subprocess.run(
        command, env=environment(), cwd=tmp_path, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{name}: {count} inputs"), done.stdout
