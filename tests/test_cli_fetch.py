"""`fmnist-fast fetch` and `datasets`."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from file_server import file_server
from toy_datasets import ARRAYS, TOY, arrays, fill, packed

from fmnist_fast.cli import main
from fmnist_fast.datasets import registry
from fmnist_fast.datasets.registry import DATASETS

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("isolated")]


@pytest.fixture
def server(monkeypatch):
    pytest.importorskip("pooch", reason="pooch is not installed")
    with file_server() as state:
        state.files = {f"{stem}.gz": packed(array) for stem, array in ARRAYS.items()}
        toy = replace(TOY, mirrors=(state.url("missing"), state.url("good")))
        monkeypatch.setitem(registry.DATASETS, "toy-mnist", toy)
        yield state


def test_fetch_twice(server, tmp_path, capsys):
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


def test_fetch_beside_wrong_files(server, tmp_path, capsys):
    """They are mentioned and stay as they are."""
    root = fill(tmp_path / "mine", arrays(3))
    before = {path: path.read_bytes() for path in root.iterdir()}
    assert main(["fetch", "toy-mnist", "--root", str(root)]) == 0
    captured = capsys.readouterr()
    assert captured.err.count("not used: ") == 4
    assert captured.out.count("downloaded") == 4
    assert all(path.read_bytes() == data for path, data in before.items())


def test_fetch_fails(server, tmp_path, capsys):
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
