"""A short turn of tests/exhaustive/short.c: short inputs to the C core and to zlib, each world once."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from compiling import COMPILER
from distributions import run

pytestmark = pytest.mark.once

SCRIPT = Path(__file__).with_name("exhaustive") / "billion.py"
TURNS = {
    "bytes": (838, 840),
    "codes": (8_700, 9_000),
    "files": (3_000_000, 3_000_020),
    "lanes": (3_000_000, 3_000_020),
    "mutants": (3_000_000, 3_000_150),
    "places": (3_000_000, 3_000_020),
    "precodes": (1_000_000, 1_010_000),
}


@pytest.fixture(scope="module")
def billion():
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("billion", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def program(billion, tmp_path_factory):
    """short.c, compiled."""
    if not (billion.ROOT / "src/core").is_dir():
        pytest.skip("the sources are not here")
    folder = tmp_path_factory.mktemp("short")
    (folder / "zlib.c").write_text("#include <sys/mman.h>\n#include <zlib.h>\nint main(void) { return 0; }\n")
    if os.name != "posix" or not shutil.which(COMPILER[0]):
        pytest.skip(f"there is no compiler {COMPILER[0]}")
    if run(*COMPILER, "zlib.c", "-lz", "-o", "zlib", cwd=folder).returncode:
        pytest.skip("zlib's header is not here")
    billion.build(folder / "short")
    return folder / "short"


def test_every_world_has_a_turn(billion):
    assert TURNS.keys() == billion.WORLDS.keys()


@pytest.mark.parametrize("world", TURNS)
def test_no_disagreement_with_zlib(program, world):
    first, end = TURNS[world]
    done = run(program, world, first, end, cwd=program.parent)
    assert done.returncode == 0, done.stdout
    assert int(done.stdout.split()[0]) > end - first, done.stdout


def test_goes_on_where_the_log_ends(billion, program, tmp_path, monkeypatch, capsys):
    """Ranges follow one another, and the summary counts all of them."""
    monkeypatch.setattr(billion, "build", lambda target: shutil.copy(program, target))
    monkeypatch.setattr(billion, "WORLDS", {"precodes": (10, 30)})
    for _ in range(2):
        billion.main(str(tmp_path / "log"), "0.0001")
    billion.main(str(tmp_path / "log"), "60")
    parts = [(part["first"], part["end"]) for part in billion.read(tmp_path / "log")]
    assert parts == [(0, 10), (10, 20), (20, 30)]
    assert "precodes  480 inputs" in capsys.readouterr().out
