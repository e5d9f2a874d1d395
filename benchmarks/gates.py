"""Gates: what the speed of this package may not fall below, and the figures behind them.

python benchmarks/gates.py [--clock wall|cpu] [--rounds N]

Prints each gate of gates.toml with what is measured now, its floor, and what it was before: the median of
several rounds over all of them, for a neighbor may disturb one gate for seconds. test_gates.py makes failures
of them. See gates.toml for what the entries mean.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import fmnist_fast as ff
from fmnist_fast.benchmark.contest import Contest, Lab
from fmnist_fast.benchmark.contests import find
from fmnist_fast.benchmark.duel import Duel
from fmnist_fast.benchmark.measure import Settings
from fmnist_fast.benchmark.paired import CLOCKS, Spread
from fmnist_fast.benchmark.passes import expected
from fmnist_fast.benchmark.streams import Library

RECORD: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
#: A gate is measured again, longer, before it fails: noise passes, bad code stays.
ATTEMPTS = tuple(Settings(pairs, budget=4.0, clock="cpu") for pairs in (9, 25, 49))

#: Floors are this part of what was measured: noise does not get there, a kernel of twice the time does.
MARGIN = 0.62


@dataclass(frozen=True)
class Gate:
    """One entry of gates.toml.

    Attributes
    ----------
    duel : Duel
        Two ways of a contest.
    floor : float
        The ratio of their times, the peer's over ours, has to be at least this.
    history : tuple of (str, float)
        Dates, and the medians that were measured then.
    images : int
        So many images of random pixels take the place of the contest's; 0 for those.
    """

    duel: Duel
    floor: float
    history: tuple[tuple[str, float], ...]
    images: int = 0

    def __str__(self) -> str:
        return f"{self.duel} against {self.duel.peer}"

    @property
    def absent(self) -> str:
        """Why it cannot be measured here; empty if it can."""
        level = ff.cpu_features()["level"]
        if ff.backend == "native" and level not in RECORD["levels"]:
            return f"floors are for {', '.join(RECORD['levels'])}, not for {level}"
        return self.duel.absent

    def measure(self, lab: Lab, settings: Settings, contest: Contest | None = None) -> Spread:
        """Return the ratio, after both ways have shown that they do the job."""
        contest = contest or find(self.duel.contest)
        if self.images:
            contest = replace(contest, job=lambda lab: lab.library.get("random", "stored", self.images))
        return self.duel.compare(lab, settings, contest)[1].ratio

    def failure(self, lab: Lab, contest: Contest | None = None) -> str:
        """Return why the gate is shut; empty if it is not."""
        found = []
        for settings in ATTEMPTS:
            found.append(self.measure(lab, settings, contest))
            if found[-1].median >= self.floor:
                return ""
        attempts = "; ".join(
            f"{ratio.median:.2f} ({ratio.interval[0]:.2f} - {ratio.interval[1]:.2f})" for ratio in found
        )
        past = ", ".join(f"{median:.2f} on {date}" for date, median in self.history)
        return f"{self}: measured {attempts}; floor {self.floor:.2f}; history {past}"


def _gate(entry: dict[str, Any]) -> Gate:
    history = tuple((date, median) for date, median in entry["history"])
    duel = Duel(entry["contest"], entry["ours"], entry["peer"])
    return Gate(duel, entry["floor"], history, entry.get("images", 0))


GATES = tuple(map(_gate, RECORD["gate"]))


def lab() -> Lab:
    """Return the small inputs that gates are measured on."""
    return Lab(Library(say=lambda text: print(text, file=sys.stderr)), quick=True)


def main() -> None:
    """Measure every gate in a few rounds and print them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clock", choices=CLOCKS, default="cpu")
    parser.add_argument(
        "--rounds", type=int, choices=range(2, 11), default=5, metavar="N", help="2 to 10 (5)"
    )
    args = parser.parse_args()
    settings, inputs = replace(ATTEMPTS[0], clock=args.clock), lab()
    for gate in GATES:
        if gate.absent:
            print(f"{gate} skipped: {gate.absent}")
    gates = [gate for gate in GATES if not gate.absent]
    rounds = [[gate.measure(inputs, settings) for gate in gates] for _ in range(args.rounds)]
    print(f"{'gate':62} {'measured':>9}  {'of a further':17} {'floor':>7}  history")
    for gate, found in zip(gates, map(expected, zip(*rounds, strict=True)), strict=True):
        interval = f"{found.interval[0]:.2f} - {found.interval[1]:.2f}"
        past = ", ".join(f"{median:.2f}" for _, median in gate.history)
        verdict = "" if found.median >= gate.floor else "  BELOW"
        print(
            f"{gate!s:62} {found.median:9.2f}  {interval:17} {gate.floor:7.2f}  {past}{verdict}", flush=True
        )


if __name__ == "__main__":
    main()
