"""QMNIST: MNIST made again from NIST's forms, with the lost test images and where each digit came from.

A label is a row of eight int32 numbers: class, NIST series, writer, number of the digit among the writer's,
NIST class code, number among all digits of NIST, number of the digit that it duplicates, and zero.
Of its files only the MD5 sums are published.
"""

from __future__ import annotations

from ._mnist import DIGITS
from ._model import Dataset, KnownFile, Split

COLUMNS = 8


def _pair(split: str, stem: str, suffix: str, count: int, images_md5: str, labels_md5: str) -> Split:
    def known(kind: str, name: str, shape: tuple[int, ...], dtype: str, md5: str) -> KnownFile:
        return KnownFile(
            dataset="qmnist", title="QMNIST", split=split, kind=kind, name=f"{stem}-{kind}-{name}.{suffix}",
            shape=shape, dtype=dtype, md5=md5,
        )  # fmt: skip

    return Split(
        known("images", "idx3-ubyte", (count, 28, 28), "uint8", images_md5),
        known("labels", "idx2-int", (count, COLUMNS), "int32", labels_md5),
    )


_TRAIN = _pair(
    "train", "qmnist-train", "gz", 60_000,
    "ed72d4157d28c017586c42bc6afe6370", "0058f8dd561b90ffdd0f734c6a30e5e4",
)  # fmt: skip
_TEST = _pair(
    "test", "qmnist-test", "gz", 60_000,
    "1394631089c404de565df7b7aeaf9412", "5b5b05890a5e13444e108efe57b788aa",
)  # fmt: skip
_NIST = _pair(
    "nist", "xnist", "xz", 402_953,
    "7f124b3b8ab81486c9d8c2749c17f834", "5ed0e788978e45d4a8bd4b7caec3d79d",
)  # fmt: skip

QMNIST = Dataset(
    name="qmnist",
    title="QMNIST",
    classes=DIGITS,
    splits={
        "train": _TRAIN,
        "test": _TEST,
        "test10k": Split(_TEST.images, _TEST.labels, 0, 10_000),
        "test50k": Split(_TEST.images, _TEST.labels, 10_000),
        "nist": _NIST,
    },
    mirrors=("https://raw.githubusercontent.com/facebookresearch/qmnist/master/",),
    homepage="https://github.com/facebookresearch/qmnist",
    license="BSD 3-Clause, copyright (c) Facebook, Inc. and its affiliates",
    notes="three digits of the split nist are duplicates of others; column 6 of the labels names them",
)
