"""Inputs of `fmnist-fast bench`: found, drawn, written once, or missing."""

from __future__ import annotations

import gzip
from dataclasses import replace

import numpy as np
import pytest
from bench_samples import write_dataset

import fmnist_fast as ff
from fmnist_fast.benchmark import contents, encoders, streams
from fmnist_fast.datasets import synthetic

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    data = write_dataset(tmp_path_factory.mktemp("data"))
    return streams.Library(tmp_path_factory.mktemp("inputs"), str(data), say=lambda words: None)


def test_dataset_that_is_asked_for_has_to_be_there(tmp_path, monkeypatch):
    monkeypatch.setenv("FMNIST_FAST_DATA", str(tmp_path))
    assert contents.find_dataset(None) is None
    with pytest.raises(FileNotFoundError, match="has no train-images-idx3-ubyte"):
        contents.find_dataset(tmp_path)
    monkeypatch.delenv("FMNIST_FAST_DATA")
    assert contents.find_dataset(None) is None


def test_drawn_where_there_is_no_dataset(tmp_path, monkeypatch):
    monkeypatch.delenv("FMNIST_FAST_DATA", raising=False)
    monkeypatch.setattr(contents, "COUNTS", {"train": 20, "t10k": 10})
    said = []
    library = streams.Library(tmp_path, None, say=said.append)
    assert library.canonical("t10k", "images").shape == (10, 28, 28)
    assert library.canonical("t10k", "labels").recipe == "drawn"
    assert said == ["drawing 10 images"]
    images, _ = synthetic.sample(10, split="t10k")
    assert np.array_equal(ff.read_idx(tmp_path / "drawn" / "t10k-images-idx3-ubyte.gz"), images)


def test_text_is_of_the_standard_library_alone(tmp_path, monkeypatch):
    for name in ("site-packages/a.py", "b.py", "c.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name[-4] * 300)
    monkeypatch.setattr(contents.sysconfig, "get_path", lambda name: str(tmp_path))
    (letters,) = contents.pieces("text", 2, tmp_path)
    assert letters.tobytes() == (b"b" * 300 + b"c" * 300) * 2 + b"b" * 300 + b"c" * 68
    with pytest.raises(ValueError, match="no content is called 'music'"):
        list(contents.pieces("music", 1, tmp_path))


def test_inputs_are_written_once(library):
    first = library.get("random", "zlib-6", 20)
    again = streams.Library(library.folder, str(library.dataset), say=lambda words: pytest.fail(words))
    assert again.get("random", "zlib-6", 20) == first
    assert again.used([first.name]) == [first]
    first.path.unlink()
    said = []
    anew = streams.Library(library.folder, str(library.dataset), say=said.append)
    assert anew.get("random", "zlib-6", 20).path.is_file()
    assert said == [f"writing {first.name}"]


def test_files_without_compression_are_made_once(library):
    raw, packed = library.raw("t10k", "labels"), library.canonical("t10k", "labels")
    assert raw.path.read_bytes() == gzip.decompress(packed.path.read_bytes())
    assert library.raw("t10k", "labels") is raw


def test_inputs_of_an_encoder_that_is_missing(library, monkeypatch):
    name = next(name for name, it in encoders.ENCODERS.items() if it.package)
    missing = replace(encoders.ENCODERS[name], package="no-such-package-at-all")
    monkeypatch.setitem(encoders.ENCODERS, name, missing)
    assert missing.version is None
    with pytest.raises(streams.MissingEncoder, match="needs the package no-such-package-at-all"):
        library.get("random", name, 20)


@pytest.mark.parametrize("name", encoders.ENCODERS)
def test_every_encoder_writes_gzip(name):
    encoder = encoders.ENCODERS[name]
    if encoder.version is None:
        pytest.skip(f"{encoder.package} is not installed")
    assert gzip.decompress(b"".join(encoder.encode([b"one, ", b"two"]))) == b"one, two"


def test_inputs_that_are_no_idx_files(tmp_path):
    (tmp_path / "short").write_bytes(b"\0\0\x08\x01\0\0\0\x05abc")
    with pytest.raises(ff.FormatError, match="expected 13 bytes of content, found 11"):
        streams.describe(tmp_path / "short", "short", "made")
