"""The annotations as users meet them: mypy, strict, over sample calls against the installed package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import fmnist_fast as ff

pytest.importorskip("mypy", reason="mypy is not installed")
pytestmark = pytest.mark.once
SAMPLES = Path(__file__).parent / "typing_samples"
PACKAGE = Path(ff.__file__).parent


@pytest.mark.parametrize("sample", ["accepted", "rejected"])
def test_sample(sample, tmp_path):
    env = dict(os.environ)
    if "site-packages" not in PACKAGE.parts:
        env["MYPYPATH"] = str(PACKAGE.parent)
    options = ("--strict", "--config-file=", f"--cache-dir={tmp_path}", "--no-error-summary")
    command = [sys.executable, "-P", "-m", "mypy", *options, str(SAMPLES / f"{sample}.py")]
    result = subprocess.run(command, cwd=tmp_path, env=env, text=True, capture_output=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_marked_as_typed():
    assert (PACKAGE / "py.typed").exists()
