"""EMNIST: letters and digits from NIST's forms, in six ways to choose and merge classes, in one zip archive.

The files hold every image with rows and columns exchanged. Only the archive has published sums.
"""

from __future__ import annotations

from ._mnist import DIGITS
from ._model import Archive, Dataset, KnownFile, Split

_UPPER = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LOWER = tuple("abcdefghijklmnopqrstuvwxyz")
_MERGED = (*DIGITS, *_UPPER, *"abdefghnqrt")  # the other small letters look like their capitals

_ARCHIVE = Archive(
    title="EMNIST archive",
    name="gzip.zip",
    aliases=("emnist.zip",),
    folder="gzip/",
    size=561753746,
    md5="58c8d27c78d21e728a6bc7b3cc06412e",
    sha256="fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
)


def _emnist(
    way: str,
    train: int,
    test: int,
    classes: tuple[str, ...],
    mean: float | None = None,
    std: float | None = None,
    first_label: int = 0,
) -> Dataset:
    name, title = f"emnist-{way}", f"EMNIST {way}"

    def known(split: str, kind: str, rank: int, shape: tuple[int, ...]) -> KnownFile:
        return KnownFile(
            dataset=name, title=title, split=split, kind=kind,
            name=f"{name}-{split}-{kind}-idx{rank}-ubyte.gz", shape=shape,
        )  # fmt: skip

    return Dataset(
        name=name,
        title=title,
        classes=classes,
        splits={
            split: Split(known(split, "images", 3, (count, 28, 28)), known(split, "labels", 1, (count,)))
            for split, count in (("train", train), ("test", test))
        },
        mirrors=("https://biometrics.nist.gov/cs_links/EMNIST/",),
        homepage="https://www.nist.gov/itl/products-and-services/emnist-dataset",
        license="none stated; made from NIST Special Database 19",
        mean=mean,
        std=std,
        first_label=first_label,
        transposed=True,
        archive=_ARCHIVE,
        folders=("emnist",),
    )


EMNIST = (
    _emnist("byclass", 697_932, 116_323, (*DIGITS, *_UPPER, *_LOWER)),
    _emnist("bymerge", 697_932, 116_323, _MERGED),
    _emnist("balanced", 112_800, 18_800, _MERGED, mean=0.1751, std=0.3332),
    _emnist("letters", 124_800, 20_800, _LOWER, first_label=1),
    _emnist("digits", 240_000, 40_000, DIGITS),
    _emnist("mnist", 60_000, 10_000, DIGITS),
)
