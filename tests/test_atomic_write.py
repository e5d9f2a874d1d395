"""A file is written completely or not at all, whatever happens meanwhile.

One test kills writers at random moments: the path must hold one of the two complete files that were being
written in turn. The others let the disk be full, the folder read-only, the rename fail; no test may find a
temporary file left.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from builders import idx_bytes
from command import uncounted
from samples import images, same

import fmnist_fast as ff
from fmnist_fast import _atomic


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_old_file_stays_when_writing_fails(step, tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="no space left"):
        ff.write_idx(path, images(1))
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_folders_are_no_targets(tmp_path):
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "nowhere" / "file", tmp_path / "folder"):
        with pytest.raises(OSError, match=r"nowhere|folder"):
            ff.write_idx(path, images(1))
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


def test_no_name_is_no_file():
    with pytest.raises(FileNotFoundError):
        ff.write_idx("", images(1))


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_read_only_folder(tmp_path):
    """As root permissions mean nothing, so a process of its own first becomes somebody else."""
    folder = Path(tempfile.mkdtemp())  # the parents of tmp_path are closed to others
    path = folder / "file"
    path.write_bytes(b"old")
    folder.chmod(0o555)
    code = textwrap.dedent("""
        import os, sys
        import numpy as np, fmnist_fast as ff
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            ff.write_idx(sys.argv[1], np.zeros(9, "u1"))
        except PermissionError as error:
            print(error.filename)
    """)
    try:
        result = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, cwd=tmp_path, timeout=60
        )
        assert result.stdout.startswith(str(folder)), result.stderr
        assert path.read_bytes() == b"old"
        assert [p.name for p in folder.iterdir()] == ["file"]
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_folder_that_cannot_be_listed():
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o333)
    code = textwrap.dedent("""
        import os, sys
        import numpy as np, fmnist_fast as ff
        if os.geteuid() == 0:
            os.setuid(65534)
        ff.write_idx(sys.argv[1], np.zeros(9, "u1"))
    """)
    try:
        command = [sys.executable, "-c", code, str(folder / "file")]
        result = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=60)
        assert result.returncode == 0, result.stderr
        folder.chmod(0o755)
        assert [p.name for p in folder.iterdir()] == ["file"]
        assert ff.read_idx(folder / "file").tolist() == [0] * 9
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.skipif(os.name == "nt", reason="folders are not flushed there")
def test_folder_that_cannot_be_flushed(tmp_path, monkeypatch):
    """As on some network file systems: by then the file has its name."""
    fsync = os.fsync

    def refused(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refused)
    ff.write_idx(tmp_path / "file", images(2))
    assert same(ff.read_idx(tmp_path / "file"), images(2))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_full_disk():
    with pytest.raises(OSError, match="space"):
        ff.write_idx("/dev/full", images(100))


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions and links")
def test_permissions_and_links(tmp_path):
    mask = os.umask(0o027)
    try:
        ff.write_idx(tmp_path / "new", images(1))
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    (tmp_path / "new").chmod(0o604)
    (tmp_path / "link").symlink_to("new")
    ff.write_idx(tmp_path / "link", images(2))
    assert (tmp_path / "link").is_symlink()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o604
    assert same(ff.read_idx(tmp_path / "new"), images(2))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_killed_at_any_moment_leaves_the_old_file_or_the_new(tmp_path):
    """A process of its own forks writers and kills them; so no pytest state is forked."""
    code = textwrap.dedent("""
        import os, random, signal, sys, time
        import numpy as np, fmnist_fast as ff
        path, seed = sys.argv[1], int(sys.argv[2])
        arrays = [np.random.default_rng(k).integers(0, 256, 200_000).astype("u1") for k in (1, 2)]
        complete = {ff.encode_idx(a, compress="gzip", level=1, threads=1) for a in arrays}
        rng, seen, start = random.Random(seed), set(), time.perf_counter()
        ff.write_idx(path, arrays[0], compress="gzip", level=1, threads=1)
        took = time.perf_counter() - start
        for number in range(400):
            if number >= 60 and len(seen) == 2:
                break
            child = os.fork()
            if child == 0:
                while True:
                    for array in arrays:
                        ff.write_idx(path, array, compress="gzip", level=1, threads=1)
            time.sleep(rng.uniform(0.1, 4) * took)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            content = open(path, "rb").read()
            assert content in complete, f"torn file of {len(content)} bytes"
            seen.add(content)
        print(len(seen))
    """)
    result = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "file.gz"), "1952"],
        capture_output=True, text=True, timeout=120, cwd=tmp_path, env=uncounted(),
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "2", "both files must have been seen, else the test kills too early"


def test_a_system_without_file_locks(tmp_path, monkeypatch):
    monkeypatch.setattr(_atomic, "fcntl", None)
    for array in (images(9), images(5)):
        ff.write_idx(tmp_path / "x.gz", array)
        assert same(ff.read_idx(tmp_path / "x.gz"), array)
    assert [path.name for path in tmp_path.iterdir()] == ["x.gz"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names on POSIX")
def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit((tmp_path / "pipe").read_bytes)
        ff.write_idx(tmp_path / "pipe", images(9))
        assert read.result() == idx_bytes(images(9))
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_temporary_file_that_another_process_takes_for_litter(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    lock, swept = fcntl.flock, []

    def flock(descriptor, operation):
        if not swept:
            (litter,) = tmp_path.glob(".fmnist_fast-*")
            litter.unlink()
            swept.append(litter)
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    ff.write_idx(tmp_path / "x", images(9))
    assert len(swept) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert same(ff.read_idx(tmp_path / "x"), images(9))
