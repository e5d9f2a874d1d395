"""The C API: modules that are compiled with the shipped header alone, and run beside the Python functions."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest
from builders import idx_bytes
from compiling import COMPILER, compiled, loaded
from distributions import run
from samples import images

import fmnist_fast as ff

OK, TRUNCATED, CORRUPT, FORMAT, TRAILING, NO_ROOM = range(6)
SETUP = """
import fmnist_fast
from Cython.Build import cythonize
from setuptools import Extension, setup

include_dirs = [fmnist_fast.get_include()]
setup(ext_modules=cythonize(Extension("c_api_calls", ["c_api_calls.pyx"], include_dirs=include_dirs)))
"""

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def calls_file(tmp_path_factory) -> Path:
    """A compiled module that passes everything on."""
    folder = tmp_path_factory.mktemp("calls")
    shutil.copy(Path(__file__).parent / "c" / "c_api_calls.pyx", folder)
    (folder / "setup.py").write_text(SETUP, encoding="utf-8")
    return compiled(folder, "c_api_calls")


@pytest.fixture(scope="module")
def calls(calls_file):
    if ff.backend != "native":
        pytest.skip("the C API needs the native backend")
    return loaded(calls_file)


def outcome(data: bytes) -> tuple[int, bytes]:
    """Status and items that `decode_idx` would stand for."""
    try:
        return OK, ff.decode_idx(data).tobytes()
    except ff.TruncatedError:
        return TRUNCATED, b""
    except ff.CorruptDataError:
        return CORRUPT, b""
    except ff.FormatError as error:
        return TRAILING if "more d" in str(error) else FORMAT, b""


def decode(decoder, data: bytes, out: np.ndarray) -> int:
    """Decode into an array; it has no address where it has no room."""
    return decoder.decode(data, out.ctypes.data if out.size else 0, out.nbytes)


def decoded(decoder, data: bytes, room: int) -> tuple[int, bytes]:
    """Status and items, decoded into a buffer that is exactly as large."""
    out = np.empty(room, np.uint8)
    status = decode(decoder, data, out)
    return status, out.tobytes() if status == OK else b""


@pytest.mark.parametrize("compress", [False, "gzip", "bgzf"])
@pytest.mark.parametrize("code", "Bbhifd")
def test_decode(calls, rng, code, compress):
    array = rng.integers(0, 100, (37, 5, 4)).astype(code)
    data = ff.encode_idx(array, compress=compress)
    assert decoded(calls.Decoder(), data, array.nbytes) == (OK, array.tobytes())


def test_read_header(calls):
    array = np.zeros((300, 28, 28), np.int16)
    expected = {"nbytes": array.nbytes, "offset": 16, "type": 0x0B, "itemsize": 2}
    expected |= {"shape": array.shape, "rest": 0}
    decoder = calls.Decoder()
    for data in (idx_bytes(array), gzip.compress(idx_bytes(array))):
        assert decoder.read_header(data) == (OK, expected)
        assert decoder.read_header(data[:60]) == (OK, expected)
        assert decoder.read_header(data[:15]) == (TRUNCATED, None)


@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (5, 0), (1,), (1,) * 64])
def test_extreme_shapes(calls, shape):
    data = ff.encode_idx(np.zeros(shape, np.uint8), compress="gzip")
    decoder = calls.Decoder()
    assert decoder.read_header(data)[1]["shape"] == shape
    assert decoded(decoder, data, int(np.prod(shape))) == (OK, bytes(int(np.prod(shape))))


def test_the_room_is_the_limit(calls):
    array = images(20)
    decoder = calls.Decoder()
    for data in (idx_bytes(array), gzip.compress(idx_bytes(array))):
        assert decode(decoder, data, np.empty(0, np.uint8)) == NO_ROOM
        out = np.full(array.nbytes + 64, 0xEE, np.uint8)
        assert decode(decoder, data, out[: array.nbytes - 1]) == NO_ROOM
        assert (out == 0xEE).all()
        assert decode(decoder, data, out[: array.nbytes]) == OK
        assert out[: array.nbytes].tobytes() == array.tobytes()
        assert (out[array.nbytes :] == 0xEE).all()


def test_bad_data_as_in_python(calls, rng):
    """Cut anywhere, one byte changed, or something behind: the status is that of the exception."""
    array = images(4)
    plain = idx_bytes(array)
    decoder = calls.Decoder()
    seen = set()
    for whole in (plain, gzip.compress(plain), gzip.compress(plain[:900]) + gzip.compress(plain[900:])):
        cases = [whole[:cut] for cut in (0, 1, 2, 3, 4, 7, 12, 18, len(whole) // 2, len(whole) - 1)]
        cases += [whole + b"junk", whole + bytes(9)]
        cases += [gzip.compress(plain + b"\0"), gzip.compress(plain[:-1]) + b"junk"]
        for at in (*range(24), *range(len(whole) - 9, len(whole)), *rng.integers(0, len(whole), 60)):
            cases.append(whole[:at] + bytes([whole[at] ^ 1 << rng.integers(8)]) + whole[at + 1 :])
        for data in cases:
            status, header = decoder.read_header(data)
            room = min(header["nbytes"], 1 << 20) if status == OK else 0
            found, expected = decoded(decoder, data, room), outcome(data)
            if found[0] == NO_ROOM:  # Python knows that so short a file cannot hold as much
                assert expected[0] == TRUNCATED
            else:
                assert found == expected, data[:40].hex()
            seen.add(found[0])
    assert {OK, TRUNCATED, CORRUPT, FORMAT, TRAILING} <= seen
    assert decoded(decoder, plain, array.nbytes) == (OK, array.tobytes())


def test_offset(calls):
    data = gzip.compress(idx_bytes(images(50)), 6)
    decoder = calls.Decoder()
    assert decoder.offset == 0
    decode(decoder, data, np.empty(50 * 784, np.uint8))
    assert decoder.offset == len(data)
    damaged = bytearray(data)
    damaged[-6] ^= 1
    assert decode(decoder, bytes(damaged), np.empty(50 * 784, np.uint8)) == CORRUPT
    with pytest.raises(ff.CorruptDataError, match=f"offset {decoder.offset}"):
        ff.decode_idx(bytes(damaged))


def test_threads(calls):
    """A decoder for each of two threads, both at work without the GIL."""
    arrays = [images(400), images(400)[::-1]]
    results: list[list[bytes]] = [[], []]

    def work(which: int) -> None:
        data, decoder = gzip.compress(idx_bytes(arrays[which]), 1), calls.Decoder()
        for _ in range(10):
            results[which].append(decoded(decoder, data, arrays[which].nbytes)[1])

    threads = [threading.Thread(target=work, args=(which,)) for which in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[array.tobytes()] * 10 for array in arrays]


def test_crc32(calls, rng):
    data = rng.bytes(10_000)
    assert calls.crc32(0, data) == zlib.crc32(data)
    assert calls.crc32(zlib.crc32(data[:77]), data[77:]) == zlib.crc32(data)
    assert calls.crc32(5, b"") == zlib.crc32(b"", 5)


@pytest.mark.parametrize("n", [0, 1, 77, (1 << 20) + 3])
def test_affine_as_normalize(calls, rng, n):
    """With scale and shift as the header writes them, bit for bit; also where the cache is bypassed."""
    mean, std = 0.2860, 0.3530
    pixels = rng.integers(0, 256, n, np.uint8)
    out = np.empty(n + 1, np.float32)[1:]
    calls.affine(pixels.tobytes(), out.ctypes.data, np.float32(1 / (255 * std)), np.float32(-mean / std))
    assert out.tobytes() == ff.normalize(pixels, mean, std).tobytes()


def test_status_text(calls):
    words = [calls.status_text(status) for status in range(-1, 7)]
    assert words[0] == words[-1] == "unknown status"
    assert len(set(words)) == 7
    calls.free_nothing()


def test_table_is_the_one_of_the_header(calls):
    assert (calls.version, calls.size) == (calls.header_version, calls.header_size)
    assert calls.size == 8 + 8 * np.dtype(np.intp).itemsize


@pytest.mark.parametrize(("version", "size"), [(1, -1), (0, 0), (2, 0)])
def test_other_versions_are_refused(calls, monkeypatch, version, size):
    """One function too few, or another version; more functions than known are welcome."""
    from fmnist_fast import _codec

    monkeypatch.setattr(_codec, "_C_API", calls.claim(calls.version, calls.size + 8))
    calls.import_again()
    monkeypatch.setattr(_codec, "_C_API", calls.claim(version, calls.size + size))
    with pytest.raises(ImportError, match=f"found version {version} with {calls.size + size}: install"):
        calls.import_again()


def test_numpy_backend_is_refused(calls_file):
    """With a clear sentence, whether there is no compiled module or it is not wanted."""
    env = {"FMNIST_FAST_BACKEND": "numpy", "PYTHONPATH": str(Path(ff.__file__).parents[1])}
    result = run(sys.executable, "-c", "import c_api_calls", cwd=calls_file.parent, **env)
    assert result.returncode == 1
    assert "ImportError: the C API of fmnist_fast needs its backend 'native'" in result.stdout
    assert "what runs is 'numpy'" in result.stdout


@pytest.mark.skipif(
    os.name != "posix" or not shutil.which(COMPILER[0]), reason="needs a POSIX compiler driver"
)
@pytest.mark.parametrize("language", [("c", "c11"), ("c", "c99"), ("c++", "c++11")])
def test_header_by_itself(tmp_path, language):
    """Without Python.h, free of warnings, in C and C++."""
    kind, standard = language
    source = tmp_path / "alone.c"
    source.write_text("#include <fmnist_fast.h>\nint status = FMNIST_FAST_OK;\n", encoding="utf-8")
    options = ("-x", kind, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only")
    result = run(*COMPILER, *options, f"-I{ff.get_include()}", source, cwd=tmp_path)
    if kind == "c++" and "cc1plus" in result.stdout:
        pytest.skip("there is no C++ compiler")
    assert result.returncode == 0, result.stdout


def test_table_without_python(tmp_path):
    """tests/c/capi.c: every prefix of small files, raw and gzip, every type and rank, room to the byte."""
    if not shutil.which(COMPILER[0]):
        pytest.skip(f"there is no compiler {COMPILER[0]}")
    core = Path(__file__).parents[1] / "src" / "core"
    sources = [Path(__file__).parent / "c" / "capi.c", *sorted(core.rglob("*.c"))]
    command = [*COMPILER, "-std=gnu11", "-O1", f"-I{core}", *sources, "-o", tmp_path / "capi", "-lm"]
    subprocess.run(command, check=True)
    done = subprocess.run([tmp_path / "capi"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
