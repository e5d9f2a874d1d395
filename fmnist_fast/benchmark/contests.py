"""All contests, in the order of reports."""

from __future__ import annotations

from . import arrays, decode, encode, epoch, streaming
from .contest import Contest

CONTESTS: dict[str, Contest] = {
    contest.name: contest
    for module in (decode, streaming, encode, arrays, epoch)
    for contest in module.CONTESTS
}
