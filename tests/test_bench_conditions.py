"""What a run of `fmnist-fast bench` says of the machine, of the code and of itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from bench_samples import write_dataset

import fmnist_fast as ff
from fmnist_fast.benchmark import machine, suite
from fmnist_fast.benchmark.contest import Lab
from fmnist_fast.benchmark.measure import Settings
from fmnist_fast.benchmark.streams import Library

pytestmark = pytest.mark.once


def test_a_machine_that_tells_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "Path", lambda name: tmp_path / "none")
    monkeypatch.setattr(machine.platform, "processor", lambda: "")
    monkeypatch.delitem(sys.modules, "fmnist_fast._codec", raising=False)
    found = machine.facts()
    assert found["CPU"].startswith("unknown, ")
    assert found["huge pages"] == "-"
    assert found["fmnist_fast"].endswith(", nothing compiled")


def test_commit_of_a_clone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert suite.commit() == ff.__version__
    Path("fmnist_fast").mkdir()
    Path("fmnist_fast", "_version.py").touch()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert suite.commit() == ff.__version__  # a copy without its history
    for arguments in (("init",), ("commit", "--allow-empty", "-m", "x"), ("tag", "-a", "named", "-m", "x")):
        identity = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)
    assert suite.commit() == "named"


def test_a_quick_run_says_so_and_is_smaller(tmp_path):
    library = Library(tmp_path / "inputs", str(write_dataset(tmp_path)), say=lambda words: None)
    whole, quick = Lab(library), Lab(library, quick=True)
    assert "quick" in suite.conditions(quick, Settings())
    assert "quick" not in suite.conditions(whole, Settings())
    assert (whole.images.shape[0], quick.images.shape[0]) == (60, 40)
    assert whole.rounds > quick.rounds


def test_ten_times_as_many_images_in_one_file():
    library = SimpleNamespace(get=lambda content, encoder, items: (content, encoder, items))
    assert Lab(library).large == ("fashion", "zlib-6", 600_000)
    assert Lab(library, quick=True).large == ("fashion", "zlib-6", 60_000)
