"""`fmnist-fast info` and `verify`: what they say about good files and bad ones."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import lzma
import os
import subprocess
import sys
import zlib

import numpy as np
import pytest
from command import command, environment, run

import fmnist_fast as ff
from fmnist_fast.cli import main
from fmnist_fast.datasets import registry, verify

ARRAY = (np.arange(6 * 28 * 28) % 251).astype(np.uint8).reshape(6, 28, 28)
RAW = ff.encode_idx(ARRAY)


@pytest.fixture
def files(tmp_path):
    """One array in every container."""
    (tmp_path / "raw").write_bytes(RAW)
    (tmp_path / "one.gz").write_bytes(gzip.compress(RAW, mtime=0))
    pieces = (RAW[:1], RAW[1:700], RAW[700:])
    (tmp_path / "three.gz").write_bytes(b"".join(map(gzip.compress, pieces)))
    (tmp_path / "x.xz").write_bytes(lzma.compress(RAW))
    return tmp_path


def test_info_for_people(files):
    result = run("info", "three.gz", cwd=files)
    assert (result.returncode, result.stderr) == (0, "")
    lines = [line.split() for line in result.stdout.splitlines()[1:]]
    size = (files / "three.gz").stat().st_size
    assert result.stdout.startswith("three.gz\n")
    assert [" ".join(line) for line in lines] == [
        "shape (6, 28, 28)",
        "dtype uint8",
        "compression gzip",
        "gzip members 3",
        f"file size {size:,} bytes" + (f" ({size / 1024:.1f} KiB)" if size >= 1024 else ""),
        f"decoded size {len(RAW):,} bytes ({len(RAW) / 1024:.1f} KiB)",
        f"ratio {len(RAW) / size:.2f}",
    ]


def test_info_json(files):
    names = ["raw", "one.gz", "three.gz", "x.xz"]
    result = run("info", "--json", *names, cwd=files)
    assert result.returncode == 0
    facts = json.loads(result.stdout)
    assert [fact["file"] for fact in facts] == names
    assert [fact["compression"] for fact in facts] == ["raw", "gzip", "gzip", "xz"]
    assert [fact["members"] for fact in facts] == [0, 1, 3, 1]
    for fact in facts:
        size = (files / fact["file"]).stat().st_size
        assert (fact["shape"], fact["dtype"]) == ([6, 28, 28], "uint8")
        assert (fact["file_size"], fact["decoded_size"]) == (size, len(RAW))
        assert fact["ratio"] == pytest.approx(len(RAW) / size, abs=1e-4)
        assert int(fact["crc32"], 16) == zlib.crc32(RAW)
        assert fact["dataset"] is None


def test_verify_for_people(files):
    result = run("verify", "raw", "three.gz", "x.xz", cwd=files)
    found, crc = "ok, uint8 (6, 28, 28)", f"CRC-32 {zlib.crc32(RAW):08x}"
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"raw: {found}, not compressed, {crc}",
        f"three.gz: {found}, 3 gzip members, {crc}",
        f"x.xz: {found}, xz, {crc}",
    ]


def bad_files() -> dict[str, tuple[bytes, str, str]]:
    """Content, class of the error, and a part of the sentence."""
    good = gzip.compress(RAW, mtime=0)
    flipped = bytearray(good)
    flipped[-6] ^= 1
    return {
        "empty": (b"", "TruncatedError", ""),
        "cut": (good[:-20], "TruncatedError", "the data ends"),
        "crc": (bytes(flipped), "CorruptDataError", "incorrect data check"),
        "short": (gzip.compress(RAW[:-1]), "TruncatedError", "4704 bytes of data, the data ends after 4703"),
        "long": (gzip.compress(RAW + b"x"), "FormatError", "more"),
        "raw_short": (RAW[:-1], "TruncatedError", "4704 bytes of data; 4719 bytes cannot hold as many"),
        "html": (b"<!DOCTYPE html><html>", "FormatError", "HTML"),
        "text": (b"hello, world", "FormatError", ""),
        "twice": (gzip.compress(good), "FormatError", "gzip"),
    }


@pytest.mark.parametrize("kind", bad_files())
@pytest.mark.parametrize("name", ["info", "verify"])
def test_bad_file(tmp_path, capsys, name, kind):
    content, error, words = bad_files()[kind]
    path = tmp_path / f"{kind}-ubyte.gz"
    path.write_bytes(content)
    assert main([name, str(path)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(f"fmnist-fast: {path}: ")
    assert words in output.err
    assert len(output.err.splitlines()) == 1
    assert main(["verify", "--json", str(path)]) == 1
    (result,) = json.loads(capsys.readouterr().out)
    assert (result["ok"], result["error"]) == (False, error)


def test_verify_goes_on_after_a_bad_file(files):
    (files / "bad.gz").write_bytes(gzip.compress(RAW)[:-1])
    result = run("verify", "bad.gz", "one.gz", "missing", "raw", cwd=files)
    assert result.returncode == 1
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == ["one.gz", "raw"]
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == ["bad.gz", "missing"]


@pytest.mark.skipif(not os.path.exists("/dev/stdin"), reason="needs /dev/stdin")
def test_from_a_pipe(files):
    """What a shell gives for ``<(...)`` has no size."""
    with subprocess.Popen(["cat", files / "one.gz"], stdout=subprocess.PIPE) as cat:
        found = subprocess.run(
            command("info", "--json", "/dev/stdin"),
            stdin=cat.stdout,
            env=environment(),
            capture_output=True,
            cwd=files,
        )
    assert (found.returncode, found.stderr) == (0, b"")
    (facts,) = json.loads(found.stdout)
    assert facts["file_size"] == (files / "one.gz").stat().st_size


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_a_name_that_is_no_text(files):
    os.rename(files / "one.gz", os.fsencode(files) + b"/\xff.gz")
    result = run("verify", os.fsdecode(b"\xff.gz"), cwd=files)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("\\udcff.gz: ok, ")


def test_a_folder_is_no_file(tmp_path, capsys):
    assert main(["verify", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(f"fmnist-fast: {tmp_path}: ")


def test_known_by_content_not_by_name(files, monkeypatch, capsys):
    """A file with a known sum is named, and its usual name is mentioned if it has another."""
    data = (files / "one.gz").read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    mnist = registry.DATASETS["mnist"].splits["train"].images
    known = dataclasses.replace(mnist, size=len(data), sha256=sha256)
    monkeypatch.setattr(verify, "FILES", (known,))
    path = files / known.name
    path.write_bytes(data)
    assert main(["verify", str(path), str(files / "one.gz"), str(files / "raw")]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{path}: ok, MNIST train images, uint8 (6, 28, 28), gzip, ")
    assert second.endswith(", usually called train-images-idx3-ubyte.gz")
    assert "MNIST" not in third
    assert main(["info", str(path)]) == 0
    assert "MNIST train images" in capsys.readouterr().out
    assert main(["info", "--json", str(path)]) == 0
    (facts,) = json.loads(capsys.readouterr().out)
    assert (facts["dataset"], facts["known_as"]) == ("mnist", "MNIST train images")


def test_real_label_files_are_named(real_folder, capsys):
    sums = {known.md5: known for known in registry.FILES if known.dataset == "fashion-mnist"}
    paths = [path for path in real_folder.rglob("*-labels-idx1-ubyte.gz") if path.stat().st_size > 5000]
    known = {
        path: sums.get(hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()) for path in paths
    }
    if not any(known.values()):
        pytest.skip("no published file there")
    for path, file in known.items():
        if file:
            assert main(["verify", str(path)]) == 0
            assert (
                f"ok, Fashion-MNIST {'test' if file.split == 't10k' else 'train'} labels, "
                in capsys.readouterr().out
            )


def test_verify_json_of_good_and_bad(files, capsys):
    (files / "bad").write_bytes(b"x")
    assert main(["verify", "--json", str(files / "one.gz"), str(files / "bad")]) == 1
    assert [found["ok"] for found in json.loads(capsys.readouterr().out)] == [True, False]
