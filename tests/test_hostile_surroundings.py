"""What the system does to a process: kills it, interrupts it, forks it, gives it no disk.

Each test runs in processes of its own, which may die.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from builders import gzip_member, idx_bytes
from caching import beside
from command import uncounted
from samples import images

import fmnist_fast as ff

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and limits")
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def run(cwd, code: str, *arguments: str) -> str:
    """Output of a script in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-P", "-X", "faulthandler", "-c", textwrap.dedent(code), *arguments],
        capture_output=True, text=True, timeout=120, cwd=cwd, env=uncounted(),
    )  # fmt: skip
    assert result.returncode == 0, f"exit {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def litter(folder) -> list[str]:
    return [name for name in os.listdir(folder) if name.endswith(".tmp")]


@needs_fork
def test_killed_writers_leave_no_litter_behind_the_next_one(tmp_path):
    code = """
        import os, random, signal, sys, time
        import numpy as np, fmnist_fast as ff
        array, rng = np.random.default_rng(1).integers(0, 256, 300_000).astype("u1"), random.Random(3)
        left = number = 0
        while number < 25 or (not left and number < 400):  # a busy machine may start them too late
            number += 1
            child = os.fork()
            if child == 0:
                while True:
                    ff.write_idx(sys.argv[1], array)
            time.sleep(rng.uniform(0.001, 0.02))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            left += sum(name.endswith(".tmp") for name in os.listdir("."))
        print(left)
    """
    assert int(run(tmp_path, code, str(tmp_path / "file"))) > 0, "no writer was killed while it wrote"
    ff.write_idx(tmp_path / "other", images(1))
    assert litter(tmp_path) == []


@needs_fork
def test_files_of_living_writers_are_not_litter(tmp_path):
    """Eight processes write into one folder, and each sweeps it before it writes."""
    code = """
        import os, sys
        import numpy as np, fmnist_fast as ff
        children = []
        for number in range(8):
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    for _ in range(20):
                        ff.write_idx(f"{number}.idx", np.full(5000, number, "u1"))
                    status = 0
                finally:
                    os._exit(status)
            children.append(child)
        print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])
    """
    assert run(tmp_path, code).strip() == str([0] * 8)
    assert litter(tmp_path) == []
    assert [int(ff.read_idx(tmp_path / f"{number}.idx")[0]) for number in range(8)] == list(range(8))


@needs_fork
def test_cache_of_a_killed_reader(tmp_path):
    """At whatever moment it died, the next reader gets the right array, and a cache that is sound."""
    code = """
        import os, random, signal, sys, time
        import fmnist_fast as ff
        path, rng = sys.argv[1], random.Random(4)
        expected = ff.read_idx(path)
        for _ in range(40):
            child = os.fork()
            if child == 0:
                while True:
                    ff.read_idx(path, cache=True)
                    for suffix in (".cache.json", ".cache.idx"):
                        os.unlink(path + suffix)
            time.sleep(rng.uniform(0.001, 0.06))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            for _ in range(2):
                assert (ff.read_idx(path, cache=True) == expected).all()
    """
    path = tmp_path / "images.gz"
    path.write_bytes(gzip_member(idx_bytes(images(300)), level=1))
    run(tmp_path, code, str(path))
    assert sorted(os.listdir(tmp_path)) == sorted([path.name, *(file.name for file in beside(path))])


def test_no_room_on_the_disk(tmp_path):
    """A limit on the size of files stands for a full disk: the write stops in the middle."""
    code = """
        import resource, sys
        import numpy as np, fmnist_fast as ff
        array = np.random.default_rng(1).integers(0, 256, (500, 28, 28)).astype("u1")
        ff.write_idx("old.gz", array[:20])
        ff.write_idx("source.gz", array)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
        for name in ("old.gz", "new.idx", "new.gz"):
            for compress in (False, "gzip", "bgzf"):
                try:
                    ff.write_idx(name, array, compress=compress)
                except OSError as error:
                    assert error.errno, error
                else:
                    raise SystemExit("written")
        assert (ff.read_idx("old.gz") == array[:20]).all()
        assert (ff.read_idx("source.gz", cache=True) == array).all()
    """
    (tmp_path / "home").mkdir()
    run(
        tmp_path, f"import os\nos.environ['XDG_CACHE_HOME'] = '{tmp_path / 'home'}'\n" + textwrap.dedent(code)
    )
    assert sorted(os.listdir(tmp_path)) == ["home", "old.gz", "source.gz"]
    assert [name for _, _, names in os.walk(tmp_path / "home") for name in names] == []


@pytest.mark.once
@pytest.mark.parametrize("threads", [1, 2])
def test_interrupt_of_a_long_decode(tmp_path, threads):
    """160 MB at DEFLATE's highest ratio; the best of three or, on a busy machine, of up to thirty."""
    code = """
        import os, signal, sys, threading, time
        import numpy as np, fmnist_fast as ff
        out, took = np.empty(160_000_000, "u1"), []
        out[::4096] = 1
        def interrupt(begun):
            begun.wait()  # a busy machine may need long to start a thread, and the signal is not for that
            time.sleep(0.005)
            took.append(time.perf_counter())
            os.kill(os.getpid(), signal.SIGINT)
        while len(took) < 3 or (min(took) >= 0.1 and len(took) < 30):
            begun = threading.Event()
            thread = threading.Thread(target=interrupt, args=(begun,))
            thread.start()
            try:
                begun.set()
                while True:  # a busy machine may let it finish before the signal comes
                    ff.read_idx(sys.argv[1], out=out, threads=int(sys.argv[2]))
            except KeyboardInterrupt:
                took[-1] = time.perf_counter() - took[-1]
            thread.join()
        print(min(took))
    """
    path = tmp_path / "zeros.gz"
    path.write_bytes(gzip_member(idx_bytes(np.zeros(160_000_000, "u1")), level=1))
    assert float(run(tmp_path, code, str(path), str(threads))) < 0.1


@pytest.mark.once
def test_an_interrupt_while_a_thread_starts_leaves_none_behind(tmp_path):
    """Else the process could not end: a thread that its pool has not noted yet waits for work for ever."""
    code = """
        import concurrent.futures.thread as pools, threading
        from fmnist_fast._threads import submit
        pool = pools.ThreadPoolExecutor(1)
        start = threading.Thread.start
        def interrupted(thread):
            start(thread)
            raise KeyboardInterrupt
        threading.Thread.start = interrupted
        try:
            submit(pool, print, "done")
        except KeyboardInterrupt:
            print("interrupted")
        threading.Thread.start = start
        kept = pool  # as a traceback would keep it
    """
    assert "interrupted" in run(tmp_path, code)


@needs_fork
def test_fork_in_the_middle(tmp_path):
    """Parent and child each go on with their own copy of a reader, and get threads of their own."""
    code = """
        import os, sys, warnings
        import fmnist_fast as ff
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads
        expected = ff.read_idx(sys.argv[1], threads=2)
        with ff.open_idx(open(sys.argv[1], "rb").read()) as reader:
            assert (reader.read(2000) == expected[:2000]).all()
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    assert (reader.read() == expected[2000:]).all()
                    assert (ff.read_idx(sys.argv[1], threads=2) == expected).all()
                    status = 0
                finally:
                    os._exit(status)
            assert (reader.read() == expected[2000:]).all()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    path = tmp_path / "images.gz"
    ff.write_idx(path, images(6000))
    assert run(tmp_path, code, str(path)).strip() == "0"


@pytest.mark.once
def test_subinterpreters(tmp_path):
    """NumPy does not promise to work there; whatever is said, nothing crashes, and the main one goes on."""
    code = """
        import sys
        try:
            import _interpreters as interpreters
        except ImportError:
            import _xxsubinterpreters as interpreters
        import fmnist_fast as ff
        for _ in range(3):
            inner = interpreters.create()
            try:
                interpreters.run_string(inner, "import fmnist_fast; fmnist_fast.decode_idx(bytes(4))")
            except Exception as error:
                print(type(error).__name__)
            interpreters.destroy(inner)
        assert ff.decode_idx(bytes([0, 0, 8, 1, 0, 0, 0, 1, 7])).tolist() == [7]
    """
    run(tmp_path, code)


def test_a_script_that_fails_is_noticed(tmp_path):
    with pytest.raises(AssertionError, match="exit 3"):
        run(tmp_path, "raise SystemExit(3)")
