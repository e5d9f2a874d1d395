"""Parts of `fmnist-fast bench` that a run on a good machine with all its inputs seldom comes to."""

from __future__ import annotations

import gc
import gzip
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench_samples import made_up_run, write_dataset

import fmnist_fast as ff
from fmnist_fast.benchmark import (
    contents,
    contest,
    decode,
    document,
    encoders,
    figures,
    machine,
    outside,
    paired,
    peak,
    streams,
    suite,
    text,
)
from fmnist_fast.benchmark.contest import Lab, WrongResultError
from fmnist_fast.benchmark.contests import CONTESTS
from fmnist_fast.benchmark.measure import Settings
from fmnist_fast.datasets import synthetic

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


def test_dataset_that_is_asked_for_has_to_be_there(tmp_path, monkeypatch):
    monkeypatch.setenv("FMNIST_FAST_DATA", str(tmp_path))
    assert contents.find_dataset(None) is None
    with pytest.raises(FileNotFoundError, match="has no train-images-idx3-ubyte"):
        contents.find_dataset(tmp_path)
    monkeypatch.delenv("FMNIST_FAST_DATA")
    assert contents.find_dataset(None) is None


def test_drawn_where_there_is_no_dataset(tmp_path, monkeypatch):
    monkeypatch.delenv("FMNIST_FAST_DATA", raising=False)
    monkeypatch.setattr(contents, "COUNTS", {"train": 20, "t10k": 10})
    said = []
    library = streams.Library(tmp_path, None, say=said.append)
    assert library.canonical("t10k", "images").shape == (10, 28, 28)
    assert library.canonical("t10k", "labels").recipe == "drawn"
    assert said == ["drawing 10 images"]
    images, _ = synthetic.sample(10, split="t10k")
    assert np.array_equal(ff.read_idx(tmp_path / "drawn" / "t10k-images-idx3-ubyte.gz"), images)


def test_text_is_of_the_standard_library_alone(tmp_path, monkeypatch):
    for name in ("site-packages/a.py", "b.py", "c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name[-4] * 300)
    monkeypatch.setattr(contents.sysconfig, "get_path", lambda name: str(tmp_path))
    (letters,) = contents.pieces("text", 2, tmp_path)
    assert letters.tobytes() == (b"b" * 300 + b"c" * 300) * 2 + b"b" * 300 + b"c" * 68
    with pytest.raises(ValueError, match="no content is called 'music'"):
        list(contents.pieces("music", 1, tmp_path))


def test_inputs_are_written_once(library):
    first = library.get("random", "zlib-6", 20)
    again = streams.Library(library.folder, str(library.dataset), say=lambda words: pytest.fail(words))
    assert again.get("random", "zlib-6", 20) == first
    assert again.used([first.name]) == [first]
    first.path.unlink()
    said = []
    anew = streams.Library(library.folder, str(library.dataset), say=said.append)
    assert anew.get("random", "zlib-6", 20).path.is_file()
    assert said == [f"writing {first.name}"]


def test_inputs_of_an_encoder_that_is_missing(library, monkeypatch):
    name = next(name for name, it in encoders.ENCODERS.items() if it.package)
    missing = replace(encoders.ENCODERS[name], package="no-such-package-at-all")
    monkeypatch.setitem(encoders.ENCODERS, name, missing)
    assert missing.version is None
    with pytest.raises(streams.MissingEncoder, match="needs the package no-such-package-at-all"):
        library.get("random", name, 20)


def test_encoders_that_take_all_at_once():
    encode = encoders._whole("gzip", "compress", 1, mtime=0)
    assert gzip.decompress(b"".join(encode([b"one, ", b"two"]))) == b"one, two"


def test_inputs_that_are_no_idx_files(tmp_path):
    (tmp_path / "short").write_bytes(b"\0\0\x08\x01\0\0\0\x05abc")
    with pytest.raises(ff.FormatError, match="expected 13 bytes of content, found 11"):
        streams.describe(tmp_path / "short", "short", "made")


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
