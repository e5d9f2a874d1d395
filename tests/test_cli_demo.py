"""`fmnist-fast sample` and `demo`: the main job from end to end."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from command import blocked, run

import fmnist_fast as ff
from fmnist_fast.cli import _demo_rows, main
from fmnist_fast.datasets.synthetic import sample

NAMES = [f"{split}-{kind}-ubyte.gz" for split in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small sample, written by the command."""
    folder = tmp_path_factory.mktemp("data")
    result = run("sample", "-o", "new/data", "--train", 300, "--test", 50, "--seed", 5, cwd=folder)
    assert (result.returncode, result.stderr) == (0, "")
    return folder / "new" / "data"


def test_sample_writes_the_four_files(data):
    assert sorted(os.listdir(data)) == sorted(NAMES)
    for split, count in (("train", 300), ("t10k", 50)):
        images, labels = ff.load_mnist(data, kind=split)
        drawn, drawn_labels = sample(count, split=split, seed=5)
        assert np.array_equal(images, drawn.reshape(count, 784))
        assert np.array_equal(labels, drawn_labels)


@pytest.mark.once
def test_sample_does_not_overwrite(data):
    before = {name: (data / name).read_bytes() for name in NAMES}
    (data / NAMES[0]).rename(data / "elsewhere")
    result = run("sample", "-o", data, "--train", 20, "--test", 10, cwd=data)
    assert result.returncode == 2
    assert "--overwrite" in result.stderr
    assert not (data / NAMES[0]).exists()
    (data / "elsewhere").rename(data / NAMES[0])
    assert {name: (data / name).read_bytes() for name in NAMES} == before


@pytest.mark.once
def test_demo_looks_for_the_place_of_its_sheet_first(tmp_path):
    result = run("demo", "--train", 20, "--rounds", 1, "--sheet", "none/sheet.png", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "there is no folder none" in result.stderr


@pytest.mark.once
def test_sample_of_nothing(tmp_path):
    assert run("sample", "-o", "x", "--train", 0, "--test", 0, cwd=tmp_path).returncode == 0
    assert ff.read_idx(tmp_path / "x" / NAMES[0]).shape == (0, 28, 28)
    result = run("verify", *[f"x/{name}" for name in NAMES], cwd=tmp_path)
    assert (result.returncode, len(result.stdout.splitlines())) == (0, 4)


def rows(output: str) -> dict[str, list[str]]:
    """Cells of the table by the title of their row."""
    lines = output.splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("reader "))
    cells = [[cell for cell in line.split("  ") if cell] for line in lines[start : start + 5]]
    return {row[0]: [cell.strip() for cell in row[1:]] for row in cells}


def test_demo(data, tmp_path):
    """One table, every reader that can run gives the same, and the picture has three rows for each class."""
    image = pytest.importorskip("PIL.Image")
    result = run("demo", "--data", data, "--rounds", 2, "--threads", 2, "--sheet", "s.png", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert all(f"verified {name}: uint8 (" in result.stdout for name in NAMES)
    table = rows(result.stdout)
    assert table.pop("reader") == ["read ms", "MB/s", "speed-up", "normalized ms", "speed-up", "equal"]
    assert list(table) == [
        "mnist_reader",
        "NumPy backend",
        "native, 1 thread",
        "native, 2 threads",
    ]
    ran = list(table.values())[: 4 if ff.backend == "native" else 2]
    assert all(row[-1] == "yes" for row in ran)
    assert all(float(row[2].removesuffix("x")) > 0 for row in ran)
    if ff.backend == "numpy":
        assert all(set(row) == {"-"} for row in list(table.values())[2:])
        assert "the native backend did not run: " in result.stdout
    with image.open(tmp_path / "s.png") as picture:
        pixels = np.asarray(picture)
    assert picture.mode == "L"
    assert pixels.shape[0] == 10 * 3 * 28
    sheet = pixels[:, -30 * 28 :]
    images, labels = ff.load_mnist(data)
    for label in range(10):
        first = images[labels == label].reshape(-1, 28, 28)
        top = 3 * 28 * label
        assert np.array_equal(sheet[top : top + 28, 28:56], first[1])
        assert not sheet[top + 28 : top + 84].any()


@pytest.mark.once
def test_demo_draws_and_removes_its_own_data(tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    folders = {"TMPDIR": str(temporary), "TEMP": str(temporary), "TMP": str(temporary)}
    paths = (blocked(tmp_path, "PIL"),)
    result = run("demo", "--train", 60, "--rounds", 1, cwd=tmp_path, paths=paths, **folders)
    assert (result.returncode, result.stderr) == (0, "")
    assert "drawing a sample: 60 + 10 synthetic garments" in result.stdout
    assert "no contact sheet: a contact sheet needs Pillow" in result.stdout
    assert not list(temporary.iterdir())
    assert not list(tmp_path.glob("*.png"))


@pytest.mark.once
def test_demo_is_not_misled_by_the_current_folder(data, tmp_path):
    """The processes of the rows import the package that started them, not one that lies about."""
    (tmp_path / "fmnist_fast").mkdir()
    (tmp_path / "fmnist_fast" / "__init__.py").write_text("raise SystemExit('the wrong package')\n")
    code = "import sys; sys.path.pop(0); from fmnist_fast.cli import main; sys.exit(main())"
    import subprocess
    import sys

    from command import environment

    result = subprocess.run(
        [sys.executable, "-c", code, "demo", "--data", str(data), "--rounds", "1"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.once
def test_demo_refuses_bad_data(data, tmp_path):
    for name in NAMES:
        (tmp_path / name).write_bytes((data / name).read_bytes())
    (tmp_path / NAMES[1]).write_bytes((data / NAMES[3]).read_bytes())
    result = run("demo", "--data", tmp_path, cwd=tmp_path)
    assert result.returncode == 1
    assert "train images have shape (300, 28, 28) and labels (50,)" in result.stderr
    (tmp_path / NAMES[0]).write_bytes((data / NAMES[0]).read_bytes()[:-100])
    result = run("demo", "--data", tmp_path, cwd=tmp_path)
    assert result.returncode == 1
    assert f"{NAMES[0]}: the data ends" in result.stderr
    (tmp_path / NAMES[2]).unlink()
    result = run("demo", "--data", tmp_path, cwd=tmp_path)
    assert result.returncode == 1
    assert f"there is no {NAMES[2]}" in result.stderr


@pytest.mark.once
def test_one_thread_has_one_row(data):
    rows = _demo_rows.measure(data, 1, 1)
    assert [row.threads for row in rows] == [1] * 3
    assert [row.equal for row in rows if not row.reason] == [True] * sum(not row.reason for row in rows)


@pytest.mark.once
def test_why_there_is_no_native_backend(monkeypatch):
    monkeypatch.setattr(_demo_rows, "backend", "numpy")
    monkeypatch.setenv("FMNIST_FAST_BACKEND", "numpy")
    assert _demo_rows._why_not_native() == "FMNIST_FAST_BACKEND=numpy"
    monkeypatch.delenv("FMNIST_FAST_BACKEND")
    monkeypatch.setitem(sys.modules, "fmnist_fast._build", SimpleNamespace(REASON="no compiler"))
    assert _demo_rows._why_not_native() == "not built: no compiler"
    monkeypatch.setitem(sys.modules, "fmnist_fast._build", None)
    assert _demo_rows._why_not_native() == "not built"


@pytest.mark.once
def test_a_timing_process_that_ends(data):
    """Its exit code is the error, and not the pipe that broke with it."""

    def ask_one_that_is_gone():
        with _demo_rows._worker(_demo_rows.Row("none", "no_reader", "numpy"), data) as worker:
            worker.wait()
            _demo_rows._ask(worker, "time")

    with pytest.raises(OSError, match="a timing process ended with exit code 1"):
        ask_one_that_is_gone()


@pytest.mark.once
def test_demo_of_no_images(tmp_path, capsys):
    for split in ("train", "t10k"):
        ff.write_idx(tmp_path / f"{split}-images-idx3-ubyte.gz", np.zeros((0, 28, 28), np.uint8))
        ff.write_idx(tmp_path / f"{split}-labels-idx1-ubyte.gz", np.zeros(0, np.uint8))
    assert main(["demo", "--data", str(tmp_path)]) == 1
    assert "there is nothing to show" in capsys.readouterr().err
