"""What is known about the files of published datasets: names, sizes, checksums and class names.

A file is recognized by its content, never by its name: the four names are the same for all three datasets,
and a folder of digits that is taken for Fashion-MNIST trains without a complaint.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Class names of Fashion-MNIST; the index is the label.
FASHION_MNIST_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

#: Mean and standard deviation of the training images of Fashion-MNIST, with pixels from 0 to 1.
FASHION_MNIST_MEAN, FASHION_MNIST_STD = 0.2860, 0.3530

#: First part of the file names of every dataset here.
SPLITS = ("train", "t10k")


@dataclass(frozen=True)
class KnownFile:
    """One published ``.gz`` file.

    Attributes
    ----------
    dataset : str
        Registry name of the dataset, such as ``"fashion-mnist"``.
    title : str
        The dataset as people write it, such as ``"Fashion-MNIST"``.
    split, kind : str
        ``"train"`` or ``"t10k"``, and ``"images"`` or ``"labels"``.
    size : int
        Bytes of the ``.gz`` file.
    md5, sha256 : str
        Checksums of the ``.gz`` file, in hexadecimal.
    """

    dataset: str
    title: str
    split: str
    kind: str
    size: int
    md5: str
    sha256: str

    @property
    def name(self) -> str:
        """Canonical file name."""
        return f"{self.split}-{self.kind}-idx{3 if self.kind == 'images' else 1}-ubyte.gz"

    def __str__(self) -> str:
        """Return what a person would call the file, such as "Fashion-MNIST train labels"."""
        return f"{self.title} {'test' if self.split == 't10k' else self.split} {self.kind}"


def _dataset(dataset: str, title: str, *rows: tuple[str, str, int, str, str]) -> list[KnownFile]:
    return [KnownFile(dataset, title, *row) for row in rows]


# fmt: off
#: Every known file. The MD5 sums are those published with the datasets; the SHA-256 sums and sizes are those
#: that TensorFlow Datasets checks its downloads against.
FILES: tuple[KnownFile, ...] = (
    *_dataset(
        "fashion-mnist", "Fashion-MNIST",
        ("train", "images", 26421880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
         "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        ("train", "labels", 29515, "25c81989df183df01b3e8a0aad5dffbe",
         "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        ("t10k", "images", 4422102, "bef4ecab320f06d8554ea6380940ec79",
         "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        ("t10k", "labels", 5148, "bb300cfdad3c16e7a12a480ee83cd310",
         "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ),
    *_dataset(
        "mnist", "MNIST",
        ("train", "images", 9912422, "f68b3c2dcbeaaa9fbdd348bbdeb94873",
         "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        ("train", "labels", 28881, "d53e105ee54ea40749a09fcbcd1e9432",
         "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        ("t10k", "images", 1648877, "9fb629c4189551a2d022fa330f9573f3",
         "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        ("t10k", "labels", 4542, "ec29112dd5afa0611ce80d1b7f02629c",
         "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ),
    *_dataset(
        "kmnist", "KMNIST",
        ("train", "images", 18165135, "bdb82020997e1d708af4cf47b453dcf7",
         "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
        ("train", "labels", 29497, "e144d726b3acfaa3e44228e80efcd344",
         "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
        ("t10k", "images", 3041136, "5c965bf0a639b31b8f53240b1b52f4d7",
         "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
        ("t10k", "labels", 5120, "7320c461ea6c1c855c0b718fb2a4b134",
         "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ),
)
# fmt: on

_BY_SHA256 = {known.sha256: known for known in FILES}


def identify(sha256: str) -> KnownFile | None:
    """Return the known file with this SHA-256 sum of its ``.gz`` bytes, or None."""
    return _BY_SHA256.get(sha256.lower())
