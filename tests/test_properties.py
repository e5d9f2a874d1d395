"""Laws that hold for every array and every stream, on examples that Hypothesis invents and shrinks.

Hypothesis prints the failing example and a blob that reproduces it.
"""

from __future__ import annotations

import numpy as np
import pytest
from builders import DTYPES, bgzf, gzip_member, idx_bytes, raw_deflate
from drive import drive, oracle
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from samples import same

import fmnist_fast as ff

ERRORS = (ff.FormatError, ff.CorruptDataError, ff.TruncatedError)
shapes = st.lists(st.integers(0, 5), min_size=1, max_size=8).map(tuple)


@st.composite
def arrays(draw) -> np.ndarray:
    """Arrays of the six dtypes in both byte orders, small, of rank 1 to 8, with any bits as items."""
    dtype = np.dtype(draw(st.sampled_from("<>")) + draw(st.sampled_from(DTYPES)))
    shape = draw(shapes)
    size = int(np.prod(shape)) * dtype.itemsize
    if size > 4000:
        shape, size = (7,), 7 * dtype.itemsize
    return np.frombuffer(draw(st.binary(min_size=size, max_size=size)), dtype).reshape(shape)


@given(arrays(), st.sampled_from([False, "gzip", "bgzf"]), st.integers(0, 9))
def test_decode_is_the_inverse_of_encode(array, compress, level):
    got = ff.decode_idx(ff.encode_idx(array, compress=compress, level=level))
    assert same(got, array.astype(array.dtype.newbyteorder("=")))


@given(arrays())
def test_encode_is_the_format(array):
    native = array.astype(array.dtype.newbyteorder("="))
    assert ff.encode_idx(array) == idx_bytes(native)


@given(arrays(), st.lists(st.integers(0, 4), max_size=12))
def test_reader_and_whole_read_agree(array, counts):
    data = gzip_member(idx_bytes(array.astype(array.dtype.newbyteorder("="))))
    whole = ff.read_idx(data)
    with ff.open_idx(data) as reader:
        parts = [reader.read(n) for n in counts]
        parts.append(reader.read())
    assert same(np.concatenate(parts), whole)


@given(st.data())
def test_any_cut_into_members_is_the_same_file(data):
    raw = idx_bytes(np.arange(60, dtype="i4").reshape(5, 12))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=6)))
    parts = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    padding = [bytes(data.draw(st.integers(0, 3))) for _ in parts]
    packed = b"".join(
        gzip_member(part, level=data.draw(st.integers(0, 9))) + pad
        for part, pad in zip(parts, padding, strict=True)
    )
    assert same(ff.read_idx(packed), np.arange(60, dtype="i4").reshape(5, 12))


pieces = st.lists(
    st.one_of(
        st.binary(max_size=60),
        st.tuples(st.binary(min_size=1, max_size=9), st.integers(1, 400)).map(lambda p: p[0] * p[1]),
    ),
    max_size=8,
).map(b"".join)


@given(content=pieces, level=st.integers(0, 9), strategy=st.integers(0, 4), data=st.data())
def test_any_way_of_feeding_gives_the_same_bytes(backend, content, level, strategy, data):
    packed = gzip_member(content, raw=raw_deflate(content, level, strategy=strategy))
    feed = data.draw(st.one_of(st.none(), st.lists(st.integers(0, 50), max_size=40)))
    room = data.draw(st.one_of(st.none(), st.integers(1, 700)))
    verdict = drive(backend, packed, feed=feed, room=room)
    assert (verdict.kind, verdict.data) == ("ok", content)


mutations = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 255), st.sampled_from("xidc")), max_size=4
)


def mutated(data: bytes, changes) -> bytes:
    """Exclusive-or, insert, delete and cut at positions taken modulo the length."""
    out = bytearray(data)
    for position, value, how in changes:
        at = position % max(len(out), 1)
        if how == "i" or not out:
            out.insert(at, value)
        elif how == "x":
            out[at] ^= value
        elif how == "d":
            del out[at : at + value % 8]
        else:
            del out[at:]
    return bytes(out)


@given(content=pieces, changes=mutations, feed=st.one_of(st.none(), st.integers(1, 40)))
def test_damage_gets_the_verdict_of_zlib(backend, content, changes, feed):
    data = mutated(gzip_member(content) + bgzf(content[:50], block=20), changes)
    assert drive(backend, data, feed=feed).key == oracle(data).key


@given(arrays(), mutations)
def test_damage_is_an_error_or_the_same_array(array, changes):
    """Checksums cover the payload; only what they cannot see may go through, and then changes nothing."""
    native = array.astype(array.dtype.newbyteorder("="))
    data = mutated(gzip_member(idx_bytes(native)), changes)
    try:
        got = ff.read_idx(data)
    except ERRORS:
        return
    assert same(got, native)


@given(st.binary(max_size=80))
def test_any_bytes_at_all_give_an_array_or_one_of_three_errors(data):
    for prefix in (b"", b"\0\0", b"\0\0\x08", b"\x1f\x8b", b"\x1f\x8b\x08\0" + bytes(6), b"\xfd7zXZ\0"):
        try:
            ff.read_idx(prefix + data)
        except ERRORS:
            continue


@settings(max_examples=30)
@given(
    hnp.arrays("u1", st.integers(0, 300)),
    st.floats(-5, 5),
    st.floats(0.01, 9),
    st.sampled_from(["f2", "f4", "f8"]),
)
def test_fused_read_is_read_then_normalize(pixels, mean, std, dtype):
    data = gzip_member(idx_bytes(pixels))
    got = ff.read_idx(data, normalize=(mean, std), dtype=dtype)
    assert same(got, ff.normalize(ff.read_idx(data), mean, std, dtype=dtype))


def test_the_mutations_do_something():
    """A guard for the tests above: untouched files are fine, touched ones usually are not."""
    data = gzip_member(b"some content")
    assert mutated(data, []) == data
    assert oracle(mutated(data, [(12, 255, "x")])).kind != "ok"
    assert len(mutated(data, [(3, 1, "i")])) == len(data) + 1
    with pytest.raises(ff.TruncatedError):
        ff.read_idx(mutated(gzip_member(idx_bytes(np.zeros(3, "u1"))), [(20, 0, "c")]))
