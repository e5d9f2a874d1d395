"""Memory runs out at the k-th allocation, for every k until a call succeeds: MemoryError, and nothing worse.

CPython's own hook makes the k-th allocation fail. What worked before works afterwards, on the same objects
where there are any.

The story of the first run: the dimensions of a header were collected by a comprehension, and Cython 3.3
releases an item twice that cannot be appended. A list that could not grow became a crash much later. Run on
the NumPy backend it told of another one: zlib without memory was taken for bad data.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
import zlib

import pytest
from builders import bgzf, gzip_member, idx_bytes, raw_deflate
from command import uncounted
from samples import images

from fmnist_fast import _inflate

pytest.importorskip("_testcapi", reason="this Python lacks its test module")

PRELUDE = """
    import gc, io, re, sys, tracemalloc
    import _testcapi
    import numpy as np, fmnist_fast as ff
    data = open(sys.argv[1], "rb").read()
    expected = ff.decode_idx(data)

    # CPython's words for a lock and for a frame that it found no memory for.
    OTHER = re.compile("can't allocate lock|error return without exception set")

    def fail_at(k):
        # The result of a call whose k-th allocation fails; None: the call failed.
        _testcapi.set_nomemory(k, k + 1)
        try:
            return call()
        except MemoryError:
            return None
        except (RuntimeError, SystemError) as error:
            if not OTHER.search(str(error)):
                raise
            return None
        finally:
            _testcapi.remove_mem_hooks()
"""

EPILOGUE = """
    for _ in range(3):
        call()
    failures = survived = 0
    for k in range(1, 5000):
        result = fail_at(k)
        if result is None:
            failures, survived = failures + 1, 0
            assert (call() == expected).all(), k
        else:
            survived += 1  # some failures are survived; so many in a row mean that none was left
            assert (result == expected).all(), k
            if survived == 60:
                break
    else:
        raise SystemExit("does not come to an end")
    tracemalloc.start()
    held = []
    for _ in range(2):  # a decoder or array left behind by each failed call would add up to megabytes
        for j in range(1, k, 3):
            fail_at(j)
        call()
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])
    assert held[1] - held[0] < 2 * expected.nbytes, held
    print(failures)
"""

CALLS = {
    "decode": "def call(): return ff.decode_idx(data, threads=1)",
    "out": "out = np.empty_like(expected)\n    def call(): return ff.read_idx(data, out=out, threads=1)",
    "normalize": "expected = ff.decode_idx(data, normalize=(0.5, 0.25), threads=1)\n"
    "    def call(): return ff.decode_idx(data, normalize=(0.5, 0.25), threads=1)",
    "file object": "def call(): return ff.read_idx(io.BytesIO(data), threads=1)",
    "path": "def call(): return ff.read_idx(sys.argv[1], threads=1)",
    "streaming": "def call():\n        with ff.open_idx(data) as reader: return reader.read()",
    "one reader": "reader = ff.open_idx(data)\n    def call():\n        reader.seek(0); return reader.read()",
}
FILES = {"gzip": gzip_member, "bgzf": lambda raw: bgzf(raw, block=20_000)}


@pytest.mark.parametrize("pack", FILES)
@pytest.mark.parametrize(
    "call", ["decode", *(pytest.param(call, marks=pytest.mark.once) for call in CALLS if call != "decode")]
)
def test_every_allocation_fails_once(call, pack, tmp_path):
    (tmp_path / "file").write_bytes(FILES[pack](idx_bytes(images(60))))
    code = "\n".join(map(textwrap.dedent, (PRELUDE, "    " + CALLS[call], EPILOGUE)))
    done = subprocess.run(
        [sys.executable, "-P", "-X", "faulthandler", "-c", code, str(tmp_path / "file")],
        capture_output=True, text=True, timeout=100, cwd=tmp_path, env=uncounted(),
    )  # fmt: skip
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr[-3000:]}"
    assert int(done.stdout) > 10, "too few allocations for the hook to have worked"


@pytest.mark.once
@pytest.mark.parametrize("good", [0, 1, 2])
def test_zlib_without_memory_for_its_window_is_no_bad_data(good, monkeypatch):
    """The module reports it as `zlib.error`; also while the place of an error is looked for."""
    data = memoryview(b"\x00" * 4 + raw_deflate(bytes(100)))  # no DEFLATE data
    real, calls = zlib.decompressobj, []

    class Failing:
        def __init__(self, inner):
            self.inner = inner

        def copy(self):
            return Failing(self.inner.copy())

        def decompress(self, piece, limit):
            calls.append(len(piece))
            if len(calls) > good:
                raise zlib.error("Error -4 while decompressing data")
            return self.inner.decompress(piece, limit)

    monkeypatch.setattr(_inflate.zlib, "decompressobj", lambda wbits: Failing(real(wbits)))
    with pytest.raises(MemoryError):
        _inflate.Inflater().decode(data, 1000)
    assert len(calls) == good + 1
