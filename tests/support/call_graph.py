"""Who calls whom in the C core, and what a call costs on the stack: what GCC says (-fcallgraph-info)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

NODE = re.compile(r'node: \{ title: "([^"]+)" label: "([^"]*)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
FRAME = re.compile(r"(\d+) bytes \(([\w,]+)\)")
BOUNDED = ("static", "dynamic,bounded")  # the second: aligned for vectors


@dataclass
class CallGraph:
    """Functions by name, static ones with their file in front; those of libraries have no frame here."""

    frames: dict[str, int] = field(default_factory=dict)
    unbounded: set[str] = field(default_factory=set)  # with an array of variable length
    calls: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def read(self, file: Path) -> None:
        """Add what one .ci file says."""
        content = file.read_text()
        for name, label in NODE.findall(content):
            if found := FRAME.search(label):
                self.frames[name] = int(found[1])
                if found[2] not in BOUNDED:
                    self.unbounded.add(name)
        for caller, called in EDGE.findall(content):
            self.calls[caller].add(called)

    def deepest(self, name: str, above: tuple[str, ...] = ()) -> tuple[int, tuple[str, ...]]:
        """The most bytes of stack that a call can take, libraries aside, and the calls that take them.

        Raises
        ------
        RecursionError
            A function is called, by way of others or not, by itself.
        """
        if name in above:
            raise RecursionError(" calls ".join((*above[above.index(name) :], name)))
        below = [self.deepest(called, (*above, name)) for called in self.calls.get(name, ())]
        size, path = max(below, default=(0, ()))
        return self.frames.get(name, 0) + size, (name, *path)
