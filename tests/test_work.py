"""How much work decoding is, exactly: guesses that become worse change no byte, but these counts."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from work_cases import COMPILER, CORE, FLAGS, RECORD, ROOT, counted

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not shutil.which(COMPILER[0]), reason=f"there is no compiler {COMPILER[0]}"),
]


@pytest.fixture(scope="module")
def now(tmp_path_factory):
    """What is counted here; two workers have also been compared with one on the way."""
    pytest.importorskip("resource", reason="turns need ucontext.h")
    return counted(tmp_path_factory.mktemp("work"))


def files(lines):
    """The lines that tell which files were decoded."""
    return [line for line in lines if " CRC " in line]


def test_as_recorded(now):
    """A change that is meant to change them records anew: ``python tests/support/work_cases.py``."""
    recorded = RECORD.read_text().splitlines()
    if files(now) != files(recorded):
        pytest.skip("another zlib or NumPy has written other files")
    levels = {line.split()[1] for line in now}
    assert [line for line in now if " avx512 " not in line] == [
        line for line in recorded if line.split()[1] in levels
    ]


def test_levels_agree(now):
    """With AVX-512 lanes go the same ways as with AVX2."""
    wide = [line.replace(" avx512 ", " avx2 ") for line in now if " avx512 " in line]
    if not wide:
        pytest.skip("this processor has no AVX-512")
    assert wide == [line for line in now if " avx2 " in line]


def test_what_the_counts_are_for(now):
    """Lanes decode nearly all of a long file, and two workers execute most of its blocks."""
    rows = {
        tuple(line.split()[:6]): [int(word) for word in line.split()[3:]]
        for line in now
        if " CRC " not in line
    }
    alone = [row for key, row in rows.items() if key[:3] == ("long", "avx2", "alone")]
    if not alone:
        pytest.skip("lanes and pairs of workers need AVX2")
    plain_bytes = alone[0][8]
    assert plain_bytes < 0.01 * 1_500_000
    opened, blocks = rows["long", "avx2", "turns", "3", "0", "0"][3:5]
    assert opened < 12
    assert blocks > 30


def check(program, parts):
    """Compile a program of tests/c with these files of the core, and run it: it says what is wrong."""
    sources = [ROOT / "tests" / "c" / f"{program.name}.c", *(CORE / part for part in parts)]
    subprocess.run([*COMPILER, *FLAGS, *sources, "-o", program, "-lm"], check=True)
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_rows_fetched_ahead(tmp_path):
    """Which rows gathering asks for, and how many it moves at a time; tests/c/ahead.c knows."""
    check(tmp_path / "ahead", ["cpu.c", "normalize.c"])


def test_edges(tmp_path):
    """Limits that no file comes upon by chance: of waiting, sliding, planning, and fields not there yet."""
    included = {"duet.c", "block.c"}
    core = [path.relative_to(CORE) for path in sorted(CORE.rglob("*.c")) if path.name not in included]
    check(tmp_path / "edges", core)
