"""The programs that write the compressed streams: same content, very different blocks."""

from __future__ import annotations

import importlib
import importlib.metadata
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Encoder:
    """One way to write gzip.

    Attributes
    ----------
    name : str
        As it appears in tables and file names.
    package : str
        Distribution that has to be installed; empty for the standard library.
    encode : callable
        Takes pieces of content, yields pieces of one gzip member.
    share : float
        Part of the content that it gets; less than 1 for encoders that take minutes.
    quick : bool
        Whether a quick run uses it.
    """

    name: str
    package: str
    encode: Callable[[Iterable[bytes]], Iterator[bytes]]
    share: float = 1.0
    quick: bool = False

    @property
    def version(self) -> str | None:
        """Version of what writes the stream, or None where it is not installed."""
        if not self.package:
            return zlib.ZLIB_RUNTIME_VERSION
        try:
            return importlib.metadata.version(self.package)
        except importlib.metadata.PackageNotFoundError:
            return None


def _zlib(level: int, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> Callable[..., Iterator[bytes]]:
    def encode(pieces: Iterable[bytes]) -> Iterator[bytes]:
        state = zlib.compressobj(level, zlib.DEFLATED, 31, 8, strategy)
        for piece in pieces:
            yield state.compress(piece)
        yield state.flush()

    return encode


def _whole(module: str, function: str, *arguments: Any, **options: Any) -> Callable[..., Iterator[bytes]]:
    """Wrap a function that wants all the content at once."""

    def encode(pieces: Iterable[bytes]) -> Iterator[bytes]:
        compress = getattr(importlib.import_module(module), function)
        yield bytes(compress(b"".join(pieces), *arguments, **options))

    return encode


#: "stored" is zlib's level 0, "fixed" lets zlib use the fixed code only.
ENCODERS = {
    encoder.name: encoder
    for encoder in (
        Encoder("stored", "", _zlib(0), quick=True),
        Encoder("fixed", "", _zlib(6, zlib.Z_FIXED), quick=True),
        Encoder("zlib-1", "", _zlib(1)),
        Encoder("zlib-6", "", _zlib(6), quick=True),
        Encoder("zlib-9", "", _zlib(9)),
        Encoder("libdeflate-1", "deflate", _whole("deflate", "gzip_compress", 1)),
        Encoder("libdeflate-6", "deflate", _whole("deflate", "gzip_compress", 6), quick=True),
        Encoder("libdeflate-12", "deflate", _whole("deflate", "gzip_compress", 12)),
        *(
            Encoder(f"igzip-{n}", "isal", _whole("isal.igzip", "compress", n, mtime=0), quick=n == 1)
            for n in range(4)
        ),
        Encoder("zopfli", "zopfli", _whole("zopfli.gzip", "compress", numiterations=5), share=0.1),
    )
}
