"""The first bytes of an IDX file decide how much memory is asked for, so every lie in them is caught there.

Real readers fold wrong magic bytes into the type, read 0A as a KeyError, multiply dimensions with wrap-around
(`np.prod` says that 2**31 * 2**31 * 4 is 0) and take a short slice for a small integer.
"""

from __future__ import annotations

import struct

import numpy as np
import pytest
from builders import DTYPES, IDX_CODES, bgzf, gzip_member, idx_bytes, idx_gz, idx_header
from samples import array_of, same

import fmnist_fast as ff

BIG = 2**32 - 1


@pytest.mark.parametrize("code", DTYPES)
@pytest.mark.parametrize("rank", [1, 2, 3, 8, 64])
def test_good_headers(backend, code, rank):
    dims = tuple(range(1, rank + 1)) if rank < 9 else (1,) * rank
    header = idx_header(dims, code=IDX_CODES[code])
    assert backend.header_size(header[:4]) == len(header) == 4 + 4 * rank
    parsed = backend.parse_header(header)
    assert parsed.dtype == np.dtype(code)
    assert parsed.dtype.isnative
    assert parsed.shape == dims
    assert all(type(dim) is int for dim in parsed.shape)
    assert parsed.itemsize == int(code[1])
    assert parsed.header_size == 4 + 4 * rank
    assert parsed.nbytes == int(np.prod(dims, dtype=object)) * int(code[1])


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, np.frombuffer])
def test_headers_come_in_any_buffer(backend, kind):
    header = idx_header((7, 5))
    buffer = kind(header) if kind is not np.frombuffer else np.frombuffer(header, np.uint8)
    assert backend.parse_header(buffer).shape == (7, 5)
    assert backend.header_size(buffer) == 12


@pytest.mark.parametrize("magic", [b"\0\1", b"\1\0", b"\x08\x03", b"\xff\xff", b"PK", b"\x89P"])
def test_first_two_bytes_must_be_zero(backend, magic):
    header = idx_header((1,), magic=magic)
    for call in (backend.header_size, backend.parse_header):
        with pytest.raises(ff.FormatError) as info:
            call(header)
        assert header[:4].hex(" ") in str(info.value)


def test_little_endian_magic_is_refused(backend):
    with pytest.raises(ff.FormatError):
        backend.header_size(struct.pack("<I", 0x0803))


@pytest.mark.parametrize("code", [*range(8), 0x0A, 0x0F, 0x10, 0x80, 0xFF])
def test_unknown_types_list_the_codes(backend, code):
    with pytest.raises(ff.FormatError) as info:
        backend.header_size(idx_header((1,), code=code))
    message = str(info.value).lower()
    for legal in ("08", "09", "0b", "0c", "0d", "0e"):
        assert legal in message


def test_rank_0(backend):
    with pytest.raises(ff.FormatError, match="0"):
        backend.header_size(idx_header(()))
    with pytest.raises(ff.FormatError):
        ff.read_idx(idx_header(()) + b"\7")


@pytest.mark.parametrize("rank", [65, 128, 255])
def test_rank_above_64_before_dims_are_looked_at(backend, rank):
    with pytest.raises(ff.FormatError, match=str(rank)):
        backend.header_size(idx_header((), rank=rank))
    for data in (
        idx_header((), rank=rank),
        idx_header((1,) * rank) + b"\7",
        gzip_member(idx_header((), rank=rank)),
    ):
        with pytest.raises(ff.FormatError, match="64"):
            ff.read_idx(data)


def test_rank_64_is_read():
    array = np.arange(4, dtype=np.uint8).reshape((1,) * 31 + (2,) + (1,) * 31 + (2,))
    for data in (idx_bytes(array), idx_gz(array)):
        assert same(ff.read_idx(data), array)


@pytest.mark.parametrize(
    ("dims", "code"),
    [
        ((BIG, BIG, BIG), 0x08),
        ((2**31, 2**31, 4), 0x08),
        ((2**31, 2**31, 2), 0x08),
        ((2**32 - 1, 2**31), 0x0B),
        ((2**30, 2**30), 0x0E),
        ((BIG,) * 64, 0x0E),
        ((2**16,) * 4, 0x08),
        ((BIG, BIG, BIG, 0), 0x08),
        ((0, BIG, BIG, BIG), 0x08),
        ((BIG, 0, BIG, BIG), 0x0E),
    ],
)
def test_products_that_overflow(backend, dims, code):
    """Also where a zero among the dimensions makes the true product 0: NumPy refuses such a shape as well."""
    header = idx_header(dims, code=code)
    with pytest.raises(ff.FormatError):
        backend.parse_header(header)
    for data in (header, gzip_member(header), bgzf(header)):
        with pytest.raises(ff.FormatError):
            ff.read_idx(data)


def test_the_largest_claim_that_is_a_number(backend):
    """2**63 - 1 bytes can be said, but not one more."""
    dims = (7, 7, 73, 127, 337, 92737, 649657)
    assert np.prod(dims, dtype=object) == 2**63 - 1
    assert backend.parse_header(idx_header(dims)).nbytes == 2**63 - 1
    with pytest.raises(ff.TruncatedError):
        ff.read_idx(idx_header(dims) + b"x")
    with pytest.raises(ff.FormatError):
        backend.parse_header(idx_header(dims, code=0x0B))


@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (3, 0), (2, 0, 5), (0, 0, 0), (0, BIG)])
@pytest.mark.parametrize("code", ["u1", "f8"])
def test_zero_length_dimensions(backend, shape, code):
    header = idx_header(shape, code=IDX_CODES[code])
    assert backend.parse_header(header).nbytes == 0
    for data in (header, gzip_member(header), bgzf(header)):
        array = ff.read_idx(data)
        assert array.shape == shape
        assert array.dtype == np.dtype(code)
    for data in (header + b"\0", gzip_member(header + b"\0")):
        with pytest.raises(ff.FmnistFastError):
            ff.read_idx(data)


def test_every_cut_header_is_truncated(backend):
    header = idx_header((3, 4, 5))
    for cut in range(len(header)):
        with pytest.raises(ff.TruncatedError):
            backend.parse_header(header[:cut])
    for cut in range(4):
        with pytest.raises(ff.TruncatedError):
            backend.header_size(header[:cut])


@pytest.mark.parametrize("code", DTYPES)
def test_items_are_big_endian_and_bit_exact(code):
    """NaN payloads, negative zero and denormals included: only bytes are turned, no value is touched."""
    array = array_of(code, (3, 4, 5))
    if code == "f4":
        array.view(np.uint32)[0, 0, 0] = 0x7FA12345  # a signalling NaN
    for data in (idx_bytes(array), idx_gz(array)):
        got = ff.read_idx(data)
        assert same(got, array)
        assert got.dtype.isnative


@pytest.mark.parametrize("code", ["i2", "i4", "f4", "f8"])
def test_swap_bytes(backend, code):
    for count in (0, 1, 2, 3, 7, 31, 32, 33, 1000, 4099):
        array = array_of(code, (count,))
        expected = array.tobytes()[::-1]
        backend.swap_bytes(array)
        assert array[::-1].tobytes() == expected
        backend.swap_bytes(array)
        assert array[::-1].tobytes() == array_of(code, (count,))[::-1].tobytes()


def test_swap_bytes_of_a_part_leaves_the_rest(backend):
    array = np.arange(100, dtype=np.int32)
    backend.swap_bytes(array[10:90])
    expected = np.arange(100, dtype=np.int32)
    expected[10:90] = expected[10:90].byteswap()
    assert same(array, expected)


@pytest.mark.parametrize("code", ["u1", "i1"])
def test_swap_bytes_refuses_single_bytes(backend, code):
    with pytest.raises(ValueError, match="1"):
        backend.swap_bytes(np.zeros(4, code))
