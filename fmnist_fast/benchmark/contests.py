"""All contests, in the order of reports."""

from __future__ import annotations

from . import arrays, decode, encode, epoch, matrix, scale, streaming
from .contest import Contest

CONTESTS: dict[str, Contest] = {
    contest.name: contest
    for module in (decode, streaming, encode, arrays, epoch, scale)
    for contest in module.CONTESTS
}


def find(name: str) -> Contest:
    """Return a contest, one of those above or of the matrix.

    Raises
    ------
    KeyError
        There is none of that name.
    """
    return CONTESTS[name] if name in CONTESTS else matrix.contest(name)
