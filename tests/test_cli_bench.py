"""`fmnist-fast bench` as a user starts it."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench_samples import made_up_run, write_dataset
from command import blocked, command, environment, run

import fmnist_fast as ff
from fmnist_fast.benchmark import results, suite
from fmnist_fast.benchmark.contest import WrongResultError
from fmnist_fast.cli import main


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_dataset(tmp_path_factory.mktemp("data"))


def bench(*arguments, data, cwd, **changes):
    small = ("--quick", "--pairs", 3, "--data", data, "--inputs", cwd / "inputs")
    return run("bench", *small, *arguments, cwd=cwd, **changes)


def test_tables_files_and_history(data, tmp_path):
    (tmp_path / "figures.md").write_text("<!-- bench: labels -->\n<!-- /bench -->\n")
    wanted = ("--only", "labels", "header", "--peers", "zlib", "gzip", "--label", "mine")
    outputs = ("--json", "run.json", "--history", "runs.jsonl", "--markdown", "figures.md")
    result = bench(*wanted, *outputs, data=data, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "[1/2] Read 10,000 labels" in result.stdout
    found = results.find(str(tmp_path / "run.json"))
    assert results.history(tmp_path / "runs.jsonl") == [found]
    assert [row.key for row in found.rows] == [
        *(("labels", way) for way in ("fmnist_fast", "gzip", "zlib")),
        *(("header", way) for way in ("fmnist_fast", "gzip")),
    ]
    assert found.label == "mine"
    assert found.facts["fmnist_fast"].startswith(f"{ff.__version__}, {ff.backend} backend")
    assert len(found.inputs) == 2
    assert all(len(entry["sha256"]) == 64 for entry in found.inputs.values())
    assert "| zlib |" in (tmp_path / "figures.md").read_text()


def test_files_of_the_user(data, tmp_path):
    array = np.arange(3000, dtype=np.int16).reshape(30, 100)
    ff.write_idx(tmp_path / "packed.gz", array)
    ff.write_idx(tmp_path / "plain", array)
    (tmp_path / "more").mkdir()
    ff.write_idx(tmp_path / "more" / "plain", array[:10])
    files = ("packed.gz", "plain", Path("more", "plain"))  # two of the same name
    wanted = ("--files", *files, "--peers", "zlib", "np.fromfile", "python-mnist")
    result = bench(*wanted, "--json", "run.json", data=data, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    rows = {row.key: row for row in results.find(str(tmp_path / "run.json")).rows}
    assert rows["file-packed.gz", "zlib"].ratio is not None
    assert rows["file-plain", "np.fromfile"].ratio is not None
    assert rows[f"file-{files[2]}", "np.fromfile"].ratio is not None
    assert rows["file-packed.gz", "python-mnist"].note.startswith(("not measured", "not installed"))


@pytest.mark.once
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--only", "nonsense"), 2, "there is no contest nonsense; known: summary, decode"),
        (("--only", "decode", "--files", "page.html"), 2, "exclude each other"),
        (("--only", "labels", "--peers", "zlib", "nonsense"), 2, "there is no peer nonsense; --list"),
        (("--pairs", 2), 2, "at least 3"),
        (("--only", "labels", "--pin", 10**6), 2, "--pin 1000000: this process cannot be kept"),
        (("--only", "labels", "--json", "none/run.json"), 2, "run.json: there is no folder none"),
        (("--files", "page.html"), 1, "page.html: expected an IDX file"),
        (("--files", "none.gz"), 1, "none.gz"),
        (("--compare", "page.html", "page.html"), 1, "page.html"),
        (("--only", "labels", "--markdown", "page.html"), 1, "bench: all"),
        (("--only", "labels", "--history", "page.html"), 1, "page.html"),
    ],
)
def test_what_cannot_be_done_is_said(data, tmp_path, arguments, code, words):
    (tmp_path / "page.html").write_text("<!DOCTYPE html>")
    result = bench(*arguments, data=data, cwd=tmp_path)
    assert result.returncode == code
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.once
@pytest.mark.parametrize(
    ("option", "module", "extra"), [("--html", "jinja2", "pages"), ("--plot", "matplotlib", "bench")]
)
def test_a_library_that_is_missing_is_missed_before_the_measuring(data, tmp_path, option, module, extra):
    result = bench(
        *("--only", "labels", option, "out"),
        data=data,
        cwd=tmp_path,
        paths=(blocked(tmp_path, module),),
    )
    assert result.returncode == 2
    assert f"fmnist_fast[{extra}]" in result.stderr
    assert "ms" not in result.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.once
def test_reports_on_results_of_before(tmp_path):
    results.append(made_up_run("one"), tmp_path / "runs.jsonl")
    (tmp_path / "figures.md").write_text("<!-- bench: decode -->\n<!-- /bench -->\n")
    result = run("bench", "--load", "runs.jsonl@one", "--markdown", "figures.md", cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert "| isal | 6.00 ms |" in (tmp_path / "figures.md").read_text()
    results.append(made_up_run("two", 1.1), tmp_path / "runs.jsonl")
    both = ("runs.jsonl@one", "runs.jsonl")
    result = run("bench", "--load", *both, "--json", "both.json", cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert results.find(str(tmp_path / "both.json")).rows[1].ratio.median == pytest.approx(3.15)


def test_an_interrupted_run_goes_on(data, tmp_path):
    wanted = ("--peers", "zlib", "--resume", "part.json", "--json")
    assert bench("--only", "labels", *wanted, "run.json", data=data, cwd=tmp_path).returncode == 0
    assert not (tmp_path / "part.json").exists()
    before = results.find(str(tmp_path / "run.json"))
    results.save(before, tmp_path / "part.json")
    result = bench("--only", "labels", "header", *wanted, "all.json", data=data, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    contests = results.find(str(tmp_path / "all.json")).contests()
    assert contests["labels"] == before.rows  # to the last digit, so not measured again
    assert list(contests) == ["labels", "header"]
    results.save(replace(before, facts=before.facts | {"zlib": "0"}), tmp_path / "part.json")
    result = bench("--only", "labels", *wanted, "run.json", data=data, cwd=tmp_path)
    assert result.returncode == 2
    assert "part.json: that run differs in zlib; remove it" in result.stderr


@pytest.mark.once
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no process groups here")
def test_ctrl_c_ends_it_in_one_line(data, tmp_path):
    wanted = ("--quick", "--data", data, "--inputs", "inputs", "--only", "labels", "import")
    process = subprocess.Popen(
        command("bench", *wanted, "--peers", "zlib", "--resume", "part.json"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in process.stdout:
        if line.startswith("[2/2]"):  # what follows is measured in processes of their own
            break
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    assert process.communicate(timeout=60)[1] == "fmnist-fast: interrupted\n"
    assert process.returncode == 130
    assert list(results.find(str(tmp_path / "part.json")).contests()) == ["labels"]


@pytest.mark.once
def test_two_files_compared(tmp_path):
    results.save(made_up_run("one"), tmp_path / "a.json")
    results.append(made_up_run("two", 2.0), tmp_path / "b.jsonl")
    result = run("bench", "--compare", "a.json", "b.jsonl@two", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "A  one" in result.stdout
    assert "+100.0%  surely" in result.stdout
    assert result.stdout.endswith("3 of 6 figures of B lie within the interval of A\n")


@pytest.mark.once
def test_the_list_names_contests_and_peers(tmp_path):
    result = run("bench", "--list", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    for word in ("decode-normalized", "memory", "epoch", "mnist_reader", "torch DataLoader"):
        assert f"  {word} " in result.stdout
    assert "  zlib                   always there" in result.stdout


@pytest.mark.once
def test_a_damaged_input_is_an_error(data, tmp_path):
    packed = bytearray(gzip.compress(ff.encode_idx(np.zeros(100, np.uint8))))
    packed[-5] ^= 1
    (tmp_path / "bad.gz").write_bytes(packed)
    result = bench("--files", "bad.gz", data=data, cwd=tmp_path)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr


@pytest.mark.once
def test_the_other_commands_do_not_load_it(tmp_path):
    code = "import sys, fmnist_fast.cli as c; c.parser(); print([m for m in sys.modules if 'benchmark' in m])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


@pytest.mark.once
def test_outputs_of_a_run(tmp_path, capsys):
    for library in ("jinja2", "itables", "bokeh", "matplotlib"):
        pytest.importorskip(library)
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    results.save(made_up_run("one"), one)
    results.save(replace(made_up_run("two"), facts={"CPU": "another"}), two)
    html, plot = str(tmp_path / "page.html"), str(tmp_path / "plot.png")
    assert main(["bench", "--load", str(one), "--html", html, "--plot", plot]) == 0
    assert Path(plot).read_bytes().startswith(b"\x89PNG")
    assert "made up" in Path(html).read_text(encoding="utf-8")
    assert main(["bench", "--compare", str(one), str(two)]) == 0
    assert "differs: CPU\n  A  one | of a kind\n  B  another" in capsys.readouterr().out


@pytest.mark.once
def test_a_wrong_result_measures_nothing(tmp_path, capsys, monkeypatch):
    def wrong(*arguments, **options):
        raise WrongResultError("decode, fmnist_fast: wrong")

    monkeypatch.setattr(suite, "run", wrong)
    data = write_dataset(tmp_path)
    assert main(["bench", "--quick", "--data", str(data), "--inputs", str(tmp_path / "inputs")]) == 1
    assert "nothing is measured: decode, fmnist_fast: wrong" in capsys.readouterr().err
