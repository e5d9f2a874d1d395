"""The CPU level of processors that this machine is not, under emulation.

A level too high is an illegal instruction in the first file read: one missing feature has to be enough
to lose it.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command import environment
from compiling import COMPILER

import fmnist_fast as ff

ROOT = Path(__file__).parents[1]
EMULATOR = shutil.which("qemu-x86_64")
SHOW = 'import fmnist_fast; print(fmnist_fast.cpu_features()["level"])'

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(ff.backend != "native", reason="the compiled modules are not under test"),
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the levels are those of x86-64"),
]


@pytest.mark.skipif(not EMULATOR, reason="needs qemu-x86_64")
@pytest.mark.parametrize(
    ("processor", "level"),
    [
        ("Nehalem", "generic"),  # no AVX
        ("Haswell", "avx2"),
        ("Haswell,-abm", "generic"),  # no LZCNT
        ("Haswell,-bmi2", "generic"),
    ],
)
def test_level(processor, level, monkeypatch, tmp_path):
    monkeypatch.delenv("FMNIST_FAST_CPU", raising=False)
    done = subprocess.run(
        [EMULATOR, "-cpu", processor, sys.executable, "-P", "-c", SHOW],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # The emulator warns of features that it lacks itself.
    errors = [line for line in done.stderr.splitlines() if "warning: TCG doesn't support" not in line]
    assert (done.returncode, errors, done.stdout) == (0, [], f"{level}\n")


def test_every_feature_is_needed(tmp_path):
    """tests/c/levels.c asks for the level of processors that lack one feature each."""
    if not shutil.which(COMPILER[0]):
        pytest.skip(f"there is no compiler {COMPILER[0]}")
    source, program = ROOT / "tests" / "c" / "levels.c", tmp_path / "levels"
    flags = ["-std=gnu11", f"-I{ROOT / 'src' / 'core'}"]
    subprocess.run([*COMPILER, *flags, source, "-o", program], check=True)
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "58 processors and caps\n")
