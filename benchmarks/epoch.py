"""Measure an epoch of `Batches` against NumPy written plainly and NumPy written with care.

python benchmarks/epoch.py [--quick] [--clock wall|cpu] [--pin CPU]

60,000 images of 28 x 28, batches of 128, shuffled, normalized to float32, labels along; every contestant
draws its own order. Ratios are time of the peer over our time, medians of alternating pairs: above 1 we are
faster.
"""

from __future__ import annotations

import argparse

import numpy as np

from fmnist_fast.benchmark import machine
from fmnist_fast.benchmark.epoch import drain, idiom, ours, tuned
from fmnist_fast.benchmark.paired import CLOCKS, compare, pinned

#: Speed that is owed against each peer, and what to aim for.
OWED = {"NumPy idiom": (5.0, 9.0), "tuned NumPy": (2.3, 4.0)}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer pairs")
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall")
    parser.add_argument("--pin", type=int, metavar="CPU", help="stay on this CPU")
    args = parser.parse_args()
    for name, value in machine.facts().items():
        print(f"{name:12} {value}")
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (60_000, 28, 28), np.uint8)
    labels = rng.integers(0, 10, 60_000, np.uint8)
    peers = {"NumPy idiom": idiom(images, labels), "tuned NumPy": tuned(images, labels)}
    with pinned(args.pin):
        results = compare(
            drain(ours(images, labels)),
            *map(drain, peers.values()),
            pairs=7 if args.quick else 31,
            clock=CLOCKS[args.clock],
        )
    print(f"\n{'peer':12} {'ms':>7} {'ours':>7} {'ratio':>7}  {'quartiles':13} {'owed':>5} {'aim':>5}")
    for (name, (owed, aim)), found in zip(OWED.items(), results, strict=True):
        first, third = found.ratio.quartiles
        verdict = "met" if found.ratio.median >= owed else "MISSED"
        print(
            f"{name:12} {found.peer.median * 1e3:7.1f} {found.ours.median * 1e3:7.1f} "
            f"{found.ratio.median:6.2f}x  {first:5.2f} - {third:5.2f} {owed:5.1f} {aim:5.1f}  {verdict}"
        )


if __name__ == "__main__":
    main()
