"""Parts of `fmnist-fast bench` that a run on a good machine with all its inputs seldom comes to."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from bench_samples import made_up_run, write_dataset

import fmnist_fast as ff
from fmnist_fast.benchmark import (
    contest,
    decode,
    document,
    duel,
    figures,
    idx_readers,
    machine,
    outside,
    paired,
    peak,
    results,
    streams,
    suite,
    summary,
    text,
)
from fmnist_fast.benchmark.contest import Lab, Way, WrongResultError
from fmnist_fast.benchmark.contests import CONTESTS
from fmnist_fast.benchmark.duel import Duel
from fmnist_fast.benchmark.measure import Settings, rows_of
from fmnist_fast.cli import main

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    data = write_dataset(tmp_path_factory.mktemp("data"))
    return streams.Library(tmp_path_factory.mktemp("inputs"), str(data), say=lambda words: None)


@pytest.fixture
def lab(library, monkeypatch):
    monkeypatch.setattr(Lab, "large", property(lambda self: self.library.get("fashion", "zlib-6", 600)))
    return Lab(library, quick=True)


def test_memory_and_imports(lab):
    found = list(figures.memory(lab, Settings(peers=("zlib",))))
    assert [row.way for row in found][::4] == ["fmnist_fast", "zlib"]
    assert all(abs(row.value.median) < 100 for row in found)  # MiB
    ours, peer = figures.imports(lab, Settings(peers=("idx2numpy",)))
    assert 0 < ours.value.median < 5000
    assert peer.way == "idx2numpy"


def test_what_is_not_installed_has_no_figure(lab, monkeypatch):
    monkeypatch.setattr(figures, "absent", lambda needs: "none here" if needs else "")
    settings = Settings(peers=("idx2numpy", "isal", "zlib"))
    monkeypatch.setattr(figures, "memory_of_ours", lambda lab: [])
    notes = {row.way: row.note for row in figures.memory(lab, replace(settings, peers=("isal",)))}
    assert notes == {"isal": "not installed (none here)"}
    monkeypatch.setattr(outside, "import_time", lambda *arguments: pytest.fail("measured"))
    assert [row.note for row in figures.imports(lab, replace(settings, peers=("idx2numpy",)))] == [
        "not installed (none here)"
    ] * 2


def test_peak_of_a_process(tmp_path, capsys, monkeypatch):
    ff.write_idx(tmp_path / "x.gz", np.zeros((30, 28, 28), np.uint8))
    for way in ("array", "fmnist_fast", "zlib"):
        peak.main(way, str(tmp_path / "x.gz"), "1000000", "1")
        assert float(capsys.readouterr().out) > 1000  # KiB
    monkeypatch.setattr(peak, "peak_memory", lambda: None)
    with pytest.raises(SystemExit, match="does not tell"):
        peak.main("array", "", "1", "1")


def test_wrong_results_are_named(lab):
    stream = lab.images
    pixels = contest.content(stream)
    good = ((pixels / np.float32(255) - np.float32(0.5)) / np.float32(0.25)).astype(np.float32)
    contest.normalized(stream, good, 0.5, 0.25)
    with pytest.raises(WrongResultError, match="are not those of"):
        contest.normalized(stream, good + np.float32(1e-3), 0.5, 0.25)
    with pytest.raises(WrongResultError, match="expected the shape"):
        decode._same_shape(stream, (1, 2))
    assert np.array_equal(decode.memcpy(stream)(), pixels)


def test_the_lab_of_a_whole_run(library):
    lab = Lab(library, quick=False)
    assert (lab.split, lab.rounds) == ("train", 5)
    assert lab.images.shape == (60, 28, 28)


@pytest.mark.parametrize("name", ["epoch", "stream"])
def test_calls_that_go_through_everything(lab, name):
    contest = CONTESTS[name]
    stream = contest.job(lab)
    for way in contest.ways.values():
        if not way.absent:
            assert way.make(stream)() is None


def test_figures_without_a_peer(tmp_path):
    page = tmp_path / "figures.md"
    page.write_text("<!-- bench: decode -->\n<!-- /bench -->\n")
    run = made_up_run()
    rows = [row for row in run.rows if row.way == "rapidgzip"]
    document.write(replace(run, rows=rows), page)
    assert "Without figures: rapidgzip" in page.read_text()
    assert "| ---" not in page.read_text()
    assert text.cells(rows[0])[1:5] == ("-",) * 4


def test_a_machine_that_tells_nothing(monkeypatch):
    def nothing(*arguments, **options):
        raise FileNotFoundError

    monkeypatch.setattr(machine.Path, "read_text", nothing)
    monkeypatch.setattr(machine.platform, "processor", lambda: "")
    found = machine.facts()
    assert found["CPU"].startswith("unknown")
    monkeypatch.delitem(machine.sys.modules, "fmnist_fast._codec", raising=False)
    assert machine._build() == "nothing compiled"


def test_the_collector_stays_off_where_it_was_off():
    gc.disable()
    try:
        with paired._quiet():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system pins no process")
def test_a_pin_is_taken_off_again():
    before = os.sched_getaffinity(0)
    with paired.pinned(min(before)) as held:
        assert held
        assert os.sched_getaffinity(0) == {min(before)}
    assert os.sched_getaffinity(0) == before


def test_conditions_of_a_whole_run(library):
    assert "quick" not in suite.conditions(Lab(library, quick=False), Settings())


def test_commit_of_a_clone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert suite.commit() == ff.__version__
    Path("fmnist_fast").mkdir()
    Path("fmnist_fast", "_version.py").touch()
    assert suite.commit() == ff.__version__  # a folder, no clone
    for arguments in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", "x")):
        identity = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *identity, *arguments], check=True)
    assert len(suite.commit()) >= 7
    assert suite.commit() != ff.__version__


def test_the_clock_of_the_cpu_says_nothing_of_threads(lab):
    settings = Settings(pairs=3, clock="cpu", peers=())
    threaded = [row for row in rows_of(CONTESTS["decode"], lab, settings) if "threads" in row.way]
    assert threaded
    assert all("adds up threads" in row.note for row in threaded)
    two = next(way for way in CONTESTS["decode"].ways if way.endswith("2 threads"))
    (row,) = duel.rows_of([Duel("decode", two, "zlib")], lab, settings)
    assert "adds up threads" in row.note


def test_an_error_of_ours_stops_everything(lab):
    ways = {"fmnist_fast": Way(lambda stream: lambda: 1 / 0)}
    with pytest.raises(ZeroDivisionError):
        list(rows_of(replace(CONTESTS["decode"], ways=ways), lab, Settings(pairs=3)))


def test_figures_that_stand_alone(lab, monkeypatch):
    memory = made_up_run().rows[-1]
    monkeypatch.setattr(summary, "memory_of_ours", lambda lab: [memory])
    rows = list(summary.summary(lab, Settings(pairs=3, peers=("nobody",))))
    assert [row.against for row in rows][-2:] == ["opening again with `cache=`", "memory above the array"]


def test_python_mnist_is_not_mnist(monkeypatch):
    monkeypatch.setitem(sys.modules, "mnist", ModuleType("mnist"))
    assert CONTESTS["decode"].ways["mnist"].absent.startswith("AttributeError")


def test_readers_that_want_labels_too(tmp_path, monkeypatch):
    """python-mnist and mlxtend, as far as they are called: both may be missing, or hide each other."""
    path = tmp_path / "train-images-idx3-ubyte.gz"
    calls = []

    class Loader:
        def __init__(self, folder, **options):
            calls.append((folder, options))

        def load(self, images, labels):
            calls.append((images, labels))
            return [[1, 2]], [3]

        def process_images(self, images):
            return np.array(images)

    def both(images, labels):
        calls.append((images, labels))
        return np.array([[4]]), np.array([5])

    modules = {"mnist.loader": {"MNIST": Loader}, "mlxtend.data": {"loadlocal_mnist": both}}
    monkeypatch.setattr(idx_readers, "load", lambda name: SimpleNamespace(**modules[name]))
    assert idx_readers._python_mnist(path).tolist() == [[1, 2]]
    assert idx_readers._mlxtend(path).tolist() == [[4]]
    names = [str(tmp_path / f"train-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1")]
    assert calls[0] == (str(tmp_path), {"return_type": "numpy", "gz": True})
    assert calls[1:] == [tuple(names), tuple(f"{name}.gz" for name in names)]


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


def test_a_wrong_result_measures_nothing(tmp_path, capsys, monkeypatch):
    def wrong(*arguments, **options):
        raise WrongResultError("decode, fmnist_fast: wrong")

    monkeypatch.setattr(suite, "run", wrong)
    data = write_dataset(tmp_path)
    assert main(["bench", "--quick", "--data", str(data), "--inputs", str(tmp_path / "inputs")]) == 1
    assert "nothing is measured: decode, fmnist_fast: wrong" in capsys.readouterr().err
