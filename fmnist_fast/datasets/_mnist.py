"""MNIST and KMNIST. The decoded files of KMNIST have no published sums."""

from __future__ import annotations

from ._model import Dataset, four_files

#: The class names of MNIST, and of all datasets whose classes are digits.
DIGITS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")

# fmt: off
_MNIST = {
    ("train", "images"): (
        9912422, "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    ("train", "labels"): (
        28881, "d53e105ee54ea40749a09fcbcd1e9432",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    ("t10k", "images"): (
        1648877, "9fb629c4189551a2d022fa330f9573f3",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    ("t10k", "labels"): (
        4542, "ec29112dd5afa0611ce80d1b7f02629c",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}

_KMNIST = {
    ("train", "images"): (
        18165135, "bdb82020997e1d708af4cf47b453dcf7",
        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4", None,
    ),
    ("train", "labels"): (
        29497, "e144d726b3acfaa3e44228e80efcd344",
        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17", None,
    ),
    ("t10k", "images"): (
        3041136, "5c965bf0a639b31b8f53240b1b52f4d7",
        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5", None,
    ),
    ("t10k", "labels"): (
        5120, "7320c461ea6c1c855c0b718fb2a4b134",
        "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c", None,
    ),
}
# fmt: on

MNIST = Dataset(
    name="mnist",
    title="MNIST",
    classes=DIGITS,
    splits=four_files("mnist", "MNIST", _MNIST),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://dataset.bj.bcebos.com/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ),
    homepage="http://yann.lecun.com/exdb/mnist/",
    license="none stated by its authors",
    mean=0.1307,
    std=0.3081,
    npz="mnist.npz",
)

KMNIST = Dataset(
    name="kmnist",
    title="KMNIST",
    classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    splits=four_files("kmnist", "KMNIST", _KMNIST),
    mirrors=(
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ),
    homepage="https://github.com/rois-codh/kmnist",
    license="CC BY-SA 4.0",
    mean=0.1918,
    std=0.3483,
    folders=("kuzushiji-mnist",),
)
