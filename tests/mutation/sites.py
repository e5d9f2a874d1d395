"""Find the places of C source that a mutation may change: comparisons, bounds, signs and integer constants.

A mutation replaces one token by another. Comments, strings, includes, conditions of the preprocessor and
static assertions have no places; the bodies of macros do, because margins and loops are written there. Nor
has code that this compiler leaves out: other processors', other compilers', and the tests' own hooks.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SWAPS = {
    **{"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="},
    **{"+": "-", "-": "+", "+=": "-=", "-=": "+=", "&&": "||", "||": "&&"},
    **{"FF_MIN": "FF_MAX", "FF_MAX": "FF_MIN"},
}
SIGNS = ("+", "-")
# Written by a script that lies beside it; one wrong entry of 4,096 shows in any file.
GENERATED = ("crc32_tables.h",)

TOKEN = re.compile(
    r"""
      (?P<skip> /\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | \\\n | \s+ )
    | (?P<define> ^\#[ \t]*define[ \t]+\w+(?:\([^)]*\))? )
    | (?P<directive> ^\#(?:\\\n|[^\n])* )
    | (?P<assertion> \b(?:FF_STATIC_ASSERT|_Static_assert)\b )
    | (?P<number> \b(?:0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*\b(?![.]) )
    | (?P<real> \b[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?[fF]? )
    | (?P<word> [A-Za-z_]\w* )
    | (?P<operator> <<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|. )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
CONDITION = re.compile(r"^#[ \t]*(if|ifdef|ifndef|elif|else)\b(?:\\\n|[^\n])*\n", re.MULTILINE)
PROBE = re.compile(r"^\s*#\s*pragma ff_probe (\S+) (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Site:
    """One mutation: of which token, into what."""

    file: str  # below src/core
    line: int
    begin: int
    end: int
    function: str
    text: str  # the line, without its indentation
    change: str  # such as "< -> <=", with "(2)" behind it for the second such token of the line

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names the mutation when lines have moved."""
        return self.file, self.function, self.text, self.change

    def apply(self, source: str) -> str:
        """The source with this mutation."""
        return source[: self.begin] + self.change.split(" ")[2] + source[self.end :]


def _replacements(kind: str, token: str, before: str) -> list[str]:
    """What the token may become, given the one in front of it."""
    if kind == "number":
        digits = token.rstrip("uUlL")
        value, suffix = int(digits, 0 if digits[:2] in ("0x", "0X") else 10), token[len(digits) :]
        spell = hex if digits[:2] in ("0x", "0X") else str
        return [f"{spell(n)}{suffix}" for n in (value + 1, value - 1) if n >= 0]
    if token not in SWAPS:
        return []
    binary = bool(re.fullmatch(r"[\w.]+|\)|\]", before)) and before not in ("return", "case")
    return [SWAPS[token]] if binary or token not in SIGNS else []


def _behind_parentheses(source: str, at: int) -> int:
    """The index behind the parenthesis that is opened at or behind `at`."""
    depth = 0
    for match in re.compile(r"[()]").finditer(source, at):
        depth += 1 if match.group() == "(" else -1
        if depth == 0:
            return match.end()
    return len(source)


def _name(line: str) -> str:
    """The name that a line without indentation defines."""
    line = re.sub(r"FF_TARGET\([^)]*\)|_Alignas\(\w+\)", "", re.sub(r"NAME\((\w+)\)", r"\1", line))
    found = re.search(r"(\w+)\)?\s*[(\[=]", line) or re.search(r"(\w+)\W*$", line)
    return found.group(1) if found else ""


def _tokens(source: str) -> Iterator[tuple[str, str, int, str]]:
    """Kind, text, index and name of the surrounding function, for everything that may be mutated."""
    at, name, macro_end = 0, "", 0
    while match := TOKEN.match(source, at):
        kind, token = str(match.lastgroup), match.group()
        start, at = match.start(), match.end()
        if kind == "define":
            name = token.split("(")[0].split()[-1]
            macro_end = re.compile(r"(?:\\\n|[^\n])*").match(source, start).end()  # type: ignore[union-attr]
        elif kind == "assertion":
            at = _behind_parentheses(source, at)
        elif kind in ("number", "word", "operator", "real"):
            if start >= macro_end and (start == 0 or source[start - 1] == "\n") and kind == "word":
                name = _name(source[start : source.find("\n", start)])
            yield kind, token, start, name


def find(file: str, source: str) -> list[Site]:
    """All mutations of one file, in order."""
    sites, before, seen = [], "", Counter[tuple[str, str, str]]()
    lines = source.split("\n")
    for kind, token, begin, name in _tokens(source):
        line = source.count("\n", 0, begin)
        text = re.sub(r"\s*\\$", "", lines[line]).strip()
        replacements = _replacements(kind, token, before)
        if replacements:
            seen[name, text, token] += 1
        for replacement in replacements:
            number = seen[name, text, token]
            change = f"{token} -> {replacement}" + (f" ({number})" if number > 1 else "")
            sites.append(Site(file, line + 1, begin, begin + len(token), name, text, change))
        before = token
    return sites


def compiled_lines(core: Path, compiler: list[str]) -> dict[str, set[int]]:
    """Lines of each file that the preprocessor lets through in at least one place.

    A pragma behind each condition tells: it is in the preprocessor's output where the condition held.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "src" / "core"
        shutil.copytree(core, copy)
        shutil.copytree(core.parents[1] / "fmnist_fast" / "include", Path(folder) / "fmnist_fast" / "include")
        for path in sorted(copy.rglob("*.[ch]")):
            file, source = path.relative_to(copy).as_posix(), path.read_text()
            found = list(CONDITION.finditer(source))
            for number, match in reversed(list(enumerate(found))):
                probe = f"#pragma ff_probe {file} {number}\n"
                source = source[: match.end()] + probe + source[match.end() :]
            path.write_text(source)
        held: set[tuple[str, int]] = set()
        for path in copy.rglob("*.c"):
            command = [*compiler, "-std=gnu11", "-E", "-P", f"-I{copy}", str(path)]
            output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            held |= {(file, int(number)) for file, number in PROBE.findall(output)}
    files = {path.relative_to(core).as_posix(): path for path in core.rglob("*.[ch]")}
    return {file: _kept(path.read_text(), file, held) for file, path in files.items()}


def _kept(source: str, file: str, held: set[tuple[str, int]]) -> set[int]:
    """Line numbers of a file that lie in no branch which never held."""
    kept: set[int] = set()
    open_branches: list[bool] = []
    number = 0
    for line, text in enumerate(source.split("\n"), 1):
        if re.match(r"#[ \t]*(if|ifdef|ifndef|elif|else)\b", text):
            if re.match(r"#[ \t]*(elif|else)\b", text):
                open_branches.pop()
            open_branches.append((file, number) in held)
            number += 1
        elif re.match(r"#[ \t]*endif\b", text):
            open_branches.pop()
        elif all(open_branches):
            kept.add(line)
    return kept


def find_all(core: Path, compiler: list[str]) -> list[Site]:
    """All mutations of the core."""
    compiled = compiled_lines(core, compiler)
    return [
        site
        for path in sorted(core.rglob("*.[ch]"))
        if path.name not in GENERATED
        for site in find(path.relative_to(core).as_posix(), path.read_text())
        if site.line in compiled[site.file]
    ]
