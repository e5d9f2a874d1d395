"""Figures that only processes of their own can show, as rows: memory and the time of imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from .._threads import usable_cpus
from . import outside
from .contest import REFERENCE, Lab
from .decoders import DECODERS, absent
from .measure import Settings
from .results import Row

#: Peers whose import is timed; their distributions have the same names.
IMPORTS = ("idx2numpy", "mnist", "rapidgzip", "torch")


def memory(lab: Lab, settings: Settings) -> Iterator[Row]:
    """Peak memory of reading images from gzip, above the array itself."""
    stream = lab.images
    rounds = 3 if lab.quick else 5
    ways = [(REFERENCE, REFERENCE, 1)]
    if usable_cpus() > 1:
        ways.append((f"{REFERENCE}, {usable_cpus()} threads", REFERENCE, usable_cpus()))
    ways += [(name, name, it.threads) for name, it in DECODERS.items() if settings.wants(name)]
    for name, way, threads in ways:
        row = Row("memory", MEMORY, name, stream.name, "MiB")
        reason = absent(DECODERS[way].needs) if way in DECODERS else ""
        if reason:
            yield replace(row, note=f"not installed ({reason})")
        else:
            yield replace(row, value=outside.memory(stream, way, threads=threads, rounds=rounds))


def imports(lab: Lab, settings: Settings) -> Iterator[Row]:
    """How long an import takes, NumPy being there already."""
    for module in (REFERENCE, *IMPORTS):
        if not settings.wants(module):
            continue
        if reason := absent(module):
            yield Row("import", IMPORT, module, note=f"not installed ({reason})")
            continue
        found, whole = outside.import_time(settings.clock, 7 if lab.quick else 15, module)
        yield Row("import", IMPORT, module, value=found, note=f"a process takes {whole:.1f} ms more")


MEMORY = "Peak memory of reading images from gzip, above the array"
IMPORT = "Import, after NumPy"
FIGURES: dict[str, Callable[[Lab, Settings], Iterator[Row]]] = {"memory": memory, "import": imports}
