"""Which backends are tested, and what is in them."""

from __future__ import annotations

import importlib
import os
from types import SimpleNamespace

import fmnist_fast as ff
from fmnist_fast import errors

NAMES = (
    *("GzipDecoder", "affine_u8", "gather_rows", "gather_affine", "swap_bytes"),
    *("parse_header", "header_size", "crc32", "cpu_features"),
)
WANTED = os.environ.get("FMNIST_FAST_BACKEND") or "auto"
SEED = int(os.environ.get("FMNIST_FAST_TEST_SEED", "1951"))
MODULES = {"numpy": ("_numpy",), "native": ("_codec", "_native", "_normalize")}


def load_backend(name: str) -> SimpleNamespace:
    """The backend's names and the exceptions, whichever of the backend's modules holds them."""
    modules = [importlib.import_module(f"fmnist_fast.{module}") for module in MODULES[name]]
    found = {key: getattr(module, key) for module in modules for key in NAMES if hasattr(module, key)}
    classes = {key: getattr(errors, key) for key in ("CorruptDataError", "TruncatedError", "FormatError")}
    return SimpleNamespace(name=name, **found, **classes)


def backend_names() -> list[str]:
    """Backends that the contract tests run on."""
    if WANTED != "auto":
        return [WANTED]
    return ["numpy", "native"] if ff.backend == "native" else ["numpy"]
