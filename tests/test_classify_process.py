"""The process of one setting, watched: it may be gone already when it is asked, looked at or ended."""

from __future__ import annotations

import io
import platform
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
from benchmark_data import write_small

from fmnist_fast.baselines import machine, supervise

psutil = pytest.importorskip("psutil", reason="psutil is not installed")
pytest.importorskip("sklearn", reason="scikit-learn is not installed")
pytestmark = pytest.mark.once


def test_a_process_that_ends_before_it_reads_its_job(monkeypatch):
    """A broken pipe once ended the run of all settings: the job was still in the buffer that was closed."""
    send = supervise._send

    def send_late(process, job):
        process.wait()
        send(process, job)

    monkeypatch.setattr(supervise, "_send", send_late)
    monkeypatch.setattr(sys, "executable", shutil.which("false") or pytest.skip("there is no command false"))
    outcome = supervise.supervise({"timeout": 5, "memory": None})
    assert (outcome["status"], outcome["score"]) == ("crashed", [])
    assert "exit code 1" in outcome["reason"]


def test_no_limits(tmp_path):
    from fmnist_fast.baselines.data import load_dataset, share
    from fmnist_fast.baselines.grid import load_grid, select

    share(load_dataset(write_small(tmp_path)), tmp_path)
    setting = select(load_grid("original"), "GaussianNB*")[0].as_json()
    job = {"setting": setting, "folder": str(tmp_path), "seed": 0, "repeat": 1}
    outcome = supervise.supervise({**job, "timeout": None, "memory": None})
    assert outcome["status"] == "ok", outcome["reason"]


def test_a_process_that_is_gone_is_not_looked_at():
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    usage = supervise._Usage(cpu=1.0, private=2, peak=3)
    supervise._look(process, usage)
    assert usage == supervise._Usage(cpu=1.0, private=2, peak=3)


class Gone:
    """A process that has just ended."""

    def __init__(self, pid=1):
        self.pid = pid

    def kill(self):
        raise psutil.NoSuchProcess(self.pid)

    def children(self, recursive):
        raise psutil.NoSuchProcess(self.pid)


@pytest.mark.parametrize(
    "found", [Gone, lambda pid: SimpleNamespace(children=lambda recursive: [Gone(), Gone()])]
)
def test_processes_that_go_while_they_are_ended(monkeypatch, found):
    monkeypatch.setattr(psutil, "Process", found)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        supervise._end(process)
        assert process.returncode not in (None, 0)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "with exit code 0"),
        (3, "with exit code 3"),
        (-9, "by SIGKILL"),
        (-12345, "by signal 12345"),
    ],
)
def test_an_answer_that_is_none(code, words):
    outcome = supervise._outcome(code, io.BytesIO(b"{half an answer"), io.BytesIO(b"well\nfarewell\n"))
    assert outcome == {
        "status": "crashed",
        "reason": f"its process ended {words} and without a result; its last words: farewell",
    }


def test_a_cpu_without_a_name(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "Path", lambda name: tmp_path / "none")
    monkeypatch.setattr(platform, "processor", lambda: "")
    assert machine.machine.__wrapped__()["cpu"] == platform.machine()
