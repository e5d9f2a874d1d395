"""Print which lines and branches of the C core were reached, and fail where that is less than it has to be.

    core_coverage.py PROFILE MODULE...

PROFILE is what llvm-profdata has merged, each MODULE is compiled by clang with -fcoverage-mapping.

A branch is one outcome of one condition as the source has it: `a && b` has four. What is compiled several
times, by inlining or once per CPU level, counts as reached when one of its copies is. (gcc's counters know
copies only: an inlined function has its branches once per call, also those that a constant rules out there.)
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

CORE = Path(__file__).resolve().parents[1] / "src" / "core"
EXPANSION, SKIPPED = 1, 2  # llvm-cov's numbers of kinds of regions: a macro's use; what is no code
LEAST_LINES, LEAST_BRANCHES = 1.0, 0.95

Reached = dict[tuple, bool]  # by line, or by place and outcome
Files = dict[str, Reached]


def export(kind: str, profile: str, module: str) -> str:
    """Return llvm-cov's counters of the core in one module as text ("text" is JSON)."""
    command = ["llvm-cov", "export", f"-format={kind}", f"-instr-profile={profile}", module, str(CORE)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read_lines(lcov: str, files: Files) -> None:
    """Note by file whether each line with code was reached."""
    name = ""
    for record in lcov.splitlines():
        key, _, value = record.partition(":")
        if key == "SF":
            name = str(Path(value).relative_to(CORE))
        elif key == "DA":
            line, count = map(int, value.split(","))
            files[name][line,] |= count > 0


def drop_skipped(functions: list, files: Files) -> None:
    """Forget lines that are empty or left out by the preprocessor.

    Of a function that a module has no use for clang takes every line for code.
    """
    for function in functions:
        for first, _, last, _, _, file, _, kind in function["regions"]:
            path = Path(function["filenames"][file])
            if kind == SKIPPED and path.is_relative_to(CORE):
                lines = files[str(path.relative_to(CORE))]
                for line in range(first, last + 1):
                    if not lines.get((line,), True):
                        del lines[line,]


def read_branches(functions: list, files: Files) -> None:
    """Note by file whether each outcome of each condition was reached.

    A condition is named by its line and column, in a macro after line and column of the macro's use.
    """
    for function in functions:
        names = function["filenames"]
        uses = {region[6]: region for region in function["regions"] if region[7] == EXPANSION}
        for line, column, _, _, when_true, when_false, file, *_ in function["branches"]:
            place: tuple = (line, column)
            while file in uses:
                line, column, _, _, _, file, *_ = uses[file]
                place = (line, column, *place)
            if Path(names[file]).is_relative_to(CORE):
                found = files[str(Path(names[file]).relative_to(CORE))]
                for outcome, count in ((True, when_true), (False, when_false)):
                    found[*place, outcome] |= count > 0


def share(reached: Reached) -> str:
    """Return `reached of all` and percent."""
    done, total = sum(reached.values()), len(reached)
    return f"{done:5} of {total:5} {100 * done / total if total else 100:6.2f} %"


def missing(lines: Reached, branches: Reached) -> str:
    """Return the lines not reached, and the conditions that were never true (T) or never false (F)."""
    unreached = [str(line) for (line,), reached in sorted(lines.items()) if not reached]
    one_sided = [
        f"{':'.join(map(str, place))}{'FT'[outcome]}"
        for (*place, outcome), reached in sorted(branches.items())
        if not reached and lines.get((place[0],), True)
    ]
    return " ".join(unreached + one_sided)


def main() -> int:
    """Print the table; 1 when a figure is too low."""
    profile, *modules = sys.argv[1:]
    lines: Files = defaultdict(lambda: defaultdict(bool))
    branches: Files = defaultdict(lambda: defaultdict(bool))
    functions = []
    for module in modules:  # each by itself: of functions with the same name llvm-cov would take one
        read_lines(export("lcov", profile, module), lines)
        functions += json.loads(export("text", profile, module))["data"][0]["functions"]
    drop_skipped(functions, lines)
    read_branches(functions, branches)
    print(f"{'file':26} {'lines':>23} {'branches':>23}  not reached (T: never true, F: never false)")
    for name in sorted(lines):
        shares = f"{share(lines[name]):>23} {share(branches[name]):>23}"
        print(f"{name:26} {shares}  {missing(lines[name], branches[name])}")
    all_lines = {(name, key): value for name in lines for key, value in lines[name].items()}
    all_branches = {(name, key): value for name in lines for key, value in branches[name].items()}
    print(f"{'all':26} {share(all_lines):>23} {share(all_branches):>23}")
    enough = sum(all_lines.values()) >= LEAST_LINES * len(all_lines)
    return int(not (enough and sum(all_branches.values()) >= LEAST_BRANCHES * len(all_branches)))


if __name__ == "__main__":
    sys.exit(main())
