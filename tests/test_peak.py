"""The peak of memory belongs to the process that asks."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from command import environment

from fmnist_fast import _peak
from fmnist_fast._peak import peak_memory

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(os.name == "nt", reason="Windows does not tell it without a library"),
]
CHILD = "from fmnist_fast._peak import peak_memory; print(peak_memory())"


def test_what_is_held_counts():
    held = np.ones(64 << 20, np.uint8)
    assert peak_memory() > held.nbytes


@pytest.mark.skipif(sys.platform != "linux", reason="the figure of Linux")
def test_a_child_does_not_inherit_it():
    held = np.ones(256 << 20, np.uint8)
    command = [sys.executable, "-P", "-c", CHILD]
    child = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert int(child.stdout) < held.nbytes


def test_without_proc(monkeypatch, tmp_path):
    """Other systems have only getrusage(), and some not even that."""
    usual = peak_memory()
    monkeypatch.setattr(_peak, "Path", lambda name: tmp_path / "none")
    assert usual / 10 < peak_memory() < usual * 10
    monkeypatch.setitem(sys.modules, "resource", None)
    assert peak_memory() is None
