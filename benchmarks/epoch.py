"""Measure what the options of `Batches` cost and bring (`fmnist-fast bench` sets it beside others).

python benchmarks/epoch.py [--quick] [--clock wall|cpu] [--pin CPU] [--prefetch]

60,000 images of 28 x 28, shuffled, normalized to float32, labels along: with flips and shifts and without.

--prefetch compares `Batches` with a thread that makes the next batch and without: batches of several sizes,
and callers that do nothing with them, wait (as for a GPU), or compute. Ratios above 1: the thread pays.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from itertools import product

import numpy as np
import numpy.typing as npt

import fmnist_fast as ff
from fmnist_fast.benchmark import machine
from fmnist_fast.benchmark.decode import MEAN, STD
from fmnist_fast.benchmark.epoch import BATCH, Epoch, drain
from fmnist_fast.benchmark.paired import CLOCKS, compare, pinned

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]


def consumed(epoch: Epoch, consume: Callable[[Floats], object]) -> Callable[[], None]:
    """A call that goes through one epoch and does something with every batch."""

    def call() -> None:
        for x, _ in epoch():
            consume(x)

    return call


def augmenting(images: Bytes, labels: Bytes, pairs: int, clock: str) -> None:
    """What flips and shifts cost."""
    make = partial(ff.Batches, images, labels, BATCH, shuffle=True, seed=1, normalize=(MEAN, STD), reuse=True)
    plain, augmented = make(threads=1), make(threads=1, flip=0.5, shift=4)
    calls = (drain(partial(iter, batches)) for batches in (plain, augmented))
    found = compare(*calls, pairs=pairs, clock=CLOCKS[clock])
    first, third = found.ratio.quartiles
    print(
        f"flips and shifts by up to 4: an epoch takes {found.ratio.median:.2f} times as long "
        f"(quartiles {first:.2f} - {third:.2f})"
    )


def prefetching(images: Bytes, labels: Bytes, pairs: int) -> None:
    """What a thread of its own is worth, by the size of batches and by what is done with them."""
    weights = np.random.default_rng(2).normal(size=(images[0].size, 64)).astype(np.float32)
    consumers: dict[str, Callable[[Floats], object]] = {
        "nothing": lambda x: None,
        "waits": lambda x: time.sleep(len(x) * 1e-6),
        "computes": lambda x: x @ weights,
    }
    print(f"\n{'batch':>6} {'memory':7} {'caller':9} {'without':>8} {'with':>7} {'ratio':>7}  quartiles")
    for size, (name, consume), reuse in product((128, 512, 2048, 8192), consumers.items(), (True, False)):
        make = partial(ff.Batches, images, labels, size, shuffle=True, seed=1, normalize=(MEAN, STD))
        both = [make(shape=-1, reuse=reuse, prefetch=ahead) for ahead in (True, False)]
        found = compare(*(consumed(partial(iter, batches), consume) for batches in both), pairs=pairs)
        first, third = found.ratio.quartiles
        memory = "reused" if reuse else "fresh"
        print(
            f"{size:6} {memory:7} {name:9} {found.peer.median * 1e3:8.1f} {found.ours.median * 1e3:7.1f} "
            f"{found.ratio.median:6.2f}x  {first:5.2f} - {third:5.2f}",
            flush=True,
        )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer pairs")
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall")
    parser.add_argument("--pin", type=int, metavar="CPU", help="stay on this CPU")
    parser.add_argument(
        "--prefetch", action="store_true", help="measure the thread that makes the next batch"
    )
    args = parser.parse_args()
    if args.prefetch and (args.pin is not None or args.clock != "wall"):
        parser.error("--prefetch needs a second CPU and the wall clock: neither --pin nor --clock")
    for name, value in machine.facts().items():
        print(f"{name:12} {value}")
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (60_000, 28, 28), np.uint8)
    labels = rng.integers(0, 10, 60_000, np.uint8)
    pairs = 7 if args.quick else 31
    with pinned(args.pin):
        if args.prefetch:
            prefetching(images, labels, pairs)
        else:
            augmenting(images, labels, pairs, args.clock)


if __name__ == "__main__":
    main()
