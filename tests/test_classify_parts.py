"""Parts of the classifier benchmark: processes that are gone already, answers that are none, bad datasets."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from benchmark_data import true_line, write_lines, write_small

import fmnist_fast as ff
from fmnist_fast.baselines import plausible, results, supervise
from fmnist_fast.baselines.data import load_dataset
from fmnist_fast.cli import main

pytestmark = pytest.mark.once


def test_a_process_that_ends_before_it_reads_its_job(monkeypatch):
    """A broken pipe once ended the run of all settings: the job was still in the buffer that was closed."""
    pytest.importorskip("psutil")
    pytest.importorskip("sklearn")
    send = supervise._send

    def send_late(process, job):
        process.wait()
        send(process, job)

    monkeypatch.setattr(supervise, "_send", send_late)
    monkeypatch.setattr(sys, "executable", shutil.which("false") or pytest.skip("there is no command false"))
    outcome = supervise.supervise({"timeout": 5, "memory": None})
    assert outcome["status"] == "crashed"
    assert "exit code 1" in outcome["reason"]


def test_a_process_that_is_gone_is_not_looked_at():
    pytest.importorskip("psutil")
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    usage = supervise._Usage(cpu=1.0, private=2, peak=3)
    supervise._look(process, usage)
    assert usage == supervise._Usage(cpu=1.0, private=2, peak=3)


def test_processes_that_go_while_they_are_ended(monkeypatch):
    psutil = pytest.importorskip("psutil")

    class Gone:
        def kill(self):
            raise psutil.NoSuchProcess(1)

    for children in ([Gone(), Gone()], None):

        def processes(pid, children=children):
            if children is None:
                raise psutil.NoSuchProcess(pid)
            return SimpleNamespace(children=lambda recursive: children)

        monkeypatch.setattr(psutil, "Process", processes)
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        supervise._end(process)
        assert process.returncode not in (None, 0)
        process.stdin.close()


def test_an_answer_that_is_none():
    outcome = supervise._outcome(0, io.BytesIO(b"{half an answer"), io.BytesIO(b"well\nfarewell\n"))
    assert outcome["status"] == "crashed"
    assert outcome["reason"].endswith("exit code 0 and without a result; its last words: farewell")


def test_splits_of_different_sizes(tmp_path):
    write_small(tmp_path)
    ff.write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", np.zeros((20, 5, 5), np.uint8))
    with pytest.raises(ff.MismatchError, match="different sizes"):
        load_dataset(tmp_path)


def test_more_rows_to_test_on_than_there_are(tmp_path):
    write_small(tmp_path)
    for path in tmp_path.glob("t10k-*"):
        path.unlink()
    with pytest.raises(ff.DatasetError, match="60 rows to test on were asked for, there are 60"):
        load_dataset(tmp_path, test=60)


def test_settings_of_another_grid_are_not_judged():
    assert list(plausible._setting(true_line(grid="one of my own"))) == []


def test_without_file_locks_two_runs_may_write(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with (tmp_path / "x").open("wb") as file:
        results._lock(file.fileno(), tmp_path / "x")
        results._lock(file.fileno(), tmp_path / "x")


def test_page_of_results(tmp_path, capsys):
    for library in ("jinja2", "itables", "bokeh"):
        pytest.importorskip(library)
    source = write_lines(tmp_path / "results.jsonl", true_line())
    target = tmp_path / "report.html"
    assert main(["classify", "report", str(source), "-o", str(target)]) == 0
    assert capsys.readouterr().out.startswith(f"{target}: ")
    assert target.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
