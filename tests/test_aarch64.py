"""The C core on 64-bit ARM: cross-compiled, and run under emulation where both are installed."""

import gzip
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "src" / "core"
COMPILER, EMULATOR = shutil.which("aarch64-linux-gnu-gcc"), shutil.which("qemu-aarch64")
END, CORRUPT, TRUNCATED = 2, range(16, 33), 33

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not (COMPILER and EMULATOR), reason="needs aarch64-linux-gnu-gcc and qemu-aarch64"),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    target = tmp_path_factory.mktemp("aarch64") / "decode"
    sources = [ROOT / "tests" / "c" / "decode.c", *sorted(CORE.rglob("*.c"))]
    flags = ["-std=c11", "-O2", "-Wall", "-Werror", "-ffp-contract=off", "-static", f"-I{CORE}"]
    subprocess.run([COMPILER, *flags, *sources, "-o", target, "-lm"], check=True)
    return target


def run(program, data, level, piece=1 << 16, room=1 << 16):
    """Return exit status and output."""
    command = [EMULATOR, program, level, str(piece), str(room)]
    done = subprocess.run(command, input=data, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout


def payload(kind):
    rng = np.random.default_rng(7)
    if kind == "text":
        return Path(__file__).read_bytes() * 30
    if kind == "noise":
        return rng.integers(0, 256, 150_000, np.uint8).tobytes()
    if kind == "zeros":
        return bytes(300_000)
    ramp = np.add.outer(np.arange(500), np.arange(500)) // 3 % 256
    return (ramp + rng.integers(0, 5, ramp.shape)).astype(np.uint8).tobytes()


@pytest.mark.parametrize("level", ["generic", "neon"])
@pytest.mark.parametrize("kind", ["text", "noise", "zeros", "ramp"])
def test_decodes_as_elsewhere(program, kind, level):
    data = payload(kind)
    for compressed in (gzip.compress(data, 9), gzip.compress(data, 1), gzip.compress(data, 0)):
        assert run(program, compressed, level) == (END, data)
    assert run(program, gzip.compress(data[:5000]), level, piece=7, room=11) == (END, data[:5000])


@pytest.mark.parametrize("level", ["generic", "neon"])
def test_refuses_as_elsewhere(program, level):
    data = payload("text")
    compressed = bytearray(gzip.compress(data))
    assert run(program, compressed[:-1], level)[0] == TRUNCATED
    assert run(program, compressed[: len(compressed) // 2], level)[0] == TRUNCATED
    compressed[-5] ^= 1
    assert run(program, compressed, level)[0] in CORRUPT
    with pytest.raises(zlib.error):
        zlib.decompress(compressed, 31)
