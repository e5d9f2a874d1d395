"""What the tests of the decoded cache share."""

from __future__ import annotations

import os

import numpy as np
from samples import images

from fmnist_fast import _cache

IMAGES = images(30)
OTHER = 255 - IMAGES


def beside(path):
    """Names of data and note in the source's folder."""
    return path.with_name(path.name + ".cache.idx"), path.with_name(path.name + ".cache.json")


def is_mapped(array) -> bool:
    while isinstance(array, np.ndarray):
        array = array.base
    return type(array).__name__ == "mmap"


def fail_to_write_in(folders, monkeypatch):
    """Writing in these folders fails, also for root, whom permissions do not stop."""
    real = _cache.atomic_file

    def atomic_file(path, **options):
        if os.path.dirname(path) in map(str, folders):
            raise PermissionError(path)
        return real(path, **options)

    monkeypatch.setattr(_cache, "atomic_file", atomic_file)
