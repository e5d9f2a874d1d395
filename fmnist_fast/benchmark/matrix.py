"""Contests in every kind of content as every encoder writes it, against zlib and libdeflate."""

from __future__ import annotations

from collections.abc import Iterator

from . import contents
from .contest import REFERENCE, Contest, Lab, Way, same
from .decode import fresh
from .decoders import DECODERS, reader
from .encoders import ENCODERS
from .streams import ITEMS, ITEMS_QUICK, Stream

RIVALS = ("zlib", "libdeflate")


def names(*, quick: bool) -> Iterator[str]:
    """Yield the names of those whose encoder is installed; a quick run has fewer of them."""
    for encoder in ENCODERS.values():
        if encoder.version is not None and (encoder.quick or not quick):
            yield from (f"{kind} by {encoder.name}" for kind in contents.KINDS)


def contest(name: str) -> Contest:
    """Return the contest of a name like "mnist by zlib-6".

    Raises
    ------
    KeyError
        There is no such content or encoder.
    """
    kind, _, encoder = name.partition(" by ")
    if kind not in contents.KINDS or encoder not in ENCODERS:
        raise KeyError(name)
    ways = {REFERENCE: Way(fresh)}
    for rival in RIVALS:
        it = DECODERS[rival]
        ways[rival] = Way(lambda stream, rival=rival: reader(rival, stream), it.needs, it.package)  # type: ignore[misc]

    def job(lab: Lab) -> Stream:
        return lab.library.get(kind, encoder, ITEMS_QUICK if lab.quick else ITEMS)

    return Contest(name, f"Read {kind} as {encoder} writes it", job, ways, same)
