"""No byte is read behind the input or written behind the output: both end at a page that may not be touched.

Fast loops read ahead and copy in vectors, so an off-by-one in a margin is a read or write outside of the
buffer that no comparison of results can see. Here it is a crash of a process of its own: every distance of
the input's end (0 to 64 bytes of padding) and of the output's (0 to 320 bytes to spare) from the guard page,
on streams that end in literals, in long and in overlapping matches, in stored data.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from backends import backend_names

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs mprotect")


def run(cwd, *arguments: str, script: str = "guard_pages.py") -> subprocess.CompletedProcess:
    path = Path(__file__).parent / "support" / script
    command = [sys.executable, "-X", "faulthandler", str(path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=cwd)


@pytest.mark.parametrize("name", backend_names())
def test_nothing_outside_of_the_buffers_is_touched(name, tmp_path):
    result = run(tmp_path, name)
    assert result.returncode == 0, (
        f"exit {result.returncode} (negative: a touched guard page)\n{result.stderr}"
    )
    assert int(result.stdout) > 45_000


def test_a_touched_guard_page_is_noticed(tmp_path):
    assert run(tmp_path, backend_names()[0], "touch").returncode < 0


@pytest.mark.parametrize("name", backend_names())
def test_rows_are_gathered_and_moved_within_their_buffers(name, tmp_path):
    """Lines shorter and longer than what is copied at once, items of every size, moves out of the image."""
    result = run(tmp_path, name, script="guard_rows.py")
    assert result.returncode == 0, (
        f"exit {result.returncode} (negative: a touched guard page)\n{result.stderr}"
    )
    assert int(result.stdout) > 5_000
    assert run(tmp_path, name, "touch", script="guard_rows.py").returncode < 0
