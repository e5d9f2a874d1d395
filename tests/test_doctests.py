"""The examples in the docstrings do what they show."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import fmnist_fast as ff
from fmnist_fast._extras import MissingExtraError

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(ff.__path__, "fmnist_fast.", onerror=lambda name: None)
    if not module.name.endswith(("__main__", "._codec", "._native", "._normalize"))
)


@pytest.mark.parametrize("name", ["fmnist_fast", *MODULES])
def test_examples(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        module = importlib.import_module(name)
    except (MissingExtraError, RuntimeError) as error:  # torchvision beside another PyTorch: RuntimeError
        pytest.skip(str(error))
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert not result.failed
