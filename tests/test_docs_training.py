"""What docs/training.md shows is what happens. (Its block for PyTorch is run by `test_ddp.py`.)"""

from __future__ import annotations

import re

import numpy as np
import pytest
from distributions import ROOT

import fmnist_fast as ff
from fmnist_fast.adapters import _shared_readers
from fmnist_fast.datasets.synthetic import sample

pytestmark = pytest.mark.once


def blocks() -> list[str]:
    """The Python code of the page, block by block."""
    path = ROOT / "docs" / "training.md"
    if not path.exists():
        pytest.skip("docs/training.md is not here")
    return re.findall(r"^```python\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_batches():
    images, labels = sample(200)
    names = {"images": images, "labels": labels}
    loop, resume, _, _ = blocks()
    exec(loop, names)
    assert names["batches"].epoch == 2
    assert (names["x"].dtype, names["x"].shape) == (np.float32, (72, 28, 28))
    exec(resume, names)
    assert names["state"]["epoch"] == 2


def test_dask(tmp_path, monkeypatch):
    pytest.importorskip("dask.array", reason="Dask is not installed")
    monkeypatch.chdir(tmp_path)
    images, _ = sample(50)
    for name in ("train", "more"):
        ff.write_idx(f"{name}-images-idx3-ubyte.gz", images)
    names: dict[str, object] = {}
    exec(blocks()[3], names)
    _shared_readers.close_idle_readers()
    assert np.array_equal(names["brightness"], np.tile(images.mean(axis=(1, 2)), 2))
