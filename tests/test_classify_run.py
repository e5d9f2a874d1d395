"""`fmnist-fast classify run`: each setting gets a line, whatever it does, and none is lost or repeated."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from benchmark_data import (
    SUPPORT,
    is_running,
    lines_of,
    temporary,
    true_line,
    wait_until,
    write_grid,
    write_lines,
    write_small,
)
from command import blocked, command, environment, run

from fmnist_fast.cli import _classify_run
from fmnist_fast.errors import FormatError

pytest.importorskip("sklearn", reason="scikit-learn is not installed")
pytest.importorskip("joblib", reason="joblib is not installed")
pytest.importorskip("psutil", reason="psutil is not installed")
pytestmark = pytest.mark.once
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_small(tmp_path_factory.mktemp("small"))


def classify(cwd, data, *options, **changes):
    """Run the command with the misbehaving classifiers at hand."""
    arguments = ("classify", "run", "--data", data, "--out", "out.jsonl", *options)
    return run(*arguments, cwd=cwd, paths=(SUPPORT,), **changes)


@POSIX
def test_misbehaving_settings(data, tmp_path):
    """Each gets a line with its reason, and the run goes on."""
    names = ["Leaving", "Crashing", "Raising", "Eating", "Chatty", "Complaining", "Missing", "LeavingAChild"]
    if sys.platform == "linux":
        names.append("EatingWithoutLimit")
    grid = write_grid(tmp_path / "bad.toml", *names, "Good")
    places = temporary(tmp_path / "temporary")
    child = tmp_path / "child"
    options = ("--grid", grid, "--memory", "600M", "--timeout", 60, "--jobs", 2, "--repeat", 3)
    result = classify(tmp_path, data, *options, TEST_CHILD=str(child), **places)
    assert (result.returncode, result.stderr) == (0, "")
    lines = lines_of(tmp_path / "out.jsonl")
    assert {name: line["status"] for name, line in lines.items()} == {
        **dict.fromkeys(("Leaving", "Crashing"), "crashed"),
        **dict.fromkeys(("Raising", "Missing"), "error"),
        **dict.fromkeys(set(names) & {"Eating", "EatingWithoutLimit"}, "memory"),
        **dict.fromkeys(("Chatty", "Complaining", "LeavingAChild", "Good"), "ok"),
    }
    reasons = {name: line["reason"] for name, line in lines.items()}
    assert reasons["Leaving"].endswith("exit code 7 and without a result; its last words: farewell")
    assert "SIGABRT" in reasons["Crashing"]
    assert reasons["Raising"] == "ValueError: these labels are no good"
    assert reasons["Missing"].startswith("AttributeError: ")
    assert reasons["Good"] is None
    for line in lines.values():
        assert line["status"] == "ok" or (line["score"], line["mean_accuracy"]) == ([], None)
        assert line["limits"] == {"timeout": 60.0, "memory": 600 << 20}
        assert line["wall_time"] > 0
    assert len(lines["Complaining"]["warnings"]) == 1000
    wait_until(lambda: not is_running(int(child.read_text())))
    good = lines["Good"]
    assert len(good["score"]) == good["num_repeat"] == 2, "the first two agree, so there is no third"
    assert good["mean_accuracy"] == np.mean(good["score"]) > 0.3
    assert good["peak_memory"] > 10_000_000
    assert f"[{len(lines)}/{len(lines)}] " in result.stdout
    assert not list((tmp_path / "temporary").glob("fmnist-fast-*"))


@POSIX
def test_hanging_settings(data, tmp_path):
    """The time limit ends what sleeps, and what lets no other thread of its process run."""
    grid = write_grid(tmp_path / "bad.toml", "Hanging", "HoldingTheGil")
    result = classify(tmp_path, data, "--grid", grid, "--timeout", 4, "--jobs", 2)
    assert (result.returncode, result.stderr) == (0, "")
    for line in lines_of(tmp_path / "out.jsonl").values():
        assert (line["status"], line["reason"]) == ("timeout", "stopped after 4 s, the time limit")
        assert line["wall_time"] >= 4
        assert line["cpu_time"] > 0


def test_restart_repeats_nothing(data, tmp_path):
    """A second start runs what has no line, mends a line that was cut off, and gives the same scores."""
    target = tmp_path / "out.jsonl"
    grid = write_grid(tmp_path / "g.toml", "Guessing", "Good")
    options = ("--grid", grid, "--train", 40, "--test", 20, "--seed", 9, "--jobs", 1)
    first = classify(tmp_path, data, *options)
    assert (first.returncode, first.stderr) == (0, "")
    lines = [json.loads(text) for text in target.read_text().splitlines()]
    assert [line["name"] for line in lines] == ["Guessing", "Good"]
    assert len(set(lines[0]["score"])) == 2, "each repeat has a seed of its own"
    target.write_text(f"{json.dumps(lines[1])}\n{json.dumps(lines[0])[:300]}")
    second = classify(tmp_path, data, *options)
    assert "1 of 2 settings have a line in out.jsonl already" in second.stdout
    again = [json.loads(text) for text in target.read_text().splitlines()]
    assert again[0] == lines[1]
    for field in ("name", "parameter", "score", "dataset", "estimator", "seed"):
        assert again[1][field] == lines[0][field]
    third = classify(tmp_path, data, *options)
    assert "2 of 2 settings" in third.stdout
    assert [json.loads(text) for text in target.read_text().splitlines()] == again


@POSIX
@pytest.mark.parametrize(("backend", "number"), [("loky", "SIGINT"), ("loky", "SIGTERM"), ("dask", "SIGINT")])
def test_interrupt(data, tmp_path, backend, number):
    """Ctrl-C and SIGTERM keep the finished lines and end every process; what hung has no line."""
    if backend == "dask":
        pytest.importorskip("distributed", reason="dask.distributed is not installed")
    target = tmp_path / "out.jsonl"
    grid = write_grid(tmp_path / "g.toml", "Good", "WithAChild", "Hanging")
    child = tmp_path / "child"
    arguments = ("classify", "run", "--data", data, "--grid", grid, "--out", target, "--jobs", 2)
    environ = environment(SUPPORT, TEST_CHILD=str(child), **temporary(tmp_path / "temporary"))
    process = subprocess.Popen(
        command(*arguments, "--backend", backend),
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_until(
            lambda: process.poll() is not None or (target.exists() and target.read_text().endswith("\n"))
        )
        wait_until(lambda: process.poll() is not None or (child.exists() and child.read_text().isdigit()))
        if number == "SIGINT":
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        else:
            process.terminate()
        _, errors = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert (process.returncode, errors.strip()) == (130, "fmnist-fast: interrupted")
    assert list(lines_of(target)) == ["Good"]
    wait_until(lambda: not is_running(int(child.read_text())))
    assert not list((tmp_path / "temporary").glob("fmnist-fast-*"))


def test_dask_cluster_of_two_processes(data, tmp_path, monkeypatch):
    """The grid runs on a cluster that is there already, through joblib's backend for it."""
    distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
    grid = write_grid(tmp_path / "g.toml", "Good", "Leaving", "sklearn.neighbors.NearestCentroid")
    monkeypatch.setenv("PYTHONPATH", environment(SUPPORT)["PYTHONPATH"])
    workers = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**workers) as cluster:
        options = ("--backend", "dask", "--scheduler", cluster.scheduler_address)
        result = classify(tmp_path, data, "--grid", grid, *options)
    assert (result.returncode, result.stderr) == (0, "")
    lines = lines_of(tmp_path / "out.jsonl")
    assert {name: line["status"] for name, line in lines.items()} == {
        "Good": "ok",
        "Leaving": "crashed",
        "NearestCentroid": "ok",
    }
    assert {line["backend"] for line in lines.values()} == {"dask"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--only", "nothing*"), "no setting of the grid original fits"),
        (("--scheduler", "tcp://localhost:1"), "--scheduler needs --backend dask"),
        (("--backend", "dask", "--scheduler", "localhost"), "invalid address value: 'localhost'"),
        (("--train", 100000), "100000 rows were asked for"),
        (("--memory", "lots"), "invalid size value: 'lots'"),
        (("--seed", 2**31), "2147483648 is not between 0 and 2147483647"),
    ],
)
def test_wrong_usage(data, tmp_path, options, sentence):
    result = classify(tmp_path, data, *options)
    assert result.returncode in (1, 2)
    assert sentence in result.stderr
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("library", ["sklearn", "joblib", "psutil"])
def test_a_missing_library_is_named(data, tmp_path, library):
    paths = (blocked(tmp_path, library),)
    result = run("classify", "run", "--data", data, "--out", "out.jsonl", cwd=tmp_path, paths=paths)
    assert result.returncode == 2
    assert 'python -m pip install "fmnist_fast[classify]"' in result.stderr


def test_bad_results_file_is_not_touched(data, tmp_path):
    target = tmp_path / "out.jsonl"
    target.write_text('{"a": 1}\n{"b": 2}\n')
    result = classify(tmp_path, data, "--only", "GaussianNB")
    assert result.returncode == 1
    assert "out.jsonl: line 1 is not a result: expected a result of schema 1" in result.stderr
    assert target.read_text() == '{"a": 1}\n{"b": 2}\n'


def test_results_with_a_torn_end(tmp_path):
    from fmnist_fast.baselines.results import appending, read_results

    path = write_lines(tmp_path / "r.jsonl", true_line(seed=1), true_line(seed=2))
    whole = path.read_bytes()
    for cut in (1, 2, 500):
        path.write_bytes(whole[:-cut])
        expected = [1, 2] if cut == 1 else [1]
        assert [line["seed"] for line in read_results(path)] == expected
        with appending(path) as results:
            results.append(true_line(seed=3))
        assert [line["seed"] for line in read_results(path)] == [*expected, 3]
    path.write_bytes(b"{}\n" + whole)
    with pytest.raises(FormatError, match="line 1 is not a result"):
        read_results(path)


@POSIX
def test_two_runs_do_not_share_a_file(tmp_path):
    from fmnist_fast.baselines.results import appending

    with (
        appending(tmp_path / "r.jsonl"),
        pytest.raises(OSError, match="another run is writing"),
        appending(tmp_path / "r.jsonl"),
    ):
        pass


def test_without_file_locks_two_runs_may_write(tmp_path, monkeypatch):
    from fmnist_fast.baselines.results import appending, read_results

    monkeypatch.setitem(sys.modules, "fcntl", None)
    with appending(tmp_path / "r.jsonl") as one, appending(tmp_path / "r.jsonl") as other:
        for number, results in enumerate((one, other, one)):
            results.append(true_line(seed=number))
    assert [line["seed"] for line in read_results(tmp_path / "r.jsonl")] == [0, 1, 2]


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 s"), (99, "99 s"), (600, "10 min"), (7200, "2 h"), (86_400, "24 h")]
)
def test_how_long_the_others_may_take(capsys, monkeypatch, seconds, words):
    times = iter([0, seconds, 2 * seconds])
    monkeypatch.setattr(_classify_run, "time", SimpleNamespace(monotonic=lambda: next(times)))
    report = _classify_run._Reporter(2)
    for _ in range(2):
        report(true_line())
    first, last = capsys.readouterr().out.splitlines()
    assert first.endswith(f", about {words} left")
    assert "left" not in last
