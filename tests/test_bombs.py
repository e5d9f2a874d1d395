"""Small files that claim or hold enormous data cost neither memory nor time.

A DEFLATE match makes at most 258 bytes from at least two bits, so no file decodes to more than 1032 times its
size: a header that claims more is a lie that can be told before any memory is asked for. These tests run in a
process of their own whose address space is limited, where asking for the memory would be a MemoryError and
not the error expected.
"""

from __future__ import annotations

import subprocess
import sys
import zlib

import numpy as np
import pytest
from bitwriter import EOB, BitWriter
from builders import gzip_header, gzip_member, gzip_trailer, idx_header
from samples import same

import fmnist_fast as ff

resource = pytest.importorskip("resource", reason="needs POSIX resource limits")

LIMITED = """
import io, resource, sys
import numpy as np
import fmnist_fast as ff
size = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize"))
limit = size * 1024 + (160 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
with open(sys.argv[1], "rb") as file:
    data = file.read()
sources = {"path": sys.argv[1], "bytes": data, "file": io.BytesIO(data)}
class Pipe(io.RawIOBase):
    def __init__(self): self.file = io.BytesIO(data)
    def readable(self): return True
    def readinto(self, buffer): return self.file.readinto(buffer)
sources["pipe"] = Pipe()
try:
    result = READ(sources[sys.argv[2]])
    print("array", result.shape)
except Exception as error:
    print(type(error).__name__, error)
# Not ru_maxrss: a process inherits that of its parent.
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def read_limited(data: bytes, how: str, tmp_path, call: str = "ff.read_idx") -> tuple[str, int]:
    """What a process with 160 MiB to spare says to this file, and its peak memory in KiB."""
    path = tmp_path / "bomb"
    path.write_bytes(data)
    code = LIMITED.replace("READ", call)
    result = subprocess.run(
        [sys.executable, "-c", code, str(path), how], capture_output=True, text=True, timeout=60, cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    answer, peak = result.stdout.rsplit("\n", 2)[:2]
    return answer, int(peak)


def densest(head: bytes, matches: int) -> bytes:
    """A gzip member of `head`, a zero and `matches` times 258 zeros at two bits each."""
    writer = BitWriter().stored(head, final=False).dynamic([0], {0: 2, EOB: 2, 285: 1}, {0: 1})
    raw = writer.raw("00" * matches + "11").getvalue()
    crc, size = zlib.crc32(head + b"\0"), len(head) + 1 + 258 * matches
    for _ in range(matches // 1000):
        crc = zlib.crc32(bytes(258_000), crc)
    crc = zlib.crc32(bytes(258 * (matches % 1000)), crc)
    return gzip_header() + raw + gzip_trailer(b"", crc=crc, isize=size)


needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


@needs_proc
@pytest.mark.parametrize("how", ["path", "bytes", "file", "pipe"])
@pytest.mark.parametrize("shape", [(2**32 - 1, 5), (10_000_000, 28, 28)])
def test_huge_claim_and_no_data(how, shape, tmp_path):
    """Raw, gzipped, and through a pipe, where the size of the source is not known."""
    for data in (idx_header(shape) + bytes(50), gzip_member(idx_header(shape) + bytes(50))):
        answer, _ = read_limited(data, how, tmp_path)
        assert answer.startswith("TruncatedError"), answer


@needs_proc
@pytest.mark.parametrize("options", ["dtype='f8'", "normalize=(0.5, 0.5)"])
def test_huge_claim_with_conversion(options, tmp_path):
    data = gzip_member(idx_header((1 << 30,)) + bytes(50))
    for how in ("bytes", "pipe"):
        answer, _ = read_limited(data, how, tmp_path, f"(lambda s: ff.read_idx(s, {options}))")
        assert answer.startswith("TruncatedError"), answer


@needs_proc
def test_huge_claim_streamed(tmp_path):
    data = gzip_member(idx_header((1 << 28, 28, 28)) + bytes(50))
    for how in ("path", "pipe"):
        answer, _ = read_limited(data, how, tmp_path, "(lambda s: ff.open_idx(s).read(10))")
        assert answer.startswith("TruncatedError"), answer


@needs_proc
@pytest.mark.parametrize("trailing", ["error", "ignore"])
def test_tiny_claim_and_huge_data(trailing, tmp_path):
    """200 MB behind a header that announces ten bytes: the surplus is never held in memory."""
    data = densest(idx_header((10,)), 800_000)
    call = f"(lambda s: ff.read_idx(s, trailing={trailing!r}))"
    answer, peak = read_limited(data, "bytes", tmp_path, call)
    assert answer.startswith("FormatError" if trailing == "error" else "array (10,)"), answer
    assert peak < 130_000, "KiB"


def test_the_bound_is_not_too_strict():
    """The densest stream there can be, 1030 to 1, is read."""
    array = np.zeros(1 + 258 * 40_000, "u1")
    data = densest(idx_header(array.shape), 40_000)
    assert array.size / len(data) > 1010
    assert same(ff.read_idx(data), array)
