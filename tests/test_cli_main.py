"""The command line itself: help, usage errors, signals, broken pipes, terminals."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from command import blocked, command, environment, run

import fmnist_fast as ff
from fmnist_fast.cli import _console, main

pytestmark = pytest.mark.once
COMMANDS = (
    *("demo", "sample", "datasets", "fetch"),
    *("info", "verify", "decode", "encode"),
    *("plot", "bench", "classify"),
)
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and terminals of POSIX")


def test_version_names_the_backend(tmp_path):
    result = run("--version", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, f"fmnist-fast {ff.__version__} ({ff.backend} backend)\n")


def test_help_teaches(tmp_path):
    result = run("--help", cwd=tmp_path)
    assert result.returncode == 0
    assert "examples:" in result.stdout
    assert tuple(re.findall(r"^    (\w+) ", result.stdout, re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command(tmp_path, name):
    result = run(name, "--help", cwd=tmp_path)
    assert result.returncode == 0
    assert f"fmnist-fast {name} " in result.stdout.partition("examples:")[2]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("frobnicate",),
        ("info",),
        ("verify", "--no-such-option", "x"),
        ("decode", "x.gz"),
        ("encode", "x.npy", "-o", "y", "--level", "10"),
        ("sample", "-o", "d", "--train", "-1"),
        ("sample", "-o", "d", "--seed", "many"),
        ("plot", "pca", "--data", ".", "-o", "pca.png", "--seed", "2147483648"),
        ("demo", "--rounds", "0"),
        ("demo", "--threads", "0"),
        ("demo", "--train", "9"),
    ],
)
def test_wrong_usage_is_code_2(tmp_path, arguments):
    result = run(*arguments, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "fmnist-fast" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())


def test_main_returns_the_code(tmp_path, capsys):
    assert main(["info", str(tmp_path / "missing")]) == 1
    assert capsys.readouterr().err == f"fmnist-fast: {tmp_path / 'missing'}: No such file or directory\n"


def test_the_command_is_installed():
    from importlib.metadata import PackageNotFoundError, entry_points, version

    try:
        version("fmnist-fast")
    except PackageNotFoundError:
        pytest.skip("the package is not installed")
    (script,) = entry_points(group="console_scripts", name="fmnist-fast")
    assert script.load() is main


@POSIX
@pytest.mark.parametrize("name", ["info", "verify"])
def test_broken_pipe_is_quiet(tmp_path, name):
    """As in ``fmnist-fast info FILES | head -1``."""
    ff.write_idx(tmp_path / "x", np.zeros(9, np.uint8))
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        command(name, *["x"] * 50),
        cwd=tmp_path,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    assert (result.returncode, result.stderr) == (1, "")


@POSIX
def test_without_standard_output(tmp_path):
    """As in ``fmnist-fast verify FILE >&-``: nobody wants to read it, and the code still counts."""
    ff.write_idx(tmp_path / "x", np.zeros(9, np.uint8))
    for name, code in (("x", 0), ("missing", 1)):
        closing = ["sh", "-c", 'exec "$@" >&-', "sh", *command("verify", name)]
        result = subprocess.run(closing, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)
        assert result.returncode == code
        assert "Traceback" not in result.stderr


@POSIX
def test_interrupt_is_130(tmp_path):
    arguments = command("sample", "-o", "out", "--train", "60000", "--level", "9")
    process = subprocess.Popen(
        arguments, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while process.poll() is None and not (tmp_path / "out").exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "fmnist-fast: interrupted\n"
    assert not list((tmp_path / "out").glob("*.tmp"))


def on_terminal(*arguments: object, cwd: Path, paths: tuple[object, ...] = ()) -> tuple[int, str]:
    """Run with a terminal as standard output and error; return the code and what it shows."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(*arguments), cwd=cwd, env=environment(*paths), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    while piece := read_some(ours):
        shown += piece
    os.close(ours)
    return process.wait(), shown.decode()


def read_some(descriptor: int) -> bytes:
    """Read from a terminal; Linux makes its end an error."""
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:
        return b""


@POSIX
@pytest.mark.parametrize("without_rich", [False, True])
def test_progress_on_a_terminal(tmp_path, without_rich):
    """With rich there is a bar; without it nothing, and the output is the same."""
    if not without_rich:
        pytest.importorskip("rich")
    paths = (blocked(tmp_path, "rich"),) if without_rich else ()
    code, shown = on_terminal("sample", "-o", "out", "--train", 20, "--test", 10, cwd=tmp_path, paths=paths)
    assert code == 0
    assert ("drawing and compressing" in shown) is not without_rich
    assert "out/t10k-labels-idx1-ubyte.gz: uint8 (10,)" in shown


def test_nothing_but_the_result_off_a_terminal(tmp_path):
    result = run("sample", "-o", "out", "--train", 20, "--test", 10, cwd=tmp_path)
    assert result.stderr == ""
    assert len(result.stdout.splitlines()) == 4


def test_json_is_only_json(tmp_path):
    ff.write_idx(tmp_path / "x", np.zeros((2, 3), np.int16))
    result = run("info", "--json", "x", "missing", cwd=tmp_path)
    assert result.returncode == 1
    assert [facts["file"] for facts in json.loads(result.stdout)] == ["x"]
    assert result.stderr.startswith("fmnist-fast: missing: ")


def test_output_that_is_no_file(tmp_path):
    ff.write_idx(tmp_path / "x", np.zeros(3, np.uint8))
    with contextlib.redirect_stdout(io.StringIO()) as said:
        assert main(["info", str(tmp_path / "x")]) == 0
    assert "uint8" in said.getvalue()


def test_a_table_has_the_same_words_on_a_terminal(capsys, monkeypatch):
    pytest.importorskip("rich")
    found = []
    for rich in (False, True):
        monkeypatch.setattr(_console, "_rich", lambda stream, rich=rich: rich)
        _console.table(("way", "ms"), [("one", "1.5"), ("the other [one]", "20")])
        found.append(capsys.readouterr().out.split())
    assert [word for word in found[1] if word.strip("\u2500")] == found[0]
