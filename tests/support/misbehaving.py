"""Classifiers for the benchmark's runner that do what classifiers should not do.

They have the methods that the runner needs of scikit-learn's, without the second that importing it takes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np

_CHUNK = 32 << 20


class _Base:
    def __init__(self, random_state=None):
        self.random_state = random_state

    def get_params(self):
        return {"random_state": self.random_state}

    def set_params(self, **parameters):
        self.__init__(**parameters)
        return self


class Good(_Base):
    """A good one: the nearest mean."""

    def fit(self, images, labels):
        self.means = np.stack([images[labels == label].mean(0) for label in range(10)])

    def predict(self, images):
        return np.argmin([((images - mean) ** 2).sum(1) for mean in self.means], axis=0)


class Guessing(Good):
    """One that depends on nothing but its seed."""

    def predict(self, images):
        return np.random.default_rng(self.random_state).integers(10, size=len(images))


class Chatty(Good):
    """A good one that prints a lot, below Python too."""

    def fit(self, images, labels):
        os.write(1, b"x" * 200_000)
        print("{" * 100_000, flush=True)
        return super().fit(images, labels)


class Complaining(Good):
    """A good one that warns of more than a pipe holds."""

    def fit(self, images, labels):
        for k in range(1000):
            warnings.warn(f"{k}: {'x' * 150}", stacklevel=1)
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


def _start_child():
    """Start a process that does nothing, and write its number to the file that the environment names."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(os.environ["TEST_CHILD"]).write_text(str(process.pid))
    return process


class LeavingAChild(Good):
    """A good one that starts a process and leaves it behind; the number is in a file."""

    def fit(self, images, labels):
        _start_child()
        return super().fit(images, labels)


class WithAChild(_Base):
    """Starts a process and hangs; the number of that process is in a file."""

    def fit(self, images, labels):
        _start_child().wait()
