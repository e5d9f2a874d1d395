"""An adapter and the library it stands in for, called alike: the same comes out, or the same is raised."""

from __future__ import annotations

import importlib
import importlib.util
import os
import warnings
from array import array
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from builders import idx_bytes, idx_gz
from samples import images

IMAGES = images(70)
LABELS = (np.arange(70) * 7 % 10).astype("u1")


def write_folder(
    folder: Path, *, gz: bool = True, raw: bool = False, train: int = 60, test: int = 10
) -> Path:
    """Write the four files of a small dataset."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, rows in (("train", slice(0, train)), ("t10k", slice(train, train + test))):
        for name, items in ((f"{kind}-images-idx3-ubyte", IMAGES), (f"{kind}-labels-idx1-ubyte", LABELS)):
            (folder / f"{name}.gz").write_bytes(idx_gz(items[rows]))
            if raw:
                (folder / name).write_bytes(idx_bytes(items[rows]))
    return folder


def peer(name: str) -> ModuleType:
    """Import a library, or skip; what its own code is warned about is its own affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name, reason=f"{name} is not installed")


def datapythonista() -> ModuleType:
    """The package ``mnist``: from the folder FMNIST_FAST_TEST_PEERS, as python-mnist has its name too."""
    folder = os.environ.get("FMNIST_FAST_TEST_PEERS")
    if not folder:
        pytest.skip("FMNIST_FAST_TEST_PEERS names no folder with the package mnist")
    spec = importlib.util.spec_from_file_location("mnist", Path(folder, "mnist", "__init__.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def described(value: Any) -> Any:
    """A value as plain data, with all that a caller could notice about it."""
    if isinstance(value, np.ndarray):
        return "ndarray", value.dtype.str, value.shape, value.flags.writeable, value.tobytes()
    if isinstance(value, array):
        return "array", value.typecode, value.tolist()
    if type(value).__module__ == "torch":
        return "tensor", str(value.dtype), tuple(value.shape), value.tolist()
    if isinstance(value, tuple | list):
        return type(value).__name__, [described(part) for part in value]
    return type(value), value


def outcome(call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """What a call returns, described, or None and what it raises."""
    try:
        return described(call()), None
    except Exception as error:
        return None, error


def assert_same(ours: Callable[[], Any], theirs: Callable[[], Any], kind: str | None = None) -> None:
    """Check that both return the same, or that both raise errors of the same builtin class.

    `kind` names the class that both must have where the library has one of its own.
    """
    (got, error), (expected, their_error) = outcome(ours), outcome(theirs)
    if their_error is None:
        assert error is None, f"ours raised {error!r}"
        assert got == expected
        return
    assert error is not None, f"theirs raised {their_error!r}, ours nothing"
    if kind is not None:
        assert (type(error).__name__, type(their_error).__name__) == (kind, kind)
    else:
        builtin = next(cls for cls in type(their_error).__mro__ if cls.__module__ == "builtins")
        assert isinstance(error, builtin), f"theirs raised {their_error!r}, ours {error!r}"
