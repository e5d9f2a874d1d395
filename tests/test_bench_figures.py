"""Figures of `fmnist-fast bench` that processes of their own measure: memory, and the time of imports."""

from __future__ import annotations

import numpy as np
import pytest
from bench_samples import made_up_run, write_dataset

import fmnist_fast as ff
from fmnist_fast.benchmark import figures, outside, peak, summary
from fmnist_fast.benchmark.contest import Lab
from fmnist_fast.benchmark.measure import Settings
from fmnist_fast.benchmark.streams import Library

pytestmark = pytest.mark.once


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.setattr(Lab, "large", property(lambda self: self.library.get("fashion", "zlib-6", 600)))
    monkeypatch.setattr(Lab, "rounds", 1)
    library = Library(tmp_path / "inputs", str(write_dataset(tmp_path)), say=lambda words: None)
    return Lab(library, quick=True)


def test_memory(lab):
    *ours, peer = figures.memory(lab, Settings(peers=("zlib",)))
    sizes = ["", ", 2 threads", ", 600 images", ", 600 images, 2 threads"]
    assert [row.way for row in ours] == [f"fmnist_fast{size}" for size in sizes]
    assert peer.way == "zlib"
    assert all(abs(row.value.median) < 100 for row in (*ours, peer))  # MiB


def test_imports(lab):
    ours, peer = figures.imports(lab, Settings(peers=("idx2numpy",)))
    assert ours.way == "fmnist_fast"
    assert 0 < ours.value.median < 5000  # ms
    assert peer.way == "idx2numpy"
    assert peer.value or peer.note.startswith("not installed")


def test_what_is_not_installed_has_no_figure(lab, monkeypatch):
    monkeypatch.setattr(figures, "absent", lambda needs: "none here" if needs else "")
    monkeypatch.setattr(figures, "memory_of_ours", lambda lab: [])
    monkeypatch.setattr(outside, "memory", lambda *arguments: pytest.fail("measured"))
    monkeypatch.setattr(outside, "import_time", lambda *arguments: pytest.fail("measured"))
    (memory,) = figures.memory(lab, Settings(peers=("isal",)))
    _, imports = figures.imports(lab, Settings(peers=("idx2numpy",)))
    for row, name in ((memory, "isal"), (imports, "idx2numpy")):
        assert (row.way, row.value, row.note) == (name, None, "not installed (none here)")


@pytest.mark.parametrize("way", ["array", "fmnist_fast", "zlib"])
def test_a_process_prints_its_peak(tmp_path, capsys, way):
    array = np.zeros((60_000, 28, 28), np.uint8)
    ff.write_idx(tmp_path / "x.gz", array, level=1)
    peak.main(way, str(tmp_path / "x.gz"), str(array.nbytes), "1")
    assert float(capsys.readouterr().out) * 1024 > array.nbytes


def test_a_system_that_does_not_tell_the_peak(monkeypatch):
    monkeypatch.setattr(peak, "peak_memory", lambda: None)
    with pytest.raises(SystemExit, match="does not tell"):
        peak.main("array", "", "1", "1")


def test_the_summary_ends_with_memory(lab, monkeypatch):
    memory = made_up_run().rows[-1]
    monkeypatch.setattr(summary, "memory_of_ours", lambda lab: [memory])
    *_, reopened, last = summary.summary(lab, Settings(pairs=3, peers=("nobody",)))
    assert reopened.against == "opening again with `cache=`"
    assert (last.against, last.value) == ("memory above the array", memory.value)
