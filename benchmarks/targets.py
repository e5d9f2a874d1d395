"""What is promised, and whether a figure holds it."""

from __future__ import annotations

from fmnist_fast.benchmark.contest import REFERENCE
from fmnist_fast.benchmark.results import Row
from fmnist_fast.benchmark.streams import Stream

#: At least, and aim: of ratios of speed, or at most and aim of milliseconds and MiB.
Target = tuple[float, float]
BEST = "best"
_OUT = f"{REFERENCE}, out="
_FLOATS = "mnist_reader + NumPy, new arrays"

#: By contest, way of ours and peer; by CPU level, or on the best level of a machine.
RATIOS: dict[tuple[str, str, str], dict[str, Target]] = {
    ("decode", REFERENCE, "libdeflate"): {BEST: (1.3, 1.6), "generic": (0.95, 1.2)},
    ("decode", _OUT, "libdeflate"): {"avx512": (1.6, 2.0), "avx2": (1.3, 2.0), "generic": (0.95, 1.2)},
    ("decode", f"{_OUT}, 2 threads", "libdeflate"): {BEST: (2.2, 2.8)},
    ("decode-mnist", _OUT, "libdeflate"): {BEST: (1.4, 1.8)},
    ("decode-text", _OUT, "libdeflate"): {BEST: (1.4, 1.8)},
    ("decode-normalized", f"{REFERENCE}, 2 threads", _FLOATS): {BEST: (8.0, 11.0)},
    ("decode", REFERENCE, "mnist_reader"): {"numpy": (1.0, 1.2)},
    ("epoch", REFERENCE, "NumPy idiom"): {BEST: (5.0, 9.0)},
    ("epoch", REFERENCE, "NumPy take(out=)"): {BEST: (2.3, 4.0)},
    ("encode-bgzf", f"{REFERENCE}, 2 threads", REFERENCE): {BEST: (1.7, 1.9)},
    ("large", REFERENCE, f"{REFERENCE}, ten files"): {BEST: (0.91, 1.0)},
    ("large", REFERENCE, f"{REFERENCE}, sixty files"): {BEST: (0.91, 1.0)},
}
#: Never slower than zlib, never more than 10 % slower than libdeflate, whatever the stream.
EVERYWHERE: dict[str, Target] = {"zlib": (1.0, 1.0), "libdeflate": (1 / 1.1, 1.0)}
#: Milliseconds, by contest.
TIMES: dict[str, Target] = {"reopen": (10.0, 1.0), "import": (30.0, 10.0)}


def of_ratio(contest: str, ours: str, peer: str, level: str, *, best: bool) -> Target | None:
    """Return what is owed, if anything, for a ratio at a CPU level."""
    by_level = RATIOS.get((contest, ours, peer), {})
    return by_level.get(level) or (by_level.get(BEST) if best else None)


def of_value(row: Row, stream: Stream | None) -> Target | None:
    """Return what is owed, if anything, for a time or an amount of memory of ours."""
    if not row.way.startswith(REFERENCE) or row.way.endswith("not cached"):
        return None
    if row.contest == "memory" and stream:
        return stream.compressed / 2**20 + 4, 1.0
    return TIMES.get(row.contest)


def verdict(row: Row, owed: Target | None) -> str:
    """In a word or two; a question mark where the interval lies on both sides of what is owed."""
    found = row.ratio or row.value
    if found is None or owed is None:
        return ""
    floor, aim = owed
    sign = 1 if row.ratio else -1
    doubt = "?" if found.interval[0] < floor < found.interval[1] else ""
    if sign * found.median < sign * floor:
        return ("BELOW" if row.ratio else "ABOVE") + doubt
    return "aim" if sign * found.median >= sign * aim else f"held{doubt}"
