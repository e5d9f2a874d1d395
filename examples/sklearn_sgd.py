"""scikit-learn, fed batch by batch: python examples/sklearn_sgd.py FOLDER [--epochs N]."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import SGDClassifier
from waiting import Waiting, arguments

import fmnist_fast as ff

MEAN, STD = 0.2860, 0.3530


def main() -> None:
    args = arguments(__doc__)
    images, labels = ff.load_mnist(args.folder, "train")
    test_images, test_labels = ff.load_mnist(args.folder, "t10k")
    batches = ff.Batches(images, labels, 512, shuffle=True, seed=1, normalize=(MEAN, STD), reuse=True)
    model = SGDClassifier(loss="log_loss", alpha=0.01, random_state=1)

    waiting = Waiting()
    for _ in range(args.epochs):
        for x, y in waiting.over(batches):
            model.partial_fit(x, y, classes=np.arange(10))

    accuracy = model.score(ff.normalize(test_images, MEAN, STD), test_labels)
    waiting.report("scikit-learn SGDClassifier", accuracy)


if __name__ == "__main__":
    main()
