"""`adapters.numcodecs`: a codec that numcodecs finds by itself and that Zarr can store arrays with."""

from __future__ import annotations

import importlib.metadata

import numpy as np
import pytest
from builders import DTYPES
from samples import array_of, same
from side_by_side import peer

import fmnist_fast as ff

numcodecs = peer("numcodecs")
from fmnist_fast.adapters.numcodecs import Idx  # noqa: E402

pytestmark = pytest.mark.once


@pytest.mark.parametrize("code", DTYPES)
@pytest.mark.parametrize("compress", ["gzip", "bgzf", False])
def test_round_trip(code, compress):
    array = array_of(code, (5, 3, 4))
    codec = Idx(compress, level=1)
    packed = codec.encode(array)
    assert same(ff.decode_idx(packed), array)
    assert same(codec.decode(packed), array)
    out = np.empty_like(array)
    codec.decode(packed, out=out)
    assert same(out, array)
    assert same(codec.decode(np.frombuffer(packed, "u1")), array)


def test_configuration():
    codec = Idx("bgzf", level=3)
    assert codec.get_config() == {"id": "idx", "compress": "bgzf", "level": 3}
    assert Idx.from_config({"compress": "bgzf", "level": 3}) == codec


def test_errors():
    with pytest.raises(ff.FormatError):
        Idx().encode(np.arange(3))
    with pytest.raises(ff.TruncatedError):
        Idx().decode(Idx().encode(array_of("u1", (9,)))[:-1])
    with pytest.raises(ValueError, match="size"):
        Idx().decode(Idx().encode(array_of("u1", (9,))), out=np.empty(8, "u1"))


def test_foreign_byte_order():
    """IDX does not keep it, and Zarr would take the items for others."""
    with pytest.raises(ff.FormatError, match="byte order"):
        Idx().encode(np.arange(3, dtype=np.dtype("i4").newbyteorder("S")))


def test_entry_point():
    found = importlib.metadata.entry_points(group="numcodecs.codecs", name="idx")
    if not found:
        pytest.skip("the package is not installed, only on the path")
    assert type(numcodecs.get_codec({"id": "idx"})) is Idx


def test_zarr(monkeypatch):
    zarr = peer("zarr")
    monkeypatch.setitem(numcodecs.registry.codec_registry, "idx", Idx)
    images = array_of("u1", (10, 28, 28))
    store = {}
    array = zarr.create_array(
        store, shape=images.shape, chunks=(4, 28, 28), dtype="u1", zarr_format=2, compressors=Idx(level=1)
    )
    array[:] = images
    assert same(zarr.open_array(store, mode="r")[:], images)
