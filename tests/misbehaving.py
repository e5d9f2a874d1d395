"""Classifiers for the benchmark's runner that do what classifiers should not do."""

from __future__ import annotations

import os
import time

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.naive_bayes import GaussianNB

_CHUNK = 32 << 20


class _Base(ClassifierMixin, BaseEstimator):
    def __init__(self, size=0):
        self.size = size

    def predict(self, images):
        return np.zeros(len(images))


class Good(GaussianNB):
    """A good one."""


class Chatty(GaussianNB):
    """A good one that prints a lot, below Python too."""

    def fit(self, images, labels):
        os.write(1, b"x" * 200_000)
        print("{" * 100_000, flush=True)
        return super().fit(images, labels)


class Hanging(_Base):
    """Never comes back."""

    def fit(self, images, labels):
        while True:
            time.sleep(10)


class HoldingTheGil(_Base):
    """Never comes back, and lets no other thread of its process run."""

    def fit(self, images, labels):
        sum(range(1 << 60))


class Leaving(_Base):
    """Ends its process."""

    def fit(self, images, labels):
        os.write(2, b"something went wrong\nfarewell\n")
        os._exit(7)


class Crashing(_Base):
    """Is ended by a signal, as bad compiled code is."""

    def fit(self, images, labels):
        os.abort()


class Eating(_Base):
    """Takes memory and never has enough."""

    def fit(self, images, labels):
        held = []
        while True:
            held.append(np.ones(_CHUNK, np.uint8))


class EatingWithoutLimit(Eating):
    """The same, after it has removed the limit of its process."""

    def fit(self, images, labels):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
        super().fit(images, labels)


class Raising(_Base):
    """Raises an exception."""

    def fit(self, images, labels):
        raise ValueError("these labels are no good\nand a second line")


class WithAChild(_Base):
    """Starts a process and hangs; the number of that process is in a file that the environment names."""

    def fit(self, images, labels):
        import subprocess
        import sys
        from pathlib import Path

        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(os.environ["TEST_CHILD"]).write_text(str(process.pid))
        process.wait()
