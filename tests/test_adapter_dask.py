"""IDX files as Dask arrays: the same items, read block by block, in this process and in two others."""

from __future__ import annotations

import os
import pickle
import signal

import numpy as np
import pytest

import fmnist_fast as ff
from fmnist_fast.adapters import _shared_readers
from fmnist_fast.adapters.dask import IdxRows, from_idx

da = pytest.importorskip("dask.array", reason="Dask is not installed")

IMAGES = np.random.default_rng(6).integers(0, 256, (1000, 14, 12), np.uint8)
FORMATS = {"bgzf": "bgzf", "gzip": "gzip", "raw": False}


@pytest.fixture(autouse=True)
def nothing_kept_open():
    yield
    _shared_readers.close_idle_readers()


@pytest.fixture(params=FORMATS)
def path(request, tmp_path):
    path = tmp_path / f"images.{request.param}"
    ff.write_idx(path, IMAGES, compress=FORMATS[request.param])
    return path


def test_the_array(path):
    lazy = from_idx(path, chunks=300)
    assert (lazy.shape, lazy.dtype, lazy.chunks[0]) == (IMAGES.shape, IMAGES.dtype, (300, 300, 300, 100))
    assert lazy.chunks[1:] == ((14,), (12,))
    assert np.array_equal(lazy.compute(), IMAGES)
    assert np.array_equal(lazy.mean(axis=0).compute(), IMAGES.mean(axis=0))


@pytest.mark.parametrize(
    "key",
    [
        np.s_[310:320],
        np.s_[999],
        np.s_[-1, 3],
        np.s_[::-7, 2:, ::-2],
        np.s_[5:5],
        np.s_[290:610:5, ..., 4],
        np.s_[[5, 1, 999, 5]],
        np.s_[:, [3, 1]],
    ],
)
def test_slices(path, key):
    assert np.array_equal(from_idx(path, chunks=300)[key].compute(), IMAGES[key])
    if not any(isinstance(part, list) for part in (key if isinstance(key, tuple) else (key,))):
        assert np.array_equal(IdxRows(path)[key], IMAGES[key])


@pytest.mark.parametrize("code", ["u1", "i1", "i2", "i4", "f4", "f8"])
def test_every_dtype_and_one_axis(tmp_path, code):
    labels = np.arange(100).astype(code)
    ff.write_idx(tmp_path / "labels.gz", labels)
    lazy = from_idx(tmp_path / "labels.gz", chunks=33)
    assert lazy.dtype == labels.dtype
    assert np.array_equal(lazy.compute(), labels)


def test_several_files_in_their_order(tmp_path):
    paths = [tmp_path / f"{k}.gz" for k in range(3)]
    for k, part in enumerate((IMAGES[:450], IMAGES[450:460], IMAGES[460:])):
        ff.write_idx(paths[k], part, compress="bgzf")
    lazy = from_idx(paths, chunks=200)
    assert lazy.chunks[0] == (200, 200, 50, 10, 200, 200, 140)
    assert np.array_equal(lazy.compute(), IMAGES)
    assert np.array_equal(lazy[440:470].compute(), IMAGES[440:470])
    ff.write_idx(paths[1], IMAGES[:10, :, :3])
    with pytest.raises(ff.MismatchError, match=r"1\.gz: expected rows of uint8 of \(14, 12\)"):
        from_idx(paths)
    with pytest.raises(ValueError, match="found none"):
        from_idx([])


@pytest.mark.parametrize(
    ("chunks", "rows"),
    [("auto", (1000,)), ((400, -1, -1), (400, 400, 200)), ({0: 500}, (500, 500)), (-1, (1000,))],
)
def test_chunks(path, chunks, rows):
    assert from_idx(path, chunks=chunks).chunks == (rows, (14,), (12,))


def test_chunks_that_divide_rows(path):
    with pytest.raises(ValueError, match="whole rows"):
        from_idx(path, chunks=(100, 7, 12))


def test_no_rows(tmp_path):
    ff.write_idx(tmp_path / "none", IMAGES[:0])
    assert from_idx(tmp_path / "none").compute().shape == (0, 14, 12)


def test_only_the_rows_asked_for_are_decoded(tmp_path):
    """What lies before and behind them may even be broken."""
    path = tmp_path / "images.gz"
    ff.write_idx(path, IMAGES, compress="bgzf")
    whole = path.read_bytes()
    size = int.from_bytes(whole[16:18], "little") + 1  # of the first member, which is rows 0 to 389
    path.write_bytes(whole[:100] + bytes(200) + whole[300:])
    lazy = from_idx(path, chunks=100)
    assert size > 300
    assert np.array_equal(lazy[400:].compute(), IMAGES[400:])
    with pytest.raises(ff.CorruptDataError, match=r"images\.gz.*member 1"):
        lazy[:100].compute()
    assert np.array_equal(lazy[400:].compute(), IMAGES[400:])


def test_readers_are_kept_and_used_from_where_they_are(path, monkeypatch):
    opened = []

    def counted(source):
        opened.append(source)
        return ff.open_idx(source)

    monkeypatch.setattr(_shared_readers, "open_idx", counted)
    rows = IdxRows(path)
    for low in range(0, 1000, 100):
        assert np.array_equal(rows[low : low + 100], IMAGES[low : low + 100])
    assert opened == [str(path)]
    borrowed = _shared_readers.borrowed_reader
    with borrowed(str(path), 0) as one, borrowed(str(path), 0) as other:
        assert one is not other
    for k in range(20):
        ff.write_idx(path.with_name(f"{k}"), IMAGES[:3])
        assert len(IdxRows(path.with_name(f"{k}"))[:]) == 3
    assert len(_shared_readers._idle) == _shared_readers._MOST


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # what is asked for here
def test_a_fork_does_not_read_from_the_same_open_file(tmp_path):
    images = np.tile(IMAGES, (10, 1, 1))  # more than is read at a time
    ff.write_idx(tmp_path / "images", images)
    rows = IdxRows(tmp_path / "images")
    assert np.array_equal(rows[:100], images[:100])
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(60)
            code = 0 if np.array_equal(rows[3000:6000], images[3000:6000]) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert np.array_equal(rows[100:], images[100:])


def test_a_file_that_changes(path):
    rows, lazy, before = IdxRows(path), from_idx(path, chunks=500), os.stat(path)
    assert np.array_equal(rows[:5], IMAGES[:5])
    ff.write_idx(path, 255 - IMAGES, compress=False)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))
    assert np.array_equal(rows[:5], 255 - IMAGES[:5])
    assert from_idx(path, chunks=500).name != lazy.name
    ff.write_idx(path, IMAGES[:10])
    with pytest.raises(ff.MismatchError, match=r"\(1000, 14, 12\), now it is uint8 of \(10, 14, 12\)"):
        lazy[:5].compute()


def test_a_file_that_is_replaced_within_a_tick_of_its_clock(path):
    rows, before = IdxRows(path), os.stat(path)
    ff.write_idx(path, IMAGES, compress=False)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))
    assert np.array_equal(rows[:5], IMAGES[:5])
    ff.write_idx(path, 255 - IMAGES, compress=False)
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns))
    assert np.array_equal(rows[:5], 255 - IMAGES[:5])


def test_no_such_row(path):
    for row in (1000, -1001):
        with pytest.raises(IndexError):
            IdxRows(path)[row]
    with pytest.raises(FileNotFoundError):
        from_idx(path.with_name("absent"))


def test_what_is_sent_is_small(path):
    rows = IdxRows(path)
    assert np.array_equal(rows[:2], IMAGES[:2])
    sent = pickle.dumps(rows)
    assert len(sent) < 1000
    assert np.array_equal(pickle.loads(sent)[500:501], IMAGES[500:501])
    assert len(pickle.dumps(dict(from_idx(path, chunks=100).dask))) < 20_000


@pytest.mark.once
def test_two_processes(tmp_path):
    """Each of the workers reads blocks of its own, errors come back as they are, and both end."""
    distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
    path = tmp_path / "images.gz"
    ff.write_idx(path, IMAGES, compress="bgzf")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        lazy = from_idx([path, path], chunks=250)
        assert np.array_equal(client.compute(lazy).result(timeout=60), np.concatenate([IMAGES, IMAGES]))
        pids = client.run(os.getpid)
        assert len({os.getpid(), *pids.values()}) == 3
        for k, worker in enumerate(pids):
            part = client.compute(lazy[k * 1000 + 300 :][:10], workers=[worker], allow_other_workers=False)
            assert np.array_equal(part.result(timeout=60), IMAGES[300:310])
        bad = tmp_path / "bad.gz"
        whole = path.read_bytes()
        bad.write_bytes(whole[:100] + bytes(200) + whole[300:])
        with pytest.raises(ff.CorruptDataError, match=r"bad\.gz.*member 1"):
            client.compute(from_idx(bad, chunks=100)[:10]).result(timeout=60)
    for pid in pids.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
