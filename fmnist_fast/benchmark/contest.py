"""A contest: one job, several ways to do it, and how to tell that they did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._threads import usable_cpus
from .decoders import absent
from .paired import Call
from .streams import Library, Stream, content

#: Name of the way that all others of a contest are compared with.
REFERENCE = "fmnist_fast"


class WrongResultError(RuntimeError):
    """A contestant delivers something else than what is in the file."""


@dataclass(frozen=True)
class Lab:
    """Where inputs come from, and how large they are.

    Attributes
    ----------
    library : Library
    quick : bool
        10,000 images in place of 60,000, and smaller files of the other kinds.
    """

    library: Library
    quick: bool = False

    @property
    def split(self) -> str:
        """The split that images are taken from."""
        return "t10k" if self.quick else "train"

    @property
    def images(self) -> Stream:
        """The gzip file of images that most contests read."""
        return self.library.canonical(self.split, "images")

    @property
    def rounds(self) -> int:
        """How many processes are worth their time."""
        return 3 if self.quick else 5

    @property
    def large(self) -> Stream:
        """Ten times as many images in one file."""
        return self.library.get("fashion", "zlib-6", 60_000 if self.quick else 600_000)


@dataclass(frozen=True)
class Way:
    """One way to do the job.

    Attributes
    ----------
    make : callable
        Takes the input and returns the call that is timed.
    needs : str or callable
        Module to import, or a function that imports it; empty where nothing is needed.
    package : str
        Distribution that brings it.
    threads : int
        How many threads the call may use.
    proof : callable, optional
        Does the job once and returns what `Contest.check` looks at, where the timed call returns nothing
        that tells.
    """

    make: Callable[[Stream], Call]
    needs: str | Callable[[], object] = ""
    package: str = ""
    threads: int = 1
    proof: Callable[[Stream], object] | None = None

    @property
    def absent(self) -> str:
        """Why it cannot be measured here; empty if it can."""
        return absent(self.needs)


def threaded(name: str, make: Callable[[Stream, int], Call]) -> dict[str, Way]:
    """Return a way for each number of threads that is worth measuring: one, two, and all."""
    found = {name: Way(lambda stream: make(stream, 1))}
    for number in sorted({2, usable_cpus()} - {1}):
        found[f"{name}, {number} threads"] = Way(
            lambda stream, number=number: make(stream, number),  # type: ignore[misc]
            threads=number,
        )
    return found


@dataclass(frozen=True)
class Contest:
    """One job and the ways to do it.

    Attributes
    ----------
    name : str
        For command lines, gates and history; never changes its meaning.
    title : str
        For people.
    job : callable
        Makes the input.
    ways : mapping of str to Way
        The first one is the reference, ours.
    check : callable
        Takes the input and the result of a way; raises `WrongResultError`.
    throughput : bool
        Whether the whole array goes through, so that a rate makes sense.
    around : callable
        Makes the context that everything happens in.
    """

    name: str
    title: str
    job: Callable[[Lab], Stream]
    ways: Mapping[str, Way]
    check: Callable[[Stream, object], None]
    throughput: bool = True
    around: Callable[[], AbstractContextManager[object]] = nullcontext

    def prove(self, stream: Stream, name: str) -> None:
        """Do the job once and compare the result with what is in the file.

        Raises
        ------
        WrongResultError
        """
        way = self.ways[name]
        try:
            self.check(stream, way.proof(stream) if way.proof else way.make(stream)())
        except WrongResultError as error:
            raise WrongResultError(f"{self.name}, {name}: {error}") from None


def same(stream: Stream, result: object) -> None:
    """Check that a result holds the bytes of the array in the file, whatever its shape."""
    expected = content(stream)
    found = np.asarray(result)
    if found.size != expected.size or not np.array_equal(found.reshape(expected.shape), expected):
        raise WrongResultError(f"the array is not what {stream.path} holds")


def normalized(stream: Stream, result: object, mean: float, std: float) -> None:
    """Check float32 values against the exact ones, within the rounding of three steps in float32."""
    found = np.asarray(result)
    pixels = content(stream)
    if found.dtype != np.float32 or found.size != pixels.size:
        raise WrongResultError(
            f"expected {pixels.size} values of float32, found {found.size} of {found.dtype}"
        )
    exact: npt.NDArray[np.float64] = (np.arange(256) / 255 - mean) / std
    rows = zip(found.reshape(len(pixels), -1), pixels.reshape(len(pixels), -1), strict=True)
    if any(np.abs(values - exact[row]).max(initial=0) > 2e-6 for values, row in rows):
        raise WrongResultError(f"the values are not those of {stream.path}, normalized")
