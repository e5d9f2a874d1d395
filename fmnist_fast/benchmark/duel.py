"""One way of a contest against another, at a CPU level of choice."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from .._backend import backend, cpu_features
from . import child
from .contest import Contest, Lab
from .contests import find
from .measure import Settings
from .paired import Comparison
from .results import Row
from .streams import Library, Stream

_MILLI = 1e3


@dataclass(frozen=True)
class Duel:
    """Two ways of one contest.

    Attributes
    ----------
    contest, ours, peer : str
        Name of the contest and of two ways in it.
    level : str
        CPU level, or "numpy" for that backend; empty for what this process has.
    title : str
        What ours does, for people; made from the names by default.
    """

    contest: str
    ours: str
    peer: str
    level: str = ""
    title: str = ""

    def __str__(self) -> str:
        """Return the title, or the names."""
        level = f" ({self.level})" if self.level else ""
        return self.title or f"{self.contest}: {self.ours}{level}"

    @property
    def absent(self) -> str:
        """Why it cannot be measured here; empty if it can."""
        if self.level and self.level not in levels():
            return f"no {self.level} here"
        ways = find(self.contest).ways
        missing = [name for name in (self.ours, self.peer) if ways[name].absent]
        return f"not installed: {', '.join(missing)}" if missing else ""

    def compare(
        self, lab: Lab, settings: Settings, contest: Contest | None = None
    ) -> tuple[Stream, Comparison]:
        """Let both take turns in this process, after both have shown that they do the job.

        Parameters
        ----------
        lab : Lab
        settings : Settings
        contest : Contest, optional
            Takes the place of the one that is named.

        Raises
        ------
        WrongResultError
        """
        contest = contest or find(self.contest)
        with contest.around():
            stream = contest.job(lab)
            for name in (self.ours, self.peer):
                contest.prove(stream, name)
            return stream, settings.turns(contest, stream, self.ours, self.peer)

    def row(self, lab: Lab, settings: Settings) -> Row:
        """Return the time of the peer, and its ratio to ours."""
        blank = Row(self.contest, find(self.contest).title, self.peer, against=str(self))
        threads = max(find(self.contest).ways[name].threads for name in (self.ours, self.peer))
        if settings.clock == "cpu" and threads > 1:
            return replace(blank, note="not measured: the CPU's clock adds up threads")
        stream, found = self.compare(lab, settings)
        return replace(blank, stream=stream.name, value=found.peer.scaled(_MILLI), ratio=found.ratio)


def levels() -> list[str]:
    """Return the CPU levels that can be chosen, the best first, and the NumPy backend."""
    detected = cpu_features()["detected"] if backend == "native" else ()
    return [*reversed(detected), "numpy"]


def rows_of(duels: Sequence[Duel], lab: Lab, settings: Settings) -> Iterator[Row]:
    """Measure duels, each level but this process's own in a process for all its duels.

    Yields
    ------
    Row
        One for each duel, in order.
    """
    possible = [duel for duel in duels if not duel.absent]
    found = {duel: duel.row(lab, settings) for duel in possible if not duel.level}
    for level in dict.fromkeys(duel.level for duel in possible if duel.level):
        there = [duel for duel in possible if duel.level == level]
        found |= zip(there, _elsewhere(level, there, lab, settings), strict=True)
    for duel in duels:
        title = find(duel.contest).title
        yield found.get(duel) or Row(duel.contest, title, duel.peer, against=str(duel), note=duel.absent)


def _elsewhere(level: str, duels: Sequence[Duel], lab: Lab, settings: Settings) -> list[Row]:
    """Measure at another level, which a process cannot change once it has started."""
    dataset = None if lab.library.drawn else str(lab.library.dataset)
    wanted = {
        "library": {"folder": str(lab.library.folder), "dataset": dataset},
        "quick": lab.quick,
        "settings": asdict(settings),
        "duels": [asdict(duel) for duel in duels],
    }
    printed = child.run("-m", "fmnist_fast.benchmark.duel", said=json.dumps(wanted), level=level)
    return [Row.from_json(row) for row in json.loads(printed)]


def _main() -> None:
    """Measure what standard input says, at the level of this process; print the rows."""
    wanted = json.load(sys.stdin)
    library = Library(**wanted["library"], say=lambda text: print(text, file=sys.stderr))
    lab, settings = Lab(library, wanted["quick"]), Settings(**wanted["settings"])
    rows = [Duel(**duel).row(lab, settings) for duel in wanted["duels"]]
    json.dump([asdict(row) for row in rows], sys.stdout)


if __name__ == "__main__":
    _main()
