"""BGZF files decoded by several threads, each straight into its part of the array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._bgzf import NotBgzfError, is_bgzf, members
from ._idx import Header
from ._payload import Payload, read_items, to_native
from ._source import Source
from ._stream import LARGE, open_stream
from ._threads import ordered_map, thread_count
from .errors import FmnistFastError
from .normalize import Kernel

_GROUP = 1 << 20  # decoded bytes that are worth a turn of a thread
_BYTE = np.dtype(np.uint8)


class _Group(NamedTuple):
    """Members that one thread decodes: place in the file, place in the decoded data."""

    offset: int
    size: int
    start: int
    decoded: int


def read_bgzf(
    source: Source,
    header: Header,
    *,
    result: np.dtype[Any],
    kernel: Kernel | None,
    out: NDArray[Any] | None,
    threads: int | None,
) -> NDArray[Any] | None:
    """Read all items of a BGZF file, as `read_items` would.

    The lengths that the members give are believed only as long as everything agrees with them: each group
    of members has to decode to its place to the byte, checksums included, and the groups are the file.

    Parameters
    ----------
    source : Source
        Of the whole file; it is not moved.
    header : Header
        What the file begins with.
    result, kernel, out
        As for `read_items`.
    threads : int, optional

    Returns
    -------
    ndarray or None
        None: the file is not made for this, not worth it, or not sound. Reading it in order decides; then
        ``out`` is to be filled again from its start.
    """
    if source.size is None or (threads is None and source.size < LARGE):
        return None
    count = thread_count(threads, -(-header.nbytes // _GROUP))
    if count == 1 or not is_bgzf(source):
        return None
    align = header.itemsize if kernel else 1  # a conversion needs whole items
    flat = np.empty(header.size, result) if out is None else out.reshape(-1)
    target, dtype = (flat, header.dtype) if kernel else (flat.view(np.uint8), _BYTE)

    def decode(group: _Group) -> None:
        low = max(group.start - header.header_size, 0) // align
        high = max(group.start + group.decoded - header.header_size, 0) // align
        if high > target.size:
            raise NotBgzfError
        with open_stream(source.peek(group.offset, group.size), threads=1) as stream:
            stream.readinto(bytearray(min(max(header.header_size - group.start, 0), group.decoded)))
            payload = Payload(stream, Header(dtype, (high - low,)))
            read_items(
                payload.fill,
                high - low,
                dtype,
                result=target.dtype,
                kernel=kernel,
                out=target[low:high],
                fill_affine=payload.fill_affine,
            )
            stream.finish()

    try:
        for _ in ordered_map(decode, _groups(source, header, align), count):
            pass
    except (FmnistFastError, NotBgzfError, OSError):
        return None
    if kernel is None:
        to_native(flat)
    return flat


def _groups(source: Source, header: Header, align: int) -> Iterator[_Group]:
    """Yield the members of a whole file in groups, while the first ones are already decoded.

    Raises
    ------
    NotBgzfError
        The sizes do not add up to the items, or items hardly ever end with a member.
    """
    offset = start = end = total = 0
    for member in members(source):
        end, total = member.start + member.decoded, member.offset + member.size
        if max(end - start, total - offset) >= _GROUP and (end - header.header_size) % align == 0:
            yield _Group(offset, total - offset, start, end - start)
            offset, start = total, end
        elif total - offset > 16 * _GROUP:
            raise NotBgzfError
    if end != header.header_size + header.nbytes:
        raise NotBgzfError
    if offset < total:
        yield _Group(offset, total - offset, start, end - start)
