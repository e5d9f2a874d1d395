"""What can be known about a published dataset: its files, their sums, and what the pictures show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Published:
    """A file on the web; see `KnownFile` and `Archive`."""

    name: str
    title: str
    size: int | None = None
    md5: str | None = None
    sha256: str | None = None

    @property
    def checksum(self) -> str | None:
        """The best sum that is known of the published file, as ``"sha256:..."`` or ``"md5:..."``."""
        if self.sha256:
            return f"sha256:{self.sha256}"
        return f"md5:{self.md5}" if self.md5 else None


@dataclass(frozen=True, kw_only=True)
class KnownFile(Published):
    """One published IDX file.

    Attributes
    ----------
    dataset : str
        Registry name of the dataset, such as ``"fashion-mnist"``.
    title : str
        The dataset as people write it, such as ``"Fashion-MNIST"``.
    split, kind : str
        As in the file's name, ``"train"`` or ``"t10k"``; and ``"images"`` or ``"labels"``.
    name : str
        File name as published, with its suffix ``.gz`` or ``.xz``.
    shape : tuple of int
        Shape of the array in the file.
    dtype : str
        Its element type.
    size : int or None
        Bytes of the published file; None where no source gives it.
    md5, sha256 : str or None
        Checksums of the published file, in hexadecimal; None where no source gives them.
    decoded_sha256 : str or None
        Checksum of the decoded file, IDX header included: what raw and recompressed copies have in common.
    """

    dataset: str
    split: str
    kind: str
    shape: tuple[int, ...]
    dtype: str = "uint8"
    decoded_sha256: str | None = None

    def __str__(self) -> str:
        """Return what a person would call the file, such as "Fashion-MNIST train labels"."""
        return f"{self.title} {'test' if self.split == 't10k' else self.split} {self.kind}"

    @property
    def stem(self) -> str:
        """File name without the suffix of its compression."""
        return self.name.rpartition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Archive(Published):
    """A published zip archive that holds the files of a dataset.

    Attributes
    ----------
    title : str
        For messages.
    name : str
        File name as published.
    aliases : tuple of str
        Other names that programs save it under.
    folder : str
        Where in the archive the files lie.
    size, md5, sha256
        Bytes and checksums of the archive.
    """

    aliases: tuple[str, ...] = ()
    folder: str = ""

    def __str__(self) -> str:
        """Return the title."""
        return self.title


@dataclass(frozen=True)
class Split:
    """Images and labels that are loaded together: two files, or the rows from `start` to `stop` of them."""

    images: KnownFile
    labels: KnownFile
    start: int = 0
    stop: int | None = None

    @property
    def rows(self) -> slice:
        """The rows of the files that belong to the split."""
        return slice(self.start, self.stop)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(range(self.images.shape[0])[self.rows])


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A published dataset.

    Attributes
    ----------
    name, title : str
        Registry name, and the name as people write it.
    classes : tuple of str
        Class names in the order of the labels.
    splits : mapping of str to Split
        By name.
    mirrors : tuple of str
        Folders on the web that hold the files, each ending with a slash; HTTPS first.
    homepage, license : str
        Where it is described, and what its authors say about its use.
    mean, std : float or None
        Of the pixels of the training images, scaled to 0..1; None where no source gives them.
    first_label : int
        Label of ``classes[0]``.
    transposed : bool
        The files hold each image with rows and columns exchanged.
    archive : Archive, optional
        The mirrors hold this archive instead of the files.
    npz : str, optional
        File name under which Keras keeps all four arrays.
    folders : tuple of str
        Names of folders that it is kept in, besides its name and title; case, ``-`` and ``_`` do not count.
    duplicates : mapping of str to tuple of (int, int)
        Published pairs of identical images within a split, by its name.
    notes : str
        Known flaws, with their source.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    splits: Mapping[str, Split]
    mirrors: tuple[str, ...]
    homepage: str
    license: str
    mean: float | None = None
    std: float | None = None
    first_label: int = 0
    transposed: bool = False
    archive: Archive | None = None
    npz: str | None = None
    folders: tuple[str, ...] = ()
    duplicates: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    notes: str = ""

    @property
    def files(self) -> tuple[KnownFile, ...]:
        """All files, each once."""
        both = (file for split in self.splits.values() for file in (split.images, split.labels))
        return tuple(dict.fromkeys(both))


def four_files(
    dataset: str, title: str, rows: Mapping[tuple[str, str], tuple[int, str, str, str | None]]
) -> dict[str, Split]:
    """Return the splits of a dataset that has MNIST's four files and shapes.

    `rows` maps ``("train" or "t10k", "images" or "labels")`` to size, MD5, SHA-256 and the SHA-256 of the
    decoded file.
    """

    def known(split: str, kind: str) -> KnownFile:
        size, md5, sha256, decoded = rows[split, kind]
        count = 60_000 if split == "train" else 10_000
        rank, shape = (3, (count, 28, 28)) if kind == "images" else (1, (count,))
        return KnownFile(
            dataset=dataset, title=title, split=split, kind=kind, name=f"{split}-{kind}-idx{rank}-ubyte.gz",
            shape=shape, size=size, md5=md5, sha256=sha256, decoded_sha256=decoded,
        )  # fmt: skip

    parts = {"train": "train", "test": "t10k"}
    return {name: Split(known(part, "images"), known(part, "labels")) for name, part in parts.items()}
