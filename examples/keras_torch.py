"""Keras 3 on the PyTorch backend: python examples/keras_torch.py FOLDER [--epochs N]."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from waiting import Waiting, arguments

import fmnist_fast as ff
from fmnist_fast.adapters.torch import loader

MEAN, STD = 0.2860, 0.3530


def main() -> None:
    args = arguments(__doc__)
    keras.utils.set_random_seed(1)
    test_images, test_labels = ff.load_mnist(args.folder, "t10k")
    training = ff.load_mnist(args.folder, "train")
    batches = loader(training, 128, shuffle=True, normalize=(MEAN, STD))
    model = keras.Sequential([keras.layers.Dense(128, "relu"), keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])

    waiting = Waiting()
    for _ in range(args.epochs):
        for x, y in waiting.over(batches):
            model.train_on_batch(x, y)

    test = ff.normalize(test_images, MEAN, STD)
    waiting.report("Keras on PyTorch", model.evaluate(test, test_labels, verbose=0)[1])


if __name__ == "__main__":
    main()
