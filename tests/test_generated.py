"""Generated sources are what their generators print today."""

import subprocess
import sys
from pathlib import Path

import pytest

CORE = Path(__file__).parents[1] / "src" / "core"
GENERATORS = sorted(CORE.rglob("gen_*.py"))


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda path: path.stem)
def test_header_is_fresh(generator):
    header = generator.with_name(generator.stem.removeprefix("gen_") + ".h")
    printed = subprocess.run([sys.executable, generator], check=True, capture_output=True, text=True).stdout
    assert header.read_text() == printed


def test_there_are_generators():
    assert GENERATORS
