"""One pass over a file: everything `info` and `verify` say about it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .._backend import crc32
from .._idx import build_header
from .._payload import Payload, read_header
from .._stream import open_stream
from ..datasets.registry import KnownFile
from ..datasets.verify import identify_file
from ..errors import FmnistFastError, naming
from ._console import Advance, complain, progress
from ._files import error_text

_PIECE = 1 << 20


@dataclass(frozen=True)
class Facts:
    """What a file holds. Sizes are in bytes; `decoded_size` includes the IDX header, `crc32` covers both."""

    file: str
    shape: tuple[int, ...]
    dtype: str
    compression: str
    members: int
    file_size: int
    decoded_size: int
    crc32: int
    known: KnownFile | None

    @property
    def ratio(self) -> float:
        """Decoded size over file size."""
        return self.decoded_size / self.file_size

    def as_json(self) -> dict[str, Any]:
        """Return the facts as JSON types."""
        return {
            "file": self.file,
            "shape": list(self.shape),
            "dtype": self.dtype,
            "compression": self.compression,
            "members": self.members,
            "file_size": self.file_size,
            "decoded_size": self.decoded_size,
            "ratio": round(self.ratio, 4),
            "crc32": f"{self.crc32:08x}",
            "dataset": self.known.dataset if self.known else None,
            "known_as": str(self.known) if self.known else None,
        }


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add what `info` and `verify` take."""
    command.add_argument("files", nargs="+", metavar="FILE", help="IDX file: gzip, xz or raw")
    command.add_argument("--json", action="store_true", help="print a JSON list with one object per file")


def scan_each(paths: Sequence[str]) -> Iterator[tuple[str, Facts | FmnistFastError | OSError]]:
    """Yield each path with what `scan` finds, or with its error, which has been printed."""
    for path in paths:
        try:
            with progress(path, None) as advance:
                facts = scan(path, advance)
        except (FmnistFastError, OSError) as error:
            complain(error_text(error, path))
            yield path, error
        else:
            yield path, facts


def scan(path: str, advance: Advance = lambda _: None) -> Facts:
    """Decode a whole file piece by piece and check all of it.

    Parameters
    ----------
    path : str
        An IDX file, gzip, xz or raw.
    advance : callable, optional
        Called with the number of decoded bytes after each piece.

    Raises
    ------
    FmnistFastError
        The file is not IDX, is damaged, cut short, or longer than its header says.
    OSError
        The file cannot be read.
    """
    buffer = memoryview(bytearray(_PIECE))
    with open_stream(path, trailing="error") as stream, naming(path):
        header = read_header(stream)
        payload = Payload(stream, header)
        checksum = crc32(build_header(header.dtype, header.shape))
        while payload.left:
            piece = buffer[: min(payload.left, _PIECE)]
            payload.fill(piece)
            checksum = crc32(piece, checksum)
            advance(len(piece))
        stream.finish()
        compression, members, file_size = stream.compression, stream.members, stream.offset
    return Facts(
        file=path,
        shape=header.shape,
        dtype=header.dtype.name,
        compression=compression,
        members=members,
        file_size=file_size,
        decoded_size=header.header_size + header.nbytes,
        crc32=checksum,
        known=identify_file(path) if os.path.isfile(path) else None,
    )
