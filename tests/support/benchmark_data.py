"""A small dataset and lines of results for the tests of the classifier benchmark."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import fmnist_fast as ff
from fmnist_fast.datasets.registry import FILES
from fmnist_fast.datasets.synthetic import sample

SUPPORT = Path(__file__).parent


def write_small(folder: Path, train: int = 60, test: int = 20) -> Path:
    """Write the four files with a few synthetic garments."""
    for split, count in (("train", train), ("t10k", test)):
        images, labels = sample(count, split=split, seed=3)
        ff.write_idx(folder / f"{split}-images-idx3-ubyte.gz", images)
        ff.write_idx(folder / f"{split}-labels-idx1-ubyte.gz", labels)
    return folder


def write_grid(path: Path, *classes: str) -> Path:
    """Write a grid with one setting for each class; those without a module are misbehaving ones."""
    tables = []
    for name in classes:
        dotted = name if "." in name else f"misbehaving.{name}"
        title = name.rpartition(".")[2]
        tables.append(f'[[classifier]]\nname = "{title}"\nclass = "{dotted}"\n[classifier.grid]\n')
    path.write_text("\n".join(tables))
    return path


def lines_of(path: Path) -> dict[str, dict]:
    """Return the lines of a results file by the name of their classifier."""
    lines = [json.loads(text) for text in path.read_text().splitlines()]
    assert len({line["name"] for line in lines}) == len(lines)
    return {line["name"]: line for line in lines}


def is_running(pid: int) -> bool:
    """Tell whether a process is there and not merely waiting to be forgotten."""
    psutil = __import__("psutil")
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition, seconds: float = 100.0) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def true_line(**changes) -> dict:
    """Return a result on all of Fashion-MNIST that could be true, with changes."""
    files = {file.name: file.sha256 for file in FILES if file.dataset == "fashion-mnist"}
    dataset = {"name": "fashion-mnist", "known": True, "sha256": "5" * 64, "files": files}
    line = {
        "schema": 1,
        "name": "SVC",
        "parameter": {"C": 10, "kernel": "rbf"},
        "score": [0.8971, 0.8973],
        "start_time": 1_790_000_000,
        "done_time": 1_790_004_000,
        "num_repeat": 2,
        "mean_accuracy": 0.8972,
        "std_accuracy": 0.0002,
        "time_per_repeat": 1999.0,
        "status": "ok",
        "reason": None,
        "warnings": [],
        "grid": "original",
        "estimator": "SVC(C=10, kernel='rbf')",
        "change": None,
        "dataset": {**dataset, "train": 60_000, "test": 10_000},
        "train_rows": 60_000,
        "seed": 0,
        "repeat": 2,
        "fit_time": [1500.0, 1510.0],
        "predict_time": [490.0, 495.0],
        "wall_time": 3998.0,
        "cpu_time": 3990.0,
        "peak_memory": 1_500_000_000,
        "limits": {"timeout": 86400.0, "memory": None},
        "backend": "loky",
        "jobs": 2,
        "machine": {"cpu": "A CPU", "cores": 2, "memory": 1 << 34, "system": "Linux x86_64"},
        "versions": {
            "fmnist_fast": ff.__version__, "python": "3.11.7", "numpy": "2.4.6",
            "scipy": "1.17.1", "scikit-learn": "1.9.1", "joblib": "1.6.0",
        },
    }  # fmt: skip
    return line | changes


def write_lines(path: Path, *lines: dict) -> Path:
    """Write a results file."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def temporary(folder: Path) -> dict[str, str]:
    """Return environment variables that send temporary files to a folder of their own."""
    folder.mkdir(exist_ok=True)
    return dict.fromkeys(("TMPDIR", "TEMP", "TMP"), os.fspath(folder))
