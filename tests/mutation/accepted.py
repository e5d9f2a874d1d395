"""Survivors that have been looked at: which, and why no test can, need or does notice them."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Reasons of mutations that change no byte and no verdict here, whatever the test.
SILENT = ("equivalent", "speed", "unreachable", "hardware")
FILE = Path(__file__).with_name("accepted.toml")
REASONS = {
    "equivalent": "no input makes a difference",
    "speed": "the same bytes and verdicts by design, at another speed",
    "unreachable": "what it guards against cannot come, by construction; the guard stays",
    "hardware": "only a processor of another kind would show it",
    "hole": "a test could notice it, and none does yet",
    "margin": "a bound with room to spare, or a look ahead that may be a little shorter",
}


@dataclass(frozen=True)
class Accepted:
    """Reasons by the key of a mutation: file, function, line, change."""

    reasons: dict[tuple[str, ...], str]

    @classmethod
    def load(cls, file: Path = FILE) -> Accepted:
        """Read the list."""
        reasons: dict[tuple[str, ...], str] = {}
        for entry in tomllib.loads(file.read_text())["survivor"]:
            if entry["reason"] not in REASONS:
                raise SystemExit(f"{file}: reason {entry['reason']!r}, expected one of {', '.join(REASONS)}")
            for change in entry["changes"]:
                reasons[entry["file"], entry["function"], entry["line"], change] = entry["reason"]
        return cls(reasons)

    def reason(self, key: Sequence[str]) -> str:
        """Why this one may survive; empty where nobody has said so."""
        return self.reasons.get(tuple(key), "")
