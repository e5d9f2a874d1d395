"""A small dataset to run contests on, and a run as `fmnist-fast bench` would leave it."""

from __future__ import annotations

from pathlib import Path

import fmnist_fast as ff
from fmnist_fast.benchmark.paired import Spread
from fmnist_fast.benchmark.results import Row, Run
from fmnist_fast.datasets.synthetic import sample


def write_dataset(folder: Path) -> Path:
    """Write the four files, with few images."""
    for split, count in (("train", 60), ("t10k", 40)):
        images, labels = sample(count, split=split)
        ff.write_idx(folder / f"{split}-images-idx3-ubyte.gz", images)
        ff.write_idx(folder / f"{split}-labels-idx1-ubyte.gz", labels)
    return folder


def made_up_run(label: str = "one", factor: float = 1.0) -> Run:
    """Return a run with a contest, a figure of memory, and a way that was not there."""
    ours, peer = Spread.of([2.0, 2.1, 1.9]), Spread.of([6.0, 6.3, 5.7])
    ratio = Spread.of([3.0 * factor, 3.1 * factor, 2.9 * factor])
    rows = [
        Row("decode", "Read images", "fmnist_fast", "images", value=ours, rate=1000.0),
        Row("decode", "Read images", "isal", "images", value=peer, ratio=ratio, rate=333.0),
        Row("decode", "Read images", "rapidgzip", "images", note="not installed (ImportError: none)"),
        Row("decode", "Read images", "memcpy", "images", value=Spread.of([0.1]), ratio=ratio, rate=20000.0),
        Row("summary", "In short", "isal", "images", value=peer, ratio=ratio, against="`out=`, avx2"),
        Row("summary", "In short", "", "images", "MiB", Spread.of([0.4]), against="memory"),
        Row("memory", "Peak memory", "fmnist_fast", "images", "MiB", Spread.of([0.4])),
    ]
    inputs = {"images": {"bytes": 10, "sha256": "ab" * 32, "recipe": "made up"}}
    return Run(label, "2026-01-02T03:04:05+00:00", {"CPU": "one | of a kind"}, inputs, rows)
