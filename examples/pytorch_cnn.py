"""A small CNN in PyTorch, before and after: python examples/pytorch_cnn.py FOLDER [--epochs N].

Before: a TensorDataset in a DataLoader. After: `fmnist_fast.adapters.torch.loader` over the same arrays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from waiting import Waiting, arguments

import fmnist_fast as ff
from fmnist_fast.adapters.torch import Dataset, loader

NORMALIZE = (0.2860, 0.3530)


def train(name: str, batches: Iterable[Any], test: Iterable[Any], epochs: int) -> None:
    torch.manual_seed(1)
    model = nn.Sequential(
        *(nn.Conv2d(1, 16, 3, stride=2), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(32 * 6 * 6, 10)),
    )
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    waiting = Waiting()
    for _ in range(epochs):
        for x, y in waiting.over(batches):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
    with torch.no_grad():
        right = [(model(x).argmax(1) == y).float() for x, y in waiting.over(test)]
    waiting.report(name, float(torch.cat(right).mean()))


def main() -> None:
    args = arguments(__doc__)
    parts = [ff.load_mnist(args.folder, kind) for kind in ("train", "t10k")]
    square = [(images.reshape(-1, 28, 28), labels) for images, labels in parts]
    datasets = [Dataset(*part, normalize=NORMALIZE) for part in square]

    tensors = [torch.from_numpy(ff.normalize(images, *NORMALIZE)).unsqueeze(1) for images, _ in square]
    classes = [torch.from_numpy(labels).long() for _, labels in square]
    stock = [TensorDataset(*pair) for pair in zip(tensors, classes, strict=True)]
    train("before", DataLoader(stock[0], 128, shuffle=True), DataLoader(stock[1], 1000), args.epochs)
    train("after", loader(datasets[0], 128, shuffle=True), loader(datasets[1], 1000), args.epochs)


if __name__ == "__main__":
    main()
