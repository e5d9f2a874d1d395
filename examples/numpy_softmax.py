"""Softmax regression in NumPy: python examples/numpy_softmax.py FOLDER [--epochs N]."""

from __future__ import annotations

import numpy as np
from waiting import Waiting, arguments

import fmnist_fast as ff

RATE, MEAN, STD = 0.1, 0.2860, 0.3530


def main() -> None:
    args = arguments(__doc__)
    images, labels = ff.load_mnist(args.folder, "train")
    test_images, test_labels = ff.load_mnist(args.folder, "t10k")
    batches = ff.Batches(images, labels, 128, shuffle=True, seed=1, normalize=(MEAN, STD), reuse=True)
    weights, bias = np.zeros((784, 10), np.float32), np.zeros(10, np.float32)

    waiting = Waiting()
    for _ in range(args.epochs):
        for x, y in waiting.over(batches):
            scores = x @ weights + bias
            chances = np.exp(scores - scores.max(axis=1, keepdims=True))
            chances /= chances.sum(axis=1, keepdims=True)
            chances[np.arange(len(y)), y] -= 1  # the gradient of the cross-entropy
            weights -= RATE / len(y) * x.T @ chances
            bias -= RATE / len(y) * chances.sum(axis=0)

    found = (ff.normalize(test_images, MEAN, STD) @ weights + bias).argmax(axis=1)
    waiting.report("NumPy softmax regression", float((found == test_labels).mean()))


if __name__ == "__main__":
    main()
