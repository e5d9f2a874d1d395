"""The libraries that adapters stand in for, made to read given folders instead of the web."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_SUPPORT = str(Path(__file__).parents[1] / "tests" / "support")


def adapter(name: str) -> Any:
    """Import an adapter."""
    return importlib.import_module(f"fmnist_fast.adapters.{name}")


def of_tests(name: str) -> Any:
    """Import a module that the tests have."""
    if _SUPPORT not in sys.path:
        sys.path.append(_SUPPORT)
    return importlib.import_module(name)


def mnist() -> ModuleType:
    """Import the package ``mnist``: from FMNIST_FAST_TEST_PEERS, as python-mnist has its name too."""
    folder = os.environ.get("FMNIST_FAST_TEST_PEERS")
    if not folder:
        raise ImportError("FMNIST_FAST_TEST_PEERS names no folder with this package")
    spec = importlib.util.spec_from_file_location("mnist", Path(folder, "mnist", "__init__.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def keras_from(folder: Path) -> Any:
    """Import Keras's Fashion-MNIST, which then takes its files from a folder."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    module = importlib.import_module("keras.src.datasets.fashion_mnist")
    module.get_file = lambda name, **_: str(folder / name)
    return module


def torchvision() -> Any:
    """Import torchvision beside a PyTorch that it was not compiled for."""
    return of_tests("peer_torchvision").import_torchvision()


def tinygrad_from(folder: Path) -> Any:
    """Import tinygrad's datasets, whose unpacked downloads are then the raw files of a folder."""
    module = importlib.import_module("tinygrad.nn.datasets")

    def from_url(url: str, gunzip: bool) -> Any:
        return module.Tensor(folder / url.rpartition("/")[2].removesuffix(".gz"))

    module.Tensor.from_url = staticmethod(from_url)
    return module
