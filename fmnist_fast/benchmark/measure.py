"""Contests and figures turned into rows."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from .contest import REFERENCE, Contest, Lab, WrongResultError
from .paired import CLOCKS, Comparison, Spread, compare, measure, pinned
from .results import Row
from .status import show
from .streams import Stream

_MILLI = 1e3


@dataclass(frozen=True)
class Settings:
    """How carefully to measure.

    Attributes
    ----------
    pairs : int
        Pairs behind each ratio.
    budget : float
        Seconds for each way; slow ones get fewer pairs.
    cpu : int or None
        Where ways with one thread are pinned.
    clock : {"wall", "cpu"}
        The CPU's clock adds up threads, so ways with several are left out under it.
    peers : collection of str or None
        The only ways to be measured besides ours; None for all.
    """

    pairs: int = 15
    budget: float = math.inf
    cpu: int | None = None
    clock: str = "wall"
    peers: Collection[str] | None = None

    def wants(self, way: str) -> bool:
        """Whether a way is to be measured; ours always are."""
        return self.peers is None or way.startswith(REFERENCE) or way in self.peers

    def turns(self, contest: Contest, stream: Stream, ours: str, peer: str) -> Comparison:
        """Let two ways take turns."""
        show(f"{contest.title}: {peer}")
        ways = contest.ways[ours], contest.ways[peer]
        first, second = (way.make(stream) for way in ways)
        with pinned(self.cpu if all(way.threads == 1 for way in ways) else None):
            return compare(first, second, pairs=self.pairs, budget=self.budget, clock=CLOCKS[self.clock])


def rows_of(contest: Contest, lab: Lab, settings: Settings) -> Iterator[Row]:
    """Measure one contest, after every contestant has shown that it does the job.

    Yields
    ------
    Row
        One for each way, also for those that cannot be measured.

    Raises
    ------
    WrongResultError
        A way of ours fails the check.
    """
    with contest.around():
        yield from _rows(contest, contest.job(lab), settings)


def _rows(contest: Contest, stream: Stream, settings: Settings) -> Iterator[Row]:
    blank = Row(contest.name, contest.title, "", stream.name)
    names = [name for name in contest.ways if settings.wants(name)]
    unfit = {name: reason for name in names if (reason := _unfit(contest, stream, name, settings.clock))}
    found = {
        name: settings.turns(contest, stream, REFERENCE, name)
        for name in names
        if name != REFERENCE and name not in unfit
    }
    for name in names:
        row = replace(blank, way=name)
        if name in unfit:
            yield replace(row, note=unfit[name])
        elif name == REFERENCE:
            yield _timed(row, _alone(contest, stream, settings, found), contest, stream)
        else:
            yield replace(_timed(row, found[name].peer, contest, stream), ratio=found[name].ratio)


def _unfit(contest: Contest, stream: Stream, name: str, clock: str) -> str:
    """Return why a way is not measured; empty if it does the job."""
    if reason := contest.ways[name].absent:
        return f"not installed ({reason})"
    if clock == "cpu" and contest.ways[name].threads > 1:
        return "not measured: the CPU's clock adds up threads"
    try:
        contest.prove(stream, name)
    except WrongResultError as error:
        if name.startswith(REFERENCE):
            raise
        return f"not measured: {error}"
    except Exception as error:
        if name.startswith(REFERENCE):
            raise
        return f"not measured: {type(error).__name__}: {error}"
    return ""


def _alone(contest: Contest, stream: Stream, settings: Settings, found: dict[str, Comparison]) -> Spread:
    """Return the seconds of the reference: from the comparison with most pairs, if there is any."""
    with contextlib.suppress(ValueError):
        return max((comparison.ours for comparison in found.values()), key=lambda ours: ours.count)
    return measure(contest.ways[REFERENCE].make(stream), rounds=settings.pairs, clock=CLOCKS[settings.clock])


def _timed(row: Row, seconds: Spread, contest: Contest, stream: Stream) -> Row:
    rate = stream.nbytes / seconds.median / 1e6 if contest.throughput else 0.0
    return replace(row, value=seconds.scaled(_MILLI), rate=rate)
