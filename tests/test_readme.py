"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex

import numpy as np
import pytest
from distributions import ROOT

import fmnist_fast as ff
from fmnist_fast import errors
from fmnist_fast.cli import main, parser
from fmnist_fast.datasets.registry import FASHION_MNIST_CLASSES
from fmnist_fast.datasets.synthetic import sample

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def readme() -> str:
    path = ROOT / "README.md"
    if not path.exists():
        pytest.skip("the README is not here")
    return path.read_text(encoding="utf-8")


def blocks(readme: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", readme, flags=re.MULTILINE | re.DOTALL)


def table(readme: str, heading: str) -> list[list[str]]:
    """Cells of the first table under a heading."""
    section = readme.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_python_example(readme, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    images, labels = sample(200)
    ff.write_idx("data/train-images-idx3-ubyte.gz", images)
    ff.write_idx("data/train-labels-idx1-ubyte.gz", labels)
    example, swap = blocks(readme, "python")
    exec(swap)
    assert example.count("ff.") >= 7
    names: dict[str, object] = {}
    exec(example, names)
    assert np.array_equal(names["images"], images)
    assert names["batch"].shape == (200 % 128, 28, 28)
    assert np.array_equal(ff.read_idx("copy-idx3-ubyte.gz"), images)
    assert ff.backend in capsys.readouterr().out


def test_command_lines_are_understood(readme, tmp_path, monkeypatch):
    """Every line that starts the command parses; the conversions are run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    ff.write_idx("data/train-images-idx3-ubyte.gz", sample(20)[0])
    lines = [line for block in blocks(readme, "sh") for line in block.splitlines() if line]
    lines = [shlex.split(line, comments=True) for line in lines if line.startswith("fmnist-fast ")]
    everyday = {"info", "verify", "decode", "encode", "datasets", "fetch", "sample"}
    assert {line[1] for line in lines} == everyday | {"demo", "plot", "classify", "bench"}
    for _, *arguments in lines:
        parser().parse_args(arguments)
        if arguments[0] in ("decode", "encode"):
            assert main(arguments) == 0


def test_error_table(readme):
    rows = table(readme, "What it refuses")
    assert len(rows) == 6
    for name, parents, _ in rows:
        error = getattr(errors, name.strip("`"))
        found = {parent.__name__ for parent in error.__bases__} - {"FmnistFastError"}
        assert found == {parent.strip(" `").rpartition(".")[2] for parent in parents.split(",")}


def test_label_table(readme):
    rows = table(readme, "Fashion-MNIST")
    found = {int(row[k]): row[k + 1] for row in rows for k in (0, 2)}
    assert tuple(found[label] for label in range(10)) == FASHION_MNIST_CLASSES
