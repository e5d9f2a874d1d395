"""Real files, where `FMNIST_FAST_DATA` names a folder of them: equal to `gzip` and `np.frombuffer`, byte for
byte.

The folder may hold the canonical files themselves or sub-folders of them. Generated data has clean
statistics; the real files have what real compressors made of real pictures.
"""

from __future__ import annotations

import gzip
import hashlib
import struct

import numpy as np
import pytest
from drive import drive
from exact import fma_table
from samples import same

import fmnist_fast as ff

# MD5 of the published Fashion-MNIST files.
PUBLISHED = {
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d": (60_000, 28, 28),
    "25c81989df183df01b3e8a0aad5dffbe": (60_000,),
    "bef4ecab320f06d8554ea6380940ec79": (10_000, 28, 28),
    "bb300cfdad3c16e7a12a480ee83cd310": (10_000,),
}


@pytest.fixture(scope="module")
def files(real_folder):
    found = sorted(p for p in real_folder.rglob("*ubyte*") if p.is_file() and p.name.count("-idx"))
    assert found, f"no IDX files below {real_folder}"
    return found


def reference(path) -> np.ndarray:
    """The file as the tutorials read it."""
    data = path.read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    rank = data[3]
    shape = struct.unpack(f">{rank}I", data[4 : 4 + 4 * rank])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def test_equal_to_gzip_and_frombuffer(files):
    for path in files:
        expected = reference(path)
        assert same(ff.read_idx(path), expected), path
        out = np.empty_like(expected)
        ff.read_idx(path.read_bytes(), out=out)
        assert same(out, expected), path


def test_streamed_and_normalized(files):
    for path in files:
        expected = reference(path)[:3000]
        with ff.open_idx(path) as reader:
            parts = [reader.read(700) for _ in range(5)]
        assert same(np.concatenate(parts)[:3000], expected)
        if expected.ndim == 3 and len(reader) <= 10_000:
            table = fma_table(1 / (255 * 0.353), -0.286 / 0.353, "f4")
            assert same(ff.read_idx(path, normalize=(0.286, 0.353))[:3000], table[expected])


def test_decoder_in_pieces(files, backend):
    for path in files:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b" and len(data) < 5_000_000:
            verdict = drive(backend, data, feed=10_007, room=70_000)
            assert verdict.kind == "ok"
            assert verdict.data == gzip.decompress(data)


def test_cut_and_damaged(files, rng):
    for path in files:
        data = bytearray(path.read_bytes())
        if data[:2] != b"\x1f\x8b" or len(data) > 5_000_000:
            continue
        for cut in rng.integers(1, len(data), 8).tolist():
            with pytest.raises(ff.TruncatedError):
                ff.read_idx(bytes(data[:cut]))
        expected = reference(path)
        for bit in rng.integers(80, 8 * len(data), 20).tolist():
            data[bit >> 3] ^= 1 << (bit & 7)
            try:
                assert same(ff.read_idx(data), expected)
            except (ff.CorruptDataError, ff.TruncatedError, ff.FormatError):
                pass
            finally:
                data[bit >> 3] ^= 1 << (bit & 7)


def test_published_files_have_the_published_shapes(files):
    for path in files:
        shape = PUBLISHED.get(hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest())
        if shape:
            array = ff.read_idx(path)
            assert array.shape == shape
            if array.ndim == 1:
                assert np.bincount(array).tolist() == [shape[0] // 10] * 10


def test_mnist_reader_layout(files):
    for folder in {path.parent for path in files}:
        for kind in ("train", "t10k"):
            names = [f"{kind}-images-idx3-ubyte.gz", f"{kind}-labels-idx1-ubyte.gz"]
            if all((folder / name).is_file() for name in names):
                pixels, labels = ff.load_mnist(folder, kind)
                assert same(pixels, reference(folder / names[0]).reshape(-1, 784))
                assert same(labels, reference(folder / names[1]))
