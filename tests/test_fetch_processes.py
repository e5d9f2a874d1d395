"""Downloads in processes that are killed, or that want the same file at the same time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from command import environment
from toy_datasets import ARRAYS, TOY, packed

from fmnist_fast.datasets.fetch import fetch_file

pytest.importorskip("pooch", reason="pooch is not installed")
pytestmark = [
    pytest.mark.once,
    pytest.mark.usefixtures("isolated"),
    pytest.mark.skipif(os.name == "nt", reason="neither SIGKILL nor a lock to wait for"),
]
KNOWN = TOY.splits["train"].images
DATA = packed(ARRAYS["train-images-idx3-ubyte"])


def start(server, behavior, root) -> subprocess.Popen:
    """Download the file in a process of its own."""
    code = (
        "import sys; from dataclasses import replace; from toy_datasets import TOY\n"
        "from fmnist_fast.datasets.fetch import fetch_file\n"
        "fetch_file(replace(TOY, mirrors=(sys.argv[1],)), TOY.splits['train'].images, sys.argv[2])\n"
    )
    command = [sys.executable, "-c", code, server.url(behavior), str(root)]
    return subprocess.Popen(command, env=environment(Path(__file__).parent / "support"))


def test_processes_wait_for_each_other(server, tmp_path):
    """As the ranks of one training: one downloads, the others find the file."""
    processes = [start(server, "cut", tmp_path) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert server.behaviors() == ["cut", "cut"]
    assert os.listdir(tmp_path / "toy-mnist") == [KNOWN.name]


def test_killed_in_the_middle(server, tmp_path):
    """Nothing has the file's name; what arrived is there for the next attempt."""
    process = start(server, "stall", tmp_path)
    part = tmp_path / "toy-mnist" / f"{KNOWN.name}.part"
    try:
        while process.poll() is None and not (part.exists() and part.stat().st_size > 16_000):
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    size = part.stat().st_size
    assert 16_000 < size < len(DATA)
    assert KNOWN.name not in os.listdir(part.parent)
    assert Path(fetch_file(replace(TOY, mirrors=(server.url("good"),)), KNOWN, tmp_path)).read_bytes() == DATA
    assert server.asked[-1] == (f"/good/{KNOWN.name}", f"bytes={size}-")
