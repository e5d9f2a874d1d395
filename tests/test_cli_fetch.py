"""`fmnist-fast fetch` and `datasets`."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest
from toy_datasets import TOY, arrays, fill

from fmnist_fast.cli import main
from fmnist_fast.datasets import _verified, registry
from fmnist_fast.datasets.registry import DATASETS

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("isolated")]


@pytest.fixture
def toy(server, monkeypatch):
    """The registry knows a dataset with a bad mirror and a good one."""
    pytest.importorskip("pooch", reason="pooch is not installed")
    mirrors = (server.url("missing"), server.url("good"))
    monkeypatch.setitem(registry.DATASETS, "toy-mnist", replace(TOY, mirrors=mirrors))


def test_fetch_twice(server, toy, tmp_path, capsys):
    assert main(["fetch", "ToyMNIST", "--root", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    path = tmp_path / "toy-mnist" / "train-images-idx3-ubyte.gz"
    assert lines[0] == f"Toy-MNIST train images: {path}, downloaded"
    count = len(server.asked)
    assert main(["fetch", "toy-mnist", "--root", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Toy-MNIST train images: {path}, already there"
    assert len(server.asked) == count == 8


def test_fetch_beside_wrong_files(toy, tmp_path, capsys):
    """They are mentioned and stay as they are."""
    root = fill(tmp_path / "mine", arrays(3))
    before = {path: path.read_bytes() for path in root.iterdir()}
    assert main(["fetch", "toy-mnist", "--root", str(root)]) == 0
    captured = capsys.readouterr()
    assert captured.err.count("not used: ") == 4
    assert captured.out.count("downloaded") == 4
    assert all(path.read_bytes() == data for path, data in before.items())


def test_fetch_beside_files_that_cannot_be_read(toy, tmp_path, capsys, monkeypatch):
    """As another user's files may be."""
    root = fill(tmp_path / "mine")
    stamp = _verified.stamp

    def refuse(path):
        if os.path.dirname(path) == str(root):
            raise PermissionError(13, "Permission denied", path)
        return stamp(path)

    monkeypatch.setattr(_verified, "stamp", refuse)
    assert main(["fetch", "toy-mnist", "--root", str(root)]) == 0
    captured = capsys.readouterr()
    assert captured.err.count("Permission denied") == 4
    assert captured.out.count("downloaded") == 4


def test_fetch_fails(server, toy, tmp_path, capsys):
    server.files.clear()
    assert main(["fetch", "toy-mnist", "--root", str(tmp_path)]) == 1
    assert "the server answered 404" in capsys.readouterr().err


def test_unknown_name(capsys):
    assert main(["fetch", "mnits"]) == 2
    assert "did you mean 'mnist'?" in capsys.readouterr().err


def test_table(tmp_path, capsys):
    fill(tmp_path / "FashionMNIST" / "raw", suffix="")
    assert main(["datasets", "--root", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "splits", "here", "images", "classes", "download"]
    assert lines[1].split() == [
        *["fashion-mnist", "train,", "test", "4", "of", "4", "70,000", "10", "29.4", "MiB"]
    ]
    assert lines[2].split()[3:6] == ["0", "of", "4"]
    assert lines[-1] == f"fashion-mnist: {tmp_path / 'FashionMNIST' / 'raw'}"
    assert len(lines) == 1 + len(DATASETS) + 1


def test_json(capsys):
    assert main(["datasets", "--json"]) == 0
    facts = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(facts) == list(DATASETS)
    fashion = facts["fashion-mnist"]
    assert fashion["splits"] == {"train": 60_000, "test": 10_000}
    assert fashion["files"][0]["sha256"].startswith("3aede38d")
    assert fashion["here"] == {"files": 0, "folders": []}
    assert facts["qmnist"]["splits"]["nist"] == 402_953


@pytest.mark.parametrize("command", ["fetch", "datasets"])
def test_help_teaches(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"fmnist-fast {command}" in capsys.readouterr().out.partition("examples:")[2]
