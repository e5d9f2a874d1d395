"""`out=` is filled in place or refused before a single byte of it is written.

The danger: an array that looks right but is not what it seems (another byte order, a transposed view, read-
only memory, the source itself), and a decoder that writes outside of it.
"""

from __future__ import annotations

import numpy as np
import pytest
from builders import DTYPES, bgzf, idx_bytes, idx_gz
from samples import array_of, images, same

import fmnist_fast as ff

IMAGES = images(12)
FILES = {"raw": idx_bytes(IMAGES), "gzip": idx_gz(IMAGES), "bgzf": bgzf(idx_bytes(IMAGES), block=999)}
content = pytest.mark.parametrize("data", FILES.values(), ids=FILES)


@content
def test_out_is_filled_and_returned(data):
    out = np.full(IMAGES.shape, 9, "u1")
    assert ff.read_idx(data, out=out) is out
    assert same(out, IMAGES)
    assert ff.decode_idx(data, out=out) is out


@pytest.mark.parametrize("code", DTYPES)
def test_every_dtype(code):
    array = array_of(code, (5, 6, 7))
    out = np.zeros_like(array)
    for data in (idx_bytes(array), idx_gz(array)):
        out[...] = 3
        ff.read_idx(data, out=out)
        assert same(out, array)


@content
def test_converted_into_out(data):
    out = np.empty(IMAGES.shape, "f4")
    assert ff.read_idx(data, out=out, normalize=(0.2, 0.3)) is out
    assert same(out, ff.normalize(IMAGES, 0.2, 0.3))
    out = np.empty(IMAGES.shape, "i4")
    ff.read_idx(data, out=out, dtype="i4")
    assert same(out, IMAGES.astype("i4"))


@content
def test_part_of_a_larger_array_and_nothing_else(data):
    whole = np.full((14, 28, 28), 0xEE, "u1")
    ff.read_idx(data, out=whole[1:13])
    assert (whole[[0, 13]] == 0xEE).all()
    assert np.array_equal(whole[1:13], IMAGES)
    flat = np.full(IMAGES.size + 33, 0xEE, "u1")
    for start in (0, 1, 7, 32):
        flat[:] = 0xEE
        ff.read_idx(data, out=flat[start : start + IMAGES.size].reshape(IMAGES.shape))
        assert (flat[:start] == 0xEE).all()
        assert (flat[start + IMAGES.size :] == 0xEE).all()
        assert np.array_equal(flat[start : start + IMAGES.size], IMAGES.reshape(-1))


def test_memmap_and_subclasses(tmp_path):
    out = np.memmap(tmp_path / "map", "u1", "w+", shape=IMAGES.shape)
    assert ff.read_idx(FILES["gzip"], out=out) is out
    assert np.array_equal(out, IMAGES)


def test_arrays_without_items():
    for shape in ((0,), (0, 28, 28), (3, 0, 2)):
        out = np.empty(shape, "u1")
        assert ff.read_idx(idx_gz(out), out=out) is out


def frozen() -> np.ndarray:
    array = np.full(IMAGES.shape, 9, "u1")
    array.flags.writeable = False
    return array


MISFITS = {
    "flat": lambda: np.full(IMAGES.size, 9, "u1"),
    "one image short": lambda: np.full((11, 28, 28), 9, "u1"),
    "one image more": lambda: np.full((13, 28, 28), 9, "u1"),
    "another rank": lambda: np.full((12, 784), 9, "u1"),
    "int8": lambda: np.full(IMAGES.shape, 9, "i1"),
    "bool": lambda: np.full(IMAGES.shape, True, "?"),
    "float32": lambda: np.full(IMAGES.shape, 9, "f4"),
    "Fortran order": lambda: np.full(IMAGES.shape, 9, "u1", order="F"),
    "every other image": lambda: np.full((24, 28, 28), 9, "u1")[::2],
    "backwards": lambda: np.full(IMAGES.shape, 9, "u1")[::-1],
    "transposed": lambda: np.full(IMAGES.shape, 9, "u1").transpose(0, 2, 1),
    "read-only": frozen,
    "broadcast": lambda: np.broadcast_to(np.full((28, 28), 9, "u1"), IMAGES.shape),
}


@content
@pytest.mark.parametrize("make", MISFITS.values(), ids=MISFITS)
def test_what_does_not_fit_is_left_alone(data, make):
    out = make()
    before = out.copy()
    with pytest.raises(ff.OutputError):
        ff.read_idx(data, out=out)
    assert np.array_equal(out, before)


@content
@pytest.mark.parametrize("out", [bytearray(9408), [0] * 9408, memoryview(bytearray(9408)), 3, "x"])
def test_only_arrays(data, out):
    with pytest.raises((ff.OutputError, TypeError)):
        ff.read_idx(data, out=out)


def test_byte_order_must_be_native():
    array = array_of("i4", (7, 3))
    out = np.full((7, 3), 9, array.dtype.newbyteorder("S"))
    with pytest.raises(ff.OutputError):
        ff.read_idx(idx_gz(array), out=out)
    assert (out == 9).all()


def test_unaligned_memory():
    """Refused or filled rightly, but never a crash on machines that cannot do unaligned access."""
    array = array_of("f8", (7, 3))
    memory = bytearray(8 * 21 + 1)
    out = np.frombuffer(memory, "f8", 21, 1).reshape(7, 3)
    try:
        ff.read_idx(idx_gz(array), out=out)
    except ff.OutputError:
        return
    assert same(out.copy(), array)


def test_dtype_of_out_follows_the_arguments():
    for options, right in (({"dtype": "f8"}, "f8"), ({"normalize": (0, 1)}, "f4"), ({}, "u1")):
        for code in ("u1", "f4", "f8"):
            out = np.zeros(IMAGES.shape, code)
            if code == right:
                ff.read_idx(FILES["gzip"], out=out, **options)
            else:
                with pytest.raises(ff.OutputError):
                    ff.read_idx(FILES["gzip"], out=out, **options)


def test_message_says_what_is_expected_and_what_was_given():
    with pytest.raises(ff.OutputError) as info:
        ff.read_idx(FILES["gzip"], out=np.empty((3, 4), "f4"))
    for part in ("uint8", "(12, 28, 28)", "float32", "(3, 4)"):
        assert part in str(info.value)
    for make, lacking in (("read-only", "writable"), ("transposed", "C-contiguous")):
        with pytest.raises(ff.OutputError, match=f"it is not {lacking}$"):
            ff.read_idx(FILES["gzip"], out=MISFITS[make]())
    with pytest.raises(ff.OutputError, match=r"it is not C-contiguous and not writable$"):
        ff.read_idx(FILES["gzip"], out=MISFITS["broadcast"]())


def test_the_source_itself_cannot_be_out():
    raw = np.frombuffer(bytearray(FILES["raw"] + FILES["raw"]), "u1")
    before = raw.copy()
    with pytest.raises(ff.OutputError):
        ff.read_idx(raw[: len(FILES["raw"])], out=raw[100 : 100 + IMAGES.size].reshape(IMAGES.shape))
    assert np.array_equal(raw, before)


def test_bad_data_is_told_also_with_out():
    out = np.empty(IMAGES.shape, "u1")
    for data, error in (
        (FILES["gzip"][:-1], ff.TruncatedError),
        (idx_gz(IMAGES, crc=1), ff.CorruptDataError),
        (FILES["gzip"] + b"x", ff.CorruptDataError),
        (FILES["raw"] + b"x", ff.FormatError),
    ):
        with pytest.raises(error):
            ff.read_idx(data, out=out)


def test_normalized_batches_need_floats():
    with ff.open_idx(FILES["gzip"]) as reader:
        out = np.full((4, *IMAGES.shape[1:]), 9, np.uint8)
        with pytest.raises(ff.OutputError, match="uint8"):
            next(iter(reader.batches(4, out=out, normalize=(0.5, 0.5))))
        assert reader.tell() == 0
        assert (out == 9).all()
