"""What the commands refuse, in one sentence and before any work is done; and what the machine refuses."""

from __future__ import annotations

import numpy as np
import pytest

import fmnist_fast as ff
from fmnist_fast.cli import main

pytestmark = pytest.mark.once


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with images, a NumPy file and a folder, as the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FMNIST_FAST_DATA", raising=False)
    ff.write_idx("images.gz", np.zeros((3, 2, 2), np.uint8))
    np.save("images.npy", np.zeros((3, 2, 2), np.uint8))
    (tmp_path / "bad.toml").write_text("[[classifier")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.npy").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("decode images.gz -o folder.npy", "folder.npy: is a folder, the output must be a file"),
        ("decode images.gz -o x.png --columns 0", "--columns: must be at least 1, not 0"),
        ("demo --threads 0", "--threads: must be at least 1, not 0"),
        ("encode images.npy -o x.gz --labels y.gz", "--labels goes with a folder whose subfolders"),
        ("encode images.npy -o x.gz --key a", "an npy file holds one array"),
        ("encode folder -o x.gz --key a", "--key goes with an npz file, not with a folder"),
        ("sample -o images.gz", "images.gz: is not a folder"),
        ("plot sprite --data . -o images.gz", "images.gz: is not a folder"),
        ("classify run --out x.jsonl --only *NB*", "which dataset? --data DIR names its folder"),
        ("classify run --out x.jsonl --data . --grid bad.toml", "bad.toml: "),
        ("classify run --out x.jsonl --data . --repeat 0", "--repeat: must be at least 1, not 0"),
        ("classify run --out x.jsonl --data . --timeout -1", "invalid seconds value"),
        ("classify run --out x.jsonl --data . --grid none.toml", "none.toml"),
    ],
)
def test_refused(here, capsys, arguments, sentence):
    if "classify" in arguments:
        pytest.importorskip("sklearn")
    before = sorted(here.rglob("*"))
    try:
        code = main(arguments.split())
    except SystemExit as end:  # argparse's own
        code = end.code
    assert code in (1, 2)
    assert sentence in capsys.readouterr().err
    assert sorted(here.rglob("*")) == before


def test_too_many_classes(here, capsys):
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    for number in range(257):
        (here / "folder" / f"{number}").mkdir()
        image.new("L", (1, 1)).save(here / "folder" / f"{number}" / "a.png")
    assert main(["encode", "folder", "-o", "x.gz"]) == 2
    assert "257 subfolders are too many classes" in capsys.readouterr().err


def test_picture_that_cannot_be_opened(here, capsys):
    pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    (here / "folder" / "a.png").symlink_to("nowhere")
    assert main(["encode", "folder", "-o", "x.gz"]) == 1
    assert "a.png: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "words"), [(MemoryError(), "not enough memory\n"), (MemoryError("for 9"), "memory: for 9\n")]
)
def test_not_enough_memory(here, capsys, monkeypatch, error, words):
    def scan(*arguments):
        raise error

    monkeypatch.setattr("fmnist_fast.cli._scan.scan", scan)
    assert main(["info", "images.gz"]) == 1
    assert capsys.readouterr().err.endswith(words)
