"""The only place that chooses between the compiled and the NumPy backend, once, at import."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING


def _choice(variable: str, *legal: str) -> str:
    value = os.environ.get(variable) or legal[0]
    if value not in legal:
        raise ValueError(f"{variable}={value!r} is unknown; the choices are {', '.join(filter(None, legal))}")
    return value


def _built_native() -> bool:
    try:
        from ._build import NATIVE  # type: ignore[import-not-found, unused-ignore]  # setup.py writes it
    except ImportError:
        return False
    return bool(NATIVE)


backend = _choice("FMNIST_FAST_BACKEND", "auto", "native", "numpy")
if backend == "auto":
    backend = "native" if _built_native() else "numpy"

if TYPE_CHECKING or backend == "numpy":
    _choice("FMNIST_FAST_CPU", "", "generic", "avx2", "avx512", "neon")  # the native backend checks its own
    from ._numpy import (
        GzipDecoder,
        affine_u8,
        cpu_features,
        crc32,
        gather_affine,
        gather_rows,
        header_size,
        parse_header,
        swap_bytes,
    )
else:
    try:
        from ._codec import GzipDecoder
        from ._native import cpu_features, crc32, header_size, parse_header
        from ._normalize import affine_u8, gather_affine, gather_rows, swap_bytes
    except ImportError as error:
        hint = "reinstall fmnist_fast, or set FMNIST_FAST_BACKEND=numpy for the NumPy backend"
        raise ImportError(f"a compiled module is missing or broken ({error}): {hint}") from error

__all__ = ["GzipDecoder", "affine_u8", "backend", "cpu_features", "crc32", "gather_affine", "gather_rows"]
__all__ += ["header_size", "parse_header", "swap_bytes"]
