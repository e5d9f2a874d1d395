"""One of the processes that `test_ddp.py` starts, as torchrun would: a shard, a step, the block of the docs.

Usage: ddp_worker.py RESULT [BLOCK], with RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT in the environment.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import torch
from numbered import IMAGES, LABELS, ROWS
from torch import distributed, nn

import fmnist_fast as ff
from fmnist_fast.datasets.synthetic import sample


def first_step_and_rows() -> tuple[list[float], list[int]]:
    """Gradient of the first batch of a linear model of zeros, and the rows of an epoch in their order."""
    shard = distributed.get_rank(), distributed.get_world_size()
    batches = ff.Batches(IMAGES, LABELS, 10, shuffle=True, seed=3, dtype="f8", shape=-1, shard=shard)
    linear = nn.Linear(IMAGES[0].size, 1, bias=False, dtype=torch.float64)
    nn.init.zeros_(linear.weight)
    model = nn.parallel.DistributedDataParallel(linear)
    gradient: list[float] = []
    rows: list[int] = []
    for x, y in batches:
        model.zero_grad()
        loss = (model(torch.from_numpy(x))[:, 0] - torch.from_numpy(y).double() / ROWS).square().mean()
        loss.backward()
        gradient = gradient or linear.weight.grad[0].tolist()
        rows += y.tolist()
    return gradient, rows


def parameters_after(block: str) -> list[float]:
    """Parameters of the model that the documentation trains."""
    images, labels = sample(300)
    torch.manual_seed(int(os.environ["RANK"]))  # they become alike only if the processes talk to each other
    names = {"images": images, "labels": labels, "ff": ff}
    exec(block.replace("distributed.destroy_process_group()", ""), names)  # the group is used once more
    return torch.cat([p.detach().flatten() for p in names["model"].parameters()]).tolist()


def main(result: str, block: str = "") -> None:
    torch.set_num_threads(1)
    found = {}
    if block:
        found["parameters"] = parameters_after(Path(block).read_text(encoding="utf-8"))
    else:
        distributed.init_process_group("gloo")
    found["gradient"], found["rows"] = first_step_and_rows()
    distributed.destroy_process_group()
    Path(result).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
