"""The mutation runner finds what it should, and its list of accepted survivors is not out of date."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "mutation"))

from accepted import Accepted  # noqa: E402
from order import Order  # noqa: E402
from report import summary  # noqa: E402
from sites import compiled_lines, find  # noqa: E402

pytestmark = pytest.mark.once

SOURCE = """\
/* a < b */
#include <stdio.h>
#if WIDTH < 3
#define SIZE (8u + 0x1F) /* 7 */
#endif
FF_STATIC_ASSERT(SIZE > (4), "5 < 6");
static int work(int a) {
  char c = '<';
  return a <= -2 && c != "3 + 4"[0] ? FF_MIN(a, 1.5) : a >> 1;
}
"""


def test_what_is_mutated():
    """Comparisons, signs between two operands, integers; not comments, strings, conditions and assertions."""
    found = [(site.line, site.function, site.change) for site in find("x.c", SOURCE)]
    macro = [
        (4, "SIZE", change) for change in ("8u -> 9u", "8u -> 7u", "+ -> -", "0x1F -> 0x20", "0x1F -> 0x1e")
    ]
    changes = ("<= -> <", "2 -> 3", "2 -> 1", "&& -> ||", "!= -> ==", "0 -> 1", "FF_MIN -> FF_MAX")
    assert found == macro + [(9, "work", change) for change in (*changes, "1 -> 2", "1 -> 0")]


def test_a_mutation_changes_one_token():
    for site in find("x.c", SOURCE):
        changed = site.apply(SOURCE).splitlines()
        different = [
            number
            for number, pair in enumerate(zip(SOURCE.splitlines(), changed, strict=True), 1)
            if pair[0] != pair[1]
        ]
        assert different == [site.line]


@pytest.fixture(scope="module")
def compiler():
    if not (path := shutil.which("cc")):
        pytest.skip("there is no compiler cc")
    return [path]


def test_code_that_is_left_out(compiler):
    """Other processors' kernels and the tests' own hooks are not mutated."""
    core = ROOT / "src" / "core"
    kept = compiled_lines(core, compiler)
    lines = (core / "inflate" / "lanes.c").read_text().splitlines()
    hooks = [number for number, line in enumerate(lines, 1) if "l->test." in line]
    assert hooks
    assert not kept["inflate/lanes.c"].intersection(hooks)
    assert kept["inflate/lanes.c"].issuperset(
        n for n, line in enumerate(lines, 1) if "lane->restarts = 0" in line
    )


def test_accepted_survivors_exist():
    """A key that no mutation has is left from a line that has changed: look at that line again."""
    core = ROOT / "src" / "core"
    files = {path.relative_to(core).as_posix(): path.read_text() for path in core.rglob("*.[ch]")}
    keys = [site.key for file, source in files.items() for site in find(file, source)]
    assert len(set(keys)) == len(keys)
    assert set(Accepted.load().reasons) <= set(keys)


def test_score():
    """Nine of ten is enough, but not while a survivor has no reason."""
    rows = [
        {"key": ["x.c", "f", "line", str(n)], "line": 1, "verdict": "killed", "by": "fast x"}
        for n in range(9)
    ]
    survivor = {"key": ["x.c", "f", "line", "9"], "line": 1, "verdict": "survived", "by": ""}
    same = {**survivor, "verdict": "equivalent"}
    assert not summary([*rows, survivor], Accepted({}))[1]
    listed = Accepted({tuple(survivor["key"]): "margin"})
    assert summary([*rows, survivor, same], listed)[1]
    assert not summary([*rows, survivor, survivor], listed)[1]


def test_who_is_asked_first():
    """The most kills per second, in the file that is mutated."""
    order = Order(seconds={"quick": 0.1, "slow": 10, "other": 0.1})
    assert order.sorted("x.c", ["slow", "quick", "other"]) == ["quick", "other", "slow"]
    for _ in range(3):
        order.note("x.c", "quick", killed=False)
        order.note("x.c", "other", killed=True)
    assert order.sorted("x.c", ["quick", "other", "slow"])[0] == "other"
    assert order.sorted("y.c", ["quick", "other", "slow"])[0] == "quick"
    for _ in range(3000):
        order.note("x.c", "quick", killed=False)
        order.note("x.c", "other", killed=False)
    order.note("x.c", "slow", killed=True)
    assert order.sorted("x.c", ["quick", "other", "slow"])[0] == "slow"
