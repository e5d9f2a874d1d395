"""A download that stopped early must never pass for a file: every prefix of every file is refused as
truncated.

Some parallel readers returned success on 1,272 of 1,289 prefixes of one small file. Here the end has to be
proven: the last block, the checksum, the size, and the payload that the IDX header promised.
"""

from __future__ import annotations

import io
import lzma

import numpy as np
import pytest
from builders import BGZF_EOF, bgzf, gzip_header, gzip_member, gzip_trailer, idx_bytes, idx_gz, raw_deflate
from drive import drive, wrap_raw
from samples import array_of, images, noise, same, text
from vectors import RAW

import fmnist_fast as ff

IMAGES = images(5)
PLAIN = idx_bytes(IMAGES)
# name: (file, offsets at which a prefix is a complete file too)
FILES = {
    "dynamic": (gzip_member(PLAIN), set()),
    "stored": (gzip_member(PLAIN[:16] + PLAIN[16:], level=0), set()),
    "fixed": (gzip_member(PLAIN, raw=raw_deflate(PLAIN, strategy=4)), set()),
    "fields": (
        gzip_member(PLAIN, extra=b"abc" * 9, name=b"n" * 40, comment=b"c" * 40, header_crc=True),
        set(),
    ),
    "members": (gzip_member(PLAIN[:7]) + gzip_member(PLAIN[7:2000]) + gzip_member(PLAIN[2000:]), set()),
    "big-endian floats": (idx_gz(array_of("f8", (4, 30))), set()),
    "no items": (idx_gz(np.zeros((0, 28, 28), np.uint8)), set()),
    "xz": (lzma.compress(PLAIN, format=lzma.FORMAT_XZ), set()),
    "raw": (PLAIN, set()),
    "raw of rank 12": (idx_bytes(array_of("i2", (1, 2) * 6)), set()),
}
_member = gzip_member(PLAIN)
FILES["empty members behind"] = (
    _member + gzip_member(b"") * 2,
    {len(_member), len(_member) + len(gzip_member(b""))},
)
FILES["padding behind"] = (_member + bytes(20), set(range(len(_member), len(_member) + 20)))
FILES["bgzf"] = (bgzf(PLAIN, block=1000), {len(bgzf(PLAIN, block=1000)) - len(BGZF_EOF)})


@pytest.mark.parametrize("name", FILES)
def test_every_prefix(name):
    data, complete = FILES[name]
    whole = ff.read_idx(data)
    for cut in range(len(data)):
        if cut in complete:
            assert same(ff.read_idx(data[:cut]), whole)
            continue
        with pytest.raises(ff.TruncatedError):
            ff.read_idx(data[:cut])


@pytest.mark.parametrize("name", FILES)
def test_every_prefix_from_an_unseekable_stream(name, tmp_path):
    """Nothing may depend on knowing the size of the file."""
    data, complete = FILES[name]

    class Pipe(io.RawIOBase):
        def __init__(self, content: bytes) -> None:
            self.left = content

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            part, self.left = self.left[: len(buffer)][:97], self.left[97:]
            buffer[: len(part)] = part
            return len(part)

    for cut in range(0, len(data), 5 if len(data) > 500 else 1):
        if cut not in complete:
            with pytest.raises(ff.TruncatedError):
                ff.read_idx(Pipe(data[:cut]))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("trailing", ["error", "ignore"])
def test_every_prefix_into_out(name, trailing):
    """Tolerating what follows the data is no reason to tolerate that the data is missing."""
    data, complete = FILES[name]
    whole = ff.read_idx(data)
    out = np.empty_like(whole)
    for cut in range(0, len(data), 3):
        if cut not in complete:
            with pytest.raises(ff.TruncatedError):
                ff.read_idx(data[:cut], out=out, trailing=trailing)


@pytest.mark.parametrize(
    "vector", [v for v in RAW if v.verdict == "ok" and len(v.raw) < 9000], ids=lambda v: v.name
)
def test_every_prefix_of_the_vectors(backend, vector):
    data = wrap_raw(vector.raw)
    step = 1 + len(data) // 1500 + vector.detail // 5000  # fewer where each prefix is much work
    for cut in range(0, len(data), step):
        verdict = drive(backend, data[:cut], feed=None if cut % 2 else 64)
        assert verdict.kind == "truncated", cut
        assert verdict.offset <= cut


@pytest.mark.parametrize("backend_feed", [1, None])
def test_every_prefix_of_several_members(backend, backend_feed):
    parts = [gzip_member(text(300), name=b"a", header_crc=True), gzip_member(noise(99)), gzip_member(b"")]
    data = b"".join(parts)
    ends = {0: None, len(parts[0]): 1, len(parts[0]) + len(parts[1]): 2}
    for cut in range(len(data)):
        verdict = drive(backend, data[:cut], feed=backend_feed)
        if ends.get(cut):
            assert (verdict.kind, verdict.member) == ("ok", ends[cut])
        else:
            assert verdict.kind == "truncated", cut


def test_sampled_prefixes_of_a_larger_file(rng):
    array = images(600)
    data = idx_gz(array)
    cuts = {*range(200), *range(len(data) - 200, len(data)), *rng.integers(0, len(data), 150).tolist()}
    for cut in cuts:
        with pytest.raises(ff.TruncatedError):
            ff.read_idx(data[:cut])


def test_header_that_claims_more_than_a_sound_stream_holds():
    """Checksum and size are right; only the promise of the IDX header is not kept."""
    short = PLAIN[:-1]
    for data in (short, gzip_member(short), gzip_header() + raw_deflate(short) + gzip_trailer(short)):
        with pytest.raises(ff.TruncatedError) as info:
            ff.read_idx(data)
        assert str(len(PLAIN) - 16) in str(info.value) or f"{len(PLAIN) - 16:,}" in str(info.value)


def test_streaming_reader_never_ends_cleanly_on_a_prefix():
    data = FILES["dynamic"][0]
    for cut in range(0, len(data), 7):

        def read_all(part: bytes = data[:cut]) -> None:
            with ff.open_idx(part) as reader:
                for _ in reader.batches(2):
                    pass

        with pytest.raises(ff.TruncatedError):
            read_all()


@pytest.mark.parametrize("pack", [bytes, gzip_member, lzma.compress, bgzf])
def test_items_that_are_missing_are_not_normalized(pack):
    with pytest.raises(ff.TruncatedError):
        ff.decode_idx(pack(PLAIN[:-1000]), normalize=(0.5, 0.5))
