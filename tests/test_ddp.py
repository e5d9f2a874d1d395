"""Shards under PyTorch's DistributedDataParallel: two processes over gloo on the loopback interface."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from distributions import ROOT
from numbered import IMAGES, ROWS
from test_docs_training import blocks

pytestmark = [
    pytest.mark.once,
    pytest.mark.slow,  # PyTorch is imported twice
    pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed"),
    pytest.mark.skipif(sys.platform == "win32", reason="the interface has another name there"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> list[dict]:
    """What each of two processes reports."""
    folder = tmp_path_factory.mktemp("ddp")
    arguments = []
    if (ROOT / "docs" / "training.md").exists():
        (block,) = [block for block in blocks() if "DistributedDataParallel" in block]
        (folder / "block.py").write_text(block, encoding="utf-8")
        arguments = [str(folder / "block.py")]
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "WORLD_SIZE": "2"}
    shared["GLOO_SOCKET_IFNAME"] = "lo0" if sys.platform == "darwin" else "lo"
    script = Path(__file__).parent / "support" / "ddp_worker.py"
    logs = [(folder / f"{rank}.log").open("w+") for rank in range(2)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-P", str(script), str(folder / f"{rank}.json"), *arguments],
            env={**os.environ, **shared, "RANK": str(rank), "PYTHONPATH": os.pathsep.join(sys.path)},
            stderr=logs[rank],
            cwd=folder,
        )
        for rank in range(2)
    ]
    try:
        for process in processes:
            process.wait(timeout=240)
    finally:
        for process, log in zip(processes, logs, strict=True):
            process.kill()
            process.wait()
            log.close()
    said = [(folder / f"{rank}.log").read_text(encoding="utf-8") for rank in range(2)]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(said)
    return [json.loads((folder / f"{rank}.json").read_text(encoding="utf-8")) for rank in range(2)]


def test_shards_are_disjoint_covering_and_equally_long(found):
    rows = [process["rows"] for process in found]
    assert [len(part) for part in rows] == [(ROWS + 1) // 2] * 2
    assert set(rows[0]) | set(rows[1]) == set(range(ROWS))
    first = rows[0][0]  # 103 rows: the first of the order fills up the second shard
    assert set(rows[0]) & set(rows[1]) == {first}
    assert rows[1][-1] == first


def test_gradients_are_averaged(found):
    """The step is that of the two batches taken together."""
    together = found[0]["rows"][:10] + found[1]["rows"][:10]
    x, y = IMAGES[together].reshape(20, -1).astype("f8"), np.array(together) / ROWS
    expected = -2 * y @ x / 20
    for process in found:
        assert np.allclose(process["gradient"], expected, rtol=1e-12)


def test_the_block_of_the_documentation(found):
    """The processes begin with models of their own and end with the same one."""
    if "parameters" not in found[0]:
        pytest.skip("docs/training.md is not here")
    assert found[0]["parameters"] == found[1]["parameters"]
    assert np.isfinite(found[0]["parameters"]).all()
    assert len(found[0]["parameters"]) == 7850
