"""Contests of ours with ourselves: what a large file costs, and what a second CPU is worth at this moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from .contest import REFERENCE, Contest, Lab, Way, same
from .decode import reused
from .paired import Call
from .streams import Stream, content, describe

_PARTS = {"ten": 10, "sixty": 60}


def _large(lab: Lab) -> Stream:
    for number in _PARTS.values():
        lab.library.get("fashion", "zlib-6", lab.large.shape[0] // number)
    return lab.large


def _part(stream: Stream, number: int) -> Stream:
    """Return the file with that part of the images of a large one."""
    count = stream.shape[0]
    path = stream.path.with_name(stream.path.name.replace(str(count), str(count // number)))
    return describe(path, path.name, "part")


def _in_parts(number: int) -> Way:
    """Read as many images from one file that holds a part of them, again and again."""

    def make(stream: Stream) -> Call:
        call = reused(_part(stream, number))
        return lambda: [call() for _ in range(number)][-1]

    def proof(stream: Stream) -> object:
        same(_part(stream, number), make(stream)())
        return content(stream)

    return Way(make, proof=proof)


def _after(stream: Stream) -> Call:
    calls = reused(stream), reused(stream)
    return lambda: [call() for call in calls][1]


def _at_once(stream: Stream) -> Call:
    calls = reused(stream), reused(stream)

    def call() -> object:
        with ThreadPoolExecutor(2) as pool:
            return [done.result() for done in [pool.submit(call) for call in calls]][1]

    return call


CONTESTS = (
    Contest(
        "large",
        "Read a very large file, or as many images from smaller ones",
        _large,
        {
            REFERENCE: Way(reused),
            **{f"{REFERENCE}, {name} files": _in_parts(number) for name, number in _PARTS.items()},
        },
        same,
    ),
    Contest(
        "at-once",
        "Read two files one after the other, or at once: what a second CPU is worth here",
        lambda lab: lab.images,
        {REFERENCE: Way(_after), f"{REFERENCE}, at once": Way(_at_once, threads=2)},
        same,
        throughput=False,
    ),
)
