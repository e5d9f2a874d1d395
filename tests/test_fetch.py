"""Downloads against a server that fails in every way; no address outside this machine is asked."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from toy_datasets import ARRAYS, TOY, archive_of, arrays, describe, fill, packed, zipped

import fmnist_fast as ff
from fmnist_fast._extras import MissingExtraError
from fmnist_fast.datasets.fetch import fetch_file

pooch = pytest.importorskip("pooch", reason="pooch is not installed")
pytestmark = [pytest.mark.once, pytest.mark.usefixtures("isolated")]
STALL = 2.0  # seconds: short to wait for, long enough for the server to answer on a busy machine
KNOWN = TOY.splits["train"].images
DATA = packed(ARRAYS["train-images-idx3-ubyte"])


def mirrored(server, *behaviors):
    return replace(TOY, mirrors=tuple(server.url(behavior) for behavior in behaviors))


def fetch(server, *behaviors, root, **options):
    return Path(fetch_file(mirrored(server, *behaviors), KNOWN, root, **options))


def left(root: Path) -> list[str]:
    """Names of all files below a folder."""
    return sorted(path.name for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("behavior", ["good", "norange", "moved", "cut"])
def test_gets_the_file(server, tmp_path, behavior):
    path = fetch(server, behavior, root=tmp_path)
    assert path == tmp_path / "toy-mnist" / KNOWN.name
    assert path.read_bytes() == DATA
    assert left(tmp_path / "toy-mnist") == [KNOWN.name]


@pytest.mark.parametrize(
    ("behavior", "words"),
    [
        ("missing", "the server answered 404 Not Found"),
        ("broken", "the server answered 500 Internal Server Error"),
        ("page", "the server answered with an HTML or XML page, not with the file"),
        ("wrong", "the file has the wrong SHA256 sum and was not kept"),
        ("longer", f"the server sends more than the {len(DATA):,} bytes of the file"),
        ("silent", "nothing arrived for 2 seconds"),
    ],
)
def test_mirrors_in_turn(server, tmp_path, behavior, words):
    """A bad mirror is named with what it did and leaves nothing; the next one is asked."""
    with pytest.raises(ff.DatasetError, match="could not be downloaded") as caught:
        fetch(server, behavior, root=tmp_path, stall=STALL)
    assert f"{server.url(behavior)}{KNOWN.name}: {words}" in str(caught.value)
    assert left(tmp_path / "toy-mnist") == []
    assert fetch(server, behavior, "good", root=tmp_path, stall=STALL).read_bytes() == DATA
    assert server.behaviors() == [behavior, behavior, "good"]
    assert left(tmp_path / "toy-mnist") == [KNOWN.name]


@pytest.mark.parametrize(
    ("behavior", "words"),
    [("stall", "nothing arrived for 2 seconds"), ("stop", "broke off before the end")],
)
def test_what_arrived_is_kept(server, tmp_path, behavior, words):
    """Half of the file stays, under a name of its own, and only the other half is asked for."""
    with pytest.raises(ff.DatasetError, match=words):
        fetch(server, behavior, root=tmp_path, stall=STALL)
    assert left(tmp_path / "toy-mnist") == [f"{KNOWN.name}.part"]
    size = (tmp_path / "toy-mnist" / f"{KNOWN.name}.part").stat().st_size
    assert len(DATA) // 3 < size <= len(DATA) // 2
    server.asked.clear()
    assert fetch(server, "good", root=tmp_path).read_bytes() == DATA
    assert server.asked == [(f"/good/{KNOWN.name}", f"bytes={size}-")]
    assert left(tmp_path / "toy-mnist") == [KNOWN.name]


def test_resumed_at_the_same_mirror(server, tmp_path):
    fetch(server, "cut", root=tmp_path)
    (_, first), (_, second) = server.asked
    assert first is None
    assert second.startswith("bytes=2")


@pytest.mark.parametrize("rest", [b"not the beginning of this file", DATA + b"and more", b""])
def test_a_part_that_does_not_fit(server, tmp_path, rest):
    """It costs an attempt, never a wrong file."""
    part = tmp_path / "toy-mnist" / f"{KNOWN.name}.part"
    part.parent.mkdir()
    part.write_bytes(rest)
    assert fetch(server, "good", "good", root=tmp_path).read_bytes() == DATA
    assert left(tmp_path / "toy-mnist") == [KNOWN.name]


def test_a_part_that_is_complete(server, tmp_path):
    part = tmp_path / "toy-mnist" / f"{KNOWN.name}.part"
    part.parent.mkdir()
    part.write_bytes(DATA)
    assert fetch(server, "missing", root=tmp_path).read_bytes() == DATA
    assert server.asked == []


def test_a_page_does_not_cost_what_is_there(server, tmp_path):
    part = tmp_path / "toy-mnist" / f"{KNOWN.name}.part"
    part.parent.mkdir()
    part.write_bytes(DATA[:20_000])
    with pytest.raises(ff.DatasetError, match="HTML or XML page"):
        fetch(server, "page", "missing", root=tmp_path)
    assert part.read_bytes() == DATA[:20_000]


def test_no_connection(tmp_path):
    dataset = replace(TOY, mirrors=("http://127.0.0.1:9/",))
    with pytest.raises(ff.DatasetError, match=r"127.0.0.1:9/train-images\S+: no connection"):
        fetch_file(dataset, KNOWN, tmp_path)
    with pytest.raises(ff.DatasetError) as caught:
        ff.load(dataset, root=tmp_path)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(
        "Toy-MNIST train images are not on this machine; looked for train-images-idx3-ubyte.gz"
    )
    assert lines[1] == f"  {tmp_path}"
    assert "127.0.0.1:9/train-images-idx3-ubyte.gz: no connection: " in lines[3]
    assert lines[4] == f"it can be put into {tmp_path / 'toy-mnist'} by hand, from https://example.org/"


def test_progress_adds_up(server, tmp_path):
    steps, shown = [], []

    def progress(description, total):
        shown.append((description, total))
        return nullcontext(steps.append)

    fetch(server, "cut", root=tmp_path, progress=progress)
    assert shown == [("Toy-MNIST train images", len(DATA))]
    assert sum(steps) == len(DATA)


def test_the_checksum_may_be_md5(server, tmp_path):
    known = replace(KNOWN, sha256=None, size=None)
    dataset = mirrored(server, "wrong", "good")
    assert Path(fetch_file(dataset, known, tmp_path)).read_bytes() == DATA
    with pytest.raises(ff.DatasetError, match="no published checksum"):
        fetch_file(dataset, replace(known, md5=None), tmp_path)


def test_load_downloads_what_is_missing(server, isolated):
    dataset = mirrored(server, "good")
    images, labels = ff.load(dataset)
    assert np.array_equal(images, ARRAYS["train-images-idx3-ubyte"])
    assert np.array_equal(labels, ARRAYS["train-labels-idx1-ubyte"])
    assert len(server.asked) == 2
    ff.load(dataset)
    assert len(server.asked) == 2, "the second time they are there"
    assert (isolated / ".cache/fmnist_fast/toy-mnist/train-images-idx3-ubyte.gz").exists() or os.name == "nt"


def test_a_broken_copy_in_the_cache_is_replaced(server, isolated, monkeypatch):
    dataset = mirrored(server, "good")
    folder = Path(fetch_file(dataset, KNOWN)).parent
    (folder / KNOWN.name).write_bytes(DATA[:99])
    images, _ = ff.load(dataset)
    assert np.array_equal(images, ARRAYS["train-images-idx3-ubyte"])
    assert (folder / KNOWN.name).read_bytes() == DATA


def test_wrong_content_in_a_folder_of_yours_is_never_replaced(server, tmp_path):
    fill(tmp_path, arrays(3))
    with pytest.raises(ff.DatasetError, match="is not Toy-MNIST train images"):
        ff.load(mirrored(server, "good"), root=tmp_path)
    assert server.asked == []


def test_root_that_is_a_file(server, tmp_path):
    (tmp_path / "toy-mnist").write_text("in the way")
    with pytest.raises(ff.DatasetError, match="is not a folder"):
        ff.load(mirrored(server, "good"), root=tmp_path)


def test_archive_is_fetched_once(server, tmp_path):
    data = zipped({f"{stem}.gz": array for stem, array in ARRAYS.items()}, "gzip/")
    dataset = describe("toy-mnist", "Toy-MNIST", ARRAYS, archive=archive_of(data), folders=("toys",))
    dataset = replace(dataset, mirrors=(server.url("broken"), server.url("cut")))
    server.files["gzip.zip"] = data
    (x, _), (u, _) = ff.load(dataset, ["train", "test"], root=tmp_path)
    assert np.array_equal(x, ARRAYS["train-images-idx3-ubyte"])
    assert np.array_equal(u, ARRAYS["t10k-images-idx3-ubyte"])
    assert server.behaviors() == ["broken", "cut", "cut"]
    assert "gzip.zip" in left(tmp_path / "toys")


def test_archive_without_the_file(server, tmp_path):
    data = zipped({}, "")
    dataset = describe("toy-mnist", "Toy-MNIST", ARRAYS, archive=archive_of(data), folders=("toys",))
    server.files["gzip.zip"] = data
    with pytest.raises(
        ff.DatasetError, match=r"train-images-idx3-ubyte.gz cannot be taken out of the archive"
    ):
        ff.load(replace(dataset, mirrors=(server.url("good"),)), root=tmp_path)


def test_pooch_keeps_quiet_and_is_left_as_it_was(server, tmp_path, monkeypatch):
    logger, handler, said = pooch.get_logger(), logging.Handler(), []
    handler.emit = said.append
    monkeypatch.setattr(logger, "handlers", [handler])
    logger.info("before")
    fetch(server, "good", root=tmp_path)
    logger.info("after")
    assert [record.msg for record in said] == ["before", "after"]


def test_without_pooch(server, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(
        MissingExtraError, match=r"downloading a dataset needs pooch.*fmnist_fast\[download\]"
    ) as caught:
        ff.load(mirrored(server, "good"), root=tmp_path)
    said = str(caught.value)
    assert f"looked for train-images-idx3-ubyte.gz, with or without compression, in\n  {tmp_path}" in said
    assert f"can be put into {tmp_path / 'toy-mnist'} by hand" in said
