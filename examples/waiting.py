"""How long a training loop waits for its data: shared by the scripts beside this one."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from typing import Any


class Waiting:
    """Adds up the seconds between asking an iterable for a batch and having it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = time.perf_counter()

    def over(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Pass batches on."""
        start = time.perf_counter()
        for batch in batches:
            self.seconds += time.perf_counter() - start
            yield batch
            start = time.perf_counter()
        self.seconds += time.perf_counter() - start

    def report(self, name: str, accuracy: float) -> None:
        """Print one line."""
        total = time.perf_counter() - self._begun
        print(
            f"{name}: accuracy {accuracy:.3f}, {total:.2f} s, of which {self.seconds:.3f} s waiting for data"
        )


def arguments(about: str | None) -> argparse.Namespace:
    """Parse the command line that all scripts have."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("folder", help="of train-images-idx3-ubyte.gz and the other three files")
    parser.add_argument("--epochs", type=int, default=3)
    return parser.parse_args()
