"""Who is asked first: those who have killed most per second so far, in this file and in all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

# What one killer is taken to have killed, of so many tries, before anything is known of it.
GUESSED_KILLS, GUESSED_TRIES = 0.5, 1.0
# Linking, starting and cleaning up: keeps what takes no time at all from being asked first for ever.
OVERHEAD = 0.05


@dataclass
class Order:
    """Tries and kills of each killer, by file."""

    seconds: dict[str, float] = field(default_factory=dict)
    tries: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    kills: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def note(self, file: str, killer: str, killed: bool) -> None:
        """Remember what one killer said of a mutation of a file."""
        self.tries[file][killer] += 1
        self.kills[file][killer] += killed

    def rate(self, file: str, killer: str) -> float:
        """Kills per second to be expected."""
        kills, tries = self.kills[file][killer] + GUESSED_KILLS, self.tries[file][killer] + GUESSED_TRIES
        return kills / tries / (self.seconds[killer] + OVERHEAD)

    def sorted(self, file: str, killers: Iterable[str]) -> list[str]:
        """The most promising first; equal ones as they are given."""
        return sorted(killers, key=lambda killer: -self.rate(file, killer))
