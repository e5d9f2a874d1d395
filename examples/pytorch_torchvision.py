"""PyTorch with the torchvision drop-in: python examples/pytorch_torchvision.py ROOT [--epochs N].

ROOT holds FashionMNIST/raw. What changes in a script is one line, the import::

    from torchvision.datasets import FashionMNIST               # before
    from fmnist_fast.adapters.torchvision import FashionMNIST   # after
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import FashionMNIST as Before
from waiting import Waiting, arguments

from fmnist_fast.adapters.torchvision import FashionMNIST as After


def train(name: str, FashionMNIST: Any, root: str, epochs: int) -> None:
    torch.manual_seed(1)
    waiting = Waiting()
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.2860,), (0.3530,))])
    batches = DataLoader(FashionMNIST(root, transform=transform), batch_size=128, shuffle=True)
    test = DataLoader(FashionMNIST(root, train=False, transform=transform), batch_size=1000)

    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
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
    train("before", Before, args.folder, args.epochs)
    train("after", After, args.folder, args.epochs)


if __name__ == "__main__":
    main()
