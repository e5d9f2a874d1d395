"""The scripts in examples/ learn: they run as a user runs them, on drawn garments."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from builders import idx_gz
from command import environment

from fmnist_fast.datasets.synthetic import sample

pytestmark = pytest.mark.once
EXAMPLES = Path(__file__).parents[1] / "examples"
LINE = re.compile(r"^(.+): accuracy ([\d.]+), [\d.]+ s, of which ([\d.]+) s waiting for data$", re.MULTILINE)
NEEDS = {
    "numpy_softmax": (),
    "sklearn_sgd": ("sklearn",),
    "pytorch_cnn": ("torch",),
    "pytorch_torchvision": ("torch", "torchvision"),
    "keras_torch": ("torch", "keras"),
    "jax_mlp": ("jax",),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("examples")
    folder = root / "FashionMNIST" / "raw"
    folder.mkdir(parents=True)
    for split, count in (("train", 2000), ("t10k", 300)):
        images, labels = sample(count, split=split)
        (folder / f"{split}-images-idx3-ubyte.gz").write_bytes(idx_gz(images))
        (folder / f"{split}-labels-idx1-ubyte.gz").write_bytes(idx_gz(labels))
        if shutil.which("gzip"):  # torchvision itself reads unpacked files only
            subprocess.run(["gzip", "-dk", *map(str, folder.glob(f"{split}-*.gz"))], check=True)
    return root


def test_all_are_run():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {*NEEDS, "waiting"}
    assert all(len(path.read_text().splitlines()) < 60 for path in EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("name", NEEDS)
def test_example(name, root, tmp_path):
    for library in NEEDS[name]:
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    folder = root if name == "pytorch_torchvision" else root / "FashionMNIST" / "raw"
    script = EXAMPLES / f"{name}.py"
    command = [sys.executable, str(script), str(folder), "--epochs", "4"]
    if name == "pytorch_torchvision":  # beside a PyTorch that it was not compiled for
        runner = "import runpy, sys, peer_torchvision; peer_torchvision.import_torchvision();"
        runner += "sys.argv = sys.argv[1:]; sys.path.insert(0, sys.argv[0].rpartition('/')[0]);"
        command[1:2] = ["-c", runner + "runpy.run_path(sys.argv[0], run_name='__main__')", str(script)]
    env = environment(Path(__file__).parent / "support", KERAS_HOME=str(tmp_path), OMP_NUM_THREADS="1")
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = LINE.findall(done.stdout)
    expected = ["before", "after"] if name.startswith("pytorch") else [found[0][0]]
    assert [line[0] for line in found] == expected, done.stdout
    assert all(float(accuracy) > 0.6 for _, accuracy, _ in found), done.stdout
    assert all(float(seconds) > 0 for *_, seconds in found)
