"""No input makes the core use much stack or memory: no recursion, no array of variable length, no malloc.

The story is CVE-2022-30631 and its kin: a reader that calls itself for each empty member. What GCC says of
each function gives a bound for every input; the decoder is also run where there is not more than a little.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from call_graph import CallGraph
from compiling import COMPILER

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "core").rglob("*.c"))
FUZZ = ROOT / "tests" / "fuzz"
FLAGS = ["-std=gnu11", "-ffp-contract=off", f"-I{ROOT / 'src' / 'core'}"]
BOUND = 8 << 10  # bytes of a call of the core, libraries aside; GCC 12 says 5424
# What the core calls that is not of the core. (malloc and free: for decoders of the C API.)
OUTSIDE = {"memchr", "memcmp", "memcpy", "memmove", "memset", "strcmp", "fma", "fmaf"}
OUTSIDE |= {"nanosleep", "sched_yield", "malloc", "free"}
THREAD = 64 << 10
MAIN_THREAD = 128 << 10

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(sys.platform != "linux", reason="stacks are limited as on Linux"),
    pytest.mark.skipif(not shutil.which(COMPILER[0]), reason=f"there is no compiler {COMPILER[0]}"),
]


def run(*command, cwd) -> subprocess.CompletedProcess:
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=240, check=False)


def compiled(folder: Path, flags: list[str]) -> list[Path]:
    """Objects of the core and the fuzzers, with what the flags leave beside them."""
    tools = [
        FUZZ / f"{name}.c" for name in ("replay", "mutate", "steps", "verdicts", "oracle", "streams", "arena")
    ]
    targets = [FUZZ / f"fuzz_{name}.c" for name in ("gzip", "pixels", "restart")]
    with ThreadPoolExecutor(2) as pool:
        commands = [[*COMPILER, *FLAGS, *flags, "-c", path] for path in (*SOURCES, *tools, *targets)]
        for done in pool.map(lambda command: run(*command, cwd=folder), commands):
            if "zlib.h" in done.stderr:
                pytest.skip("zlib's header is not here")
            assert done.returncode == 0, done.stderr
    return sorted(folder.glob("*.o"))


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    """All calls of the core as released code is built, and the folder with its objects."""
    folder = tmp_path_factory.mktemp("core")
    flags = [*FLAGS, "-O2", "-fcallgraph-info=su"]
    if run(*COMPILER, *flags, "-c", SOURCES[0], cwd=folder).returncode:
        pytest.skip("this compiler does not tell who calls whom")
    with ThreadPoolExecutor(2) as pool:
        for done in pool.map(lambda path: run(*COMPILER, *flags, "-c", path, cwd=folder), SOURCES):
            assert done.returncode == 0, done.stderr
    graph = CallGraph()
    for file in folder.glob("*.ci"):
        graph.read(file)
    assert {"ff_gzip_run", "ff_gzip_run_pixels", "ff_duet_assist", "ff_idx_parse"} <= set(graph.frames)
    return graph, folder


def test_the_compiler_bounds_the_stack(graph):
    calls, _ = graph
    assert not calls.unbounded
    size, path = max(calls.deepest(name) for name in list(calls.frames))
    assert 1000 < size < BOUND, path


def test_the_core_calls_little_else(graph):
    """No pointer is called, and only a decoder of the C API is asked for from the system."""
    calls, _ = graph
    assert {called for each in calls.calls.values() for called in each} - set(calls.frames) <= OUTSIDE
    callers = [name.rpartition(":")[2] for name, called in calls.calls.items() if "malloc" in called]
    assert callers == ["decoder_new"]


def test_no_memory_for_a_decoder_of_the_c_api(graph):
    folder, driver = graph[1], ROOT / "tests" / "c" / "no_memory.c"
    program = [
        *COMPILER,
        *FLAGS,
        "-Wl,--wrap=malloc",
        driver,
        *folder.glob("*.o"),
        "-o",
        folder / "no_memory",
    ]
    linked = run(*program, "-lm", "-pthread", cwd=folder)
    if "Python.h" in linked.stderr:
        pytest.skip("Python's headers are not here")
    assert linked.returncode == 0, linked.stderr
    assert run(folder / "no_memory", cwd=folder).returncode == 0


def test_recursion_is_noticed():
    graph = CallGraph({"a": 8, "b": 8, "c": 8}, calls={"a": {"b"}, "b": {"c"}, "c": {"b"}})
    with pytest.raises(RecursionError, match="b calls c calls b"):
        graph.deepest("a")


def test_threads_with_little_stack(tmp_path):
    """Made inputs in all ways of the fuzzers, zlib and what compares with it included."""
    objects = compiled(tmp_path, ["-O1", "-DFF_TEST_HOOKS"])
    for name in ("gzip", "pixels", "restart"):
        program = tmp_path / name
        others = {tmp_path / f"fuzz_{other}.o" for other in ("gzip", "pixels", "restart") if other != name}
        linked = run(
            *COMPILER, *(set(objects) - others), "-o", program, "-lz", "-lm", "-pthread", cwd=tmp_path
        )
        assert linked.returncode == 0, linked.stderr
        done = run(program, "-make", "150", "1", str(THREAD), cwd=tmp_path)
        assert done.returncode == 0, f"{name}: exit {done.returncode}\n{done.stderr}"
        assert 5000 < int(done.stdout.split()[0]) < THREAD // 2, done.stdout


def test_python_with_little_stack(tmp_path):
    """All vectors, and files of all containers, in the main thread of a process with so much stack."""
    script = str(Path(__file__).parent / "support" / "small_stack.py")
    done = run(sys.executable, "-X", "faulthandler", script, str(MAIN_THREAD), cwd=tmp_path)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stderr}"
    files, used = map(int, done.stdout.split())
    assert files > 80
    assert used <= MAIN_THREAD
