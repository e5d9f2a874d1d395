"""The decode tables are arrays of fixed size: no code that a hostile block can describe may need more slots.

The story is CVE-2005-2096: a table sized by experiment, and a code that nobody had thought of. So the worst
case is found here by enumeration of every complete code, not by trying files.
"""

import re
from functools import lru_cache
from pathlib import Path

import pytest

HEADER = Path(__file__).parents[1] / "src" / "core" / "inflate" / "tables.h"
LONGEST = 15


def constant(name: str) -> int:
    """Return an integer constant of tables.h."""
    found = re.search(rf"^#define {name} (\d+)u$", HEADER.read_text(), re.MULTILINE)
    assert found, name
    return int(found.group(1))


def first_level_states(symbols: int, root: int) -> set[tuple[int, int]]:
    """Return (open nodes, symbols left) at depth ``root + 1``, for every way to use the shorter words."""
    states = {(2, symbols)}
    for _ in range(root):
        states = {
            (2 * (nodes - used), left - used)
            for nodes, left in states
            for used in range(min(nodes, left) + 1)
            if nodes > used and left - used >= 2 * (nodes - used)
        }
    return states


def most_subtable_slots(symbols: int, root: int) -> int:
    """Return the most slots behind the first level that a complete code can need."""

    @lru_cache(None)
    def deeper(bits: int, nodes: int, left: int, room: int) -> float:
        """``nodes`` open at this depth, ``room`` of them inside the subtable that is being filled."""
        if not nodes:
            return 0
        best = -float("inf")
        for used in [nodes] if bits == LONGEST else range(min(nodes, left) + 1):
            if used > left or (nodes > used and left - used < 2 * (nodes - used)):
                continue
            size = 1 << (bits - root)
            new = -(-max(used - room, 0) // size) * size
            rest = room + new - used
            grown = size if rest else 0  # one more index bit doubles the subtable that is not full yet
            best = max(best, new + grown + deeper(bits + 1, 2 * (nodes - used), left - used, 2 * rest))
        return best

    return int(max(deeper(root + 1, nodes, left, 0) for nodes, left in first_level_states(symbols, root)))


@pytest.mark.parametrize(("symbols", "root", "total"), [(30, 6, 592), (32, 8, 402)])
def test_enumeration_agrees_with_published_bounds(symbols, root, total):
    # zlib's and libdeflate's own figures for their first levels of 6 and 8 bits.
    assert (1 << root) + most_subtable_slots(symbols, root) == total


@pytest.mark.parametrize(("symbols", "name"), [(286, "FF_LITLEN_SUBTABLES"), (30, "FF_DIST_SUBTABLES")])
def test_tables_hold_the_worst_code(symbols, name):
    assert most_subtable_slots(symbols, constant("FF_TABLE_BITS")) == constant(name)
