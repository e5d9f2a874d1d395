"""Figures that only processes of their own can show, as rows: memory and the time of imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from . import outside
from .contest import REFERENCE, Lab
from .decoders import DECODERS, absent
from .measure import Settings
from .results import Row

#: Peers whose import is timed; their distributions have the same names.
IMPORTS = ("idx2numpy", "mnist", "rapidgzip", "torch")


def memory_of_ours(lab: Lab, level: str = "") -> Iterator[Row]:
    """Peak memory of this package, on one thread and on two, reading files of two sizes."""
    for stream in (lab.images, lab.large):
        for threads in (1, 2):
            found = outside.memory(stream, REFERENCE, threads=threads, rounds=lab.rounds, level=level)
            way = REFERENCE if stream is lab.images else f"{REFERENCE}, {stream.shape[0]:,} images"
            name = way if threads == 1 else f"{way}, {threads} threads"
            yield Row("memory", MEMORY, name, stream.name, "MiB", found)


def memory(lab: Lab, settings: Settings) -> Iterator[Row]:
    """Peak memory of reading images from gzip, above the array itself."""
    yield from memory_of_ours(lab)
    row = Row("memory", MEMORY, "", lab.images.name, "MiB")
    for name, it in DECODERS.items():
        if not settings.wants(name):
            continue
        if reason := absent(it.needs):
            yield replace(row, way=name, note=f"not installed ({reason})")
        else:
            found = outside.memory(lab.images, name, threads=it.threads, rounds=lab.rounds)
            yield replace(row, way=name, value=found)


def imports(lab: Lab, settings: Settings) -> Iterator[Row]:
    """How long an import takes, NumPy being there already."""
    for module in (REFERENCE, *IMPORTS):
        if not settings.wants(module):
            continue
        if reason := absent(module):
            yield Row("import", IMPORT, module, note=f"not installed ({reason})")
            continue
        found, whole = outside.import_time(settings.clock, 3 * lab.rounds, module)
        yield Row("import", IMPORT, module, value=found, note=f"a process takes {whole:.1f} ms more")


MEMORY = "Peak memory of reading images from gzip, above the array"
IMPORT = "Import, after NumPy"
FIGURES: dict[str, Callable[[Lab, Settings], Iterator[Row]]] = {"memory": memory, "import": imports}
