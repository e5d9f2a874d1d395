"""Copies are found in every layout and spelling that libraries and people make, and told apart by content."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import zipfile

import numpy as np
import pytest
from builders import idx_bytes
from toy_datasets import ARRAYS, TOY, archive_of, arrays, describe, fill, zipped

import fmnist_fast as ff
from fmnist_fast.datasets import find, registry, verify

pytestmark = pytest.mark.usefixtures("isolated")
OTHER = describe("other", "Other-MNIST", arrays(2))


@pytest.fixture
def other_is_known(monkeypatch):
    """The registry knows the other dataset too."""
    monkeypatch.setattr(verify, "FILES", (*registry.FILES, *OTHER.files))
    for known in OTHER.files:
        for value in (known.sha256, known.md5, known.decoded_sha256):
            monkeypatch.setitem(registry._BY_SUM, value, known)


def check(split="train", **options):
    images, labels = ff.load(TOY, split, download=False, **options)
    half = "t10k" if split == "test" else split
    assert np.array_equal(images, ARRAYS[f"{half}-images-idx3-ubyte"])
    assert np.array_equal(labels, ARRAYS[f"{half}-labels-idx1-ubyte"])
    assert images.flags.writeable
    assert labels.flags.writeable


LAYOUTS = ["", "toy-mnist", "toy_mnist", "ToyMNIST/raw", "raw", "Toy-MNIST", "toymnist/gzip"]


@pytest.mark.parametrize("suffix", [".gz", "", ".xz"])
@pytest.mark.parametrize("dot", [False, True])
def test_names(tmp_path, suffix, dot):
    fill(tmp_path / "data", suffix=suffix, dot=dot)
    for split in ("train", "test", "t10k"):
        check(split, root=tmp_path / "data")


@pytest.mark.once
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("suffix", [".gz", ""])
def test_folders(tmp_path, layout, suffix):
    fill(tmp_path / "data" / layout, suffix=suffix)
    check(root=str(tmp_path / "data"))


@pytest.mark.once
@pytest.mark.parametrize(
    "folder",
    [".cache/fmnist_fast/toy-mnist", ".keras/datasets/toy-mnist", "scikit_learn_data/toy_mnist", "data"],
)
def test_places_without_root(isolated, folder):
    if os.name == "nt" and folder.startswith(".cache"):
        pytest.skip("the cache is elsewhere")
    fill(isolated / folder)
    check()


@pytest.mark.once
@pytest.mark.parametrize(
    ("variable", "inside"), [("FMNIST_FAST_DATA", ""), ("KERAS_HOME", "datasets"), ("SCIKIT_LEARN_DATA", "")]
)
def test_places_named_by_variables(tmp_path, monkeypatch, variable, inside):
    fill(tmp_path / "there" / inside / "toy-mnist")
    monkeypatch.setenv(variable, str(tmp_path / "there"))
    check()


@pytest.mark.once
def test_the_named_folder_comes_first(tmp_path, isolated, monkeypatch):
    fill(isolated / "data")
    fill(tmp_path / "mine")
    monkeypatch.setenv("FMNIST_FAST_DATA", str(tmp_path / "mine"))
    first = next(find.copies(TOY, TOY.files[0]))
    assert first.path == str(tmp_path / "mine" / TOY.files[0].name)
    assert (first.chosen, first.member) == (True, None)


@pytest.mark.once
def test_root_is_the_only_place(tmp_path, isolated):
    fill(isolated / "data")
    with pytest.raises(ff.DatasetError, match="are not on this machine") as caught:
        ff.load(TOY, root=tmp_path / "empty", download=False)
    assert str(tmp_path / "empty") in str(caught.value)
    assert str(isolated / "data") not in str(caught.value)


@pytest.mark.once
def test_variable_that_names_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("FMNIST_FAST_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(ff.DatasetError, match=r"FMNIST_FAST_DATA=.*nowhere is not a folder"):
        ff.load(TOY, download=False)


@pytest.mark.once
def test_keras_npz(isolated):
    folder = isolated / ".keras" / "datasets"
    folder.mkdir(parents=True)
    names = {
        "train-images": "x_train",
        "train-labels": "y_train",
        "t10k-images": "x_test",
        "t10k-labels": "y_test",
    }
    by_name = {names["-".join(stem.split("-")[:2])]: array for stem, array in ARRAYS.items()}
    np.savez(folder / "toy.npz", **by_name)
    check()
    check("test")
    np.savez(folder / "toy.npz", **{name: array[::-1] for name, array in by_name.items()})
    with pytest.raises(
        ff.DatasetError, match=r"(?s)refused: .*toy.npz:x_train: is not Toy-MNIST train images"
    ):
        ff.load(TOY, download=False)
    (folder / "toy.npz").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(ff.FormatError, match=r"toy.npz:x_train: cannot be read"):
        ff.load(TOY, download=False, root=folder)


@pytest.mark.once
@pytest.mark.parametrize("name", ["gzip.zip", "toy.zip"])
def test_archive(tmp_path, name):
    data = zipped({f"{stem}.gz": array for stem, array in ARRAYS.items()}, "gzip/")
    dataset = describe("toy-mnist", "Toy-MNIST", ARRAYS, archive=archive_of(data), folders=("toys",))
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys" / name).write_bytes(data)
    images, labels = ff.load(dataset, root=tmp_path, download=False)
    assert np.array_equal(images, ARRAYS["train-images-idx3-ubyte"])
    assert len(labels) == 12
    (tmp_path / "toys" / name).write_bytes(data[:-30])
    with pytest.raises(ff.FormatError, match=rf"{name}:gzip/train-images.*cannot be read"):
        ff.load(dataset, root=tmp_path, download=False)


@pytest.mark.once
@pytest.mark.parametrize(("at", "value"), [(6, 1), (8, 99)])  # flag of encryption, method of compression
def test_archive_that_zipfile_cannot_read(tmp_path, at, value):
    data = bytearray(zipped({f"{stem}.gz": array for stem, array in ARRAYS.items()}, "gzip/"))
    for signature, field in ((b"PK\3\4", at), (b"PK\1\2", at + 2)):
        place = data.find(signature)
        while place >= 0:
            data[place + field] = value
            place = data.find(signature, place + 1)
    dataset = describe("toy-mnist", "Toy-MNIST", ARRAYS, archive=archive_of(bytes(data)))
    (tmp_path / "gzip.zip").write_bytes(data)
    with pytest.raises(ff.FormatError, match=r"gzip\.zip:gzip/train-images.*cannot be read"):
        ff.load(dataset, root=tmp_path, download=False)


def npy(rows):
    """The header of an array with so many rows, and few of them."""
    file = io.BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": (rows, 28, 28)}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + bytes(784)


@pytest.mark.once
def test_npz_that_is_none_is_passed_over(isolated):
    """A single array under its name, and an archive whose header claims more than any memory has."""
    folder = isolated / "data"
    fill(isolated / "scikit_learn_data")
    folder.mkdir(exist_ok=True)
    (folder / "toy.npz").write_bytes(npy(1))
    check()
    with zipfile.ZipFile(folder / "toy.npz", "w") as archive:
        archive.writestr("x_train.npy", npy(1 << 40))
    check()
    with pytest.raises(ff.FormatError, match="x_train: cannot be read"):
        ff.load(TOY, root=folder, download=False)


@pytest.mark.once
@pytest.mark.parametrize("suffix", [".gz", "", ".xz"])
def test_another_known_dataset_is_refused(tmp_path, other_is_known, suffix):
    fill(tmp_path, arrays(2), suffix=suffix)
    with pytest.raises(ff.DatasetError, match="this is Other-MNIST train images, not Toy-MNIST train images"):
        ff.load(TOY, root=tmp_path)
    images, _ = ff.load(TOY, root=tmp_path, verify=False)
    assert np.array_equal(images, arrays(2)["train-images-idx3-ubyte"])


@pytest.mark.once
def test_the_right_copy_further_down_is_taken(tmp_path, other_is_known):
    fill(tmp_path, arrays(2))
    fill(tmp_path / "ToyMNIST" / "raw", suffix="")
    check(root=tmp_path)


@pytest.mark.once
def test_a_copy_that_cannot_be_read_is_passed_over(isolated, monkeypatch):
    """As another user's files may be; root may read everything, so that the refusal is made."""
    fill(isolated / "data")
    fill(isolated / "scikit_learn_data")
    read = find.Copy.read

    def refuse(copy, cache):
        if copy.path.startswith(str(isolated / "data")):
            raise PermissionError(13, "Permission denied", copy.path)
        return read(copy, cache)

    monkeypatch.setattr(find.Copy, "read", refuse)
    check()


@pytest.mark.once
def test_halves_exchanged(tmp_path):
    swapped = {stem: ARRAYS[stem.replace("train", "t10k")] for stem in ARRAYS if stem.startswith("train")}
    fill(tmp_path, swapped)
    with pytest.raises(ff.DatasetError, match="this is Toy-MNIST test images, not Toy-MNIST train images"):
        ff.load(TOY, root=tmp_path)


@pytest.mark.once
def test_unknown_content(tmp_path):
    fill(tmp_path, arrays(3))
    with pytest.raises(
        ff.DatasetError, match=r"train-images.*decoded content has the SHA-256 sum.*verify=False"
    ):
        ff.load(TOY, root=tmp_path)
    fill(tmp_path, {stem: array[:5] for stem, array in ARRAYS.items()})
    with pytest.raises(
        ff.DatasetError, match=r"holds uint8 \(5, 64, 64\), but Toy-MNIST train images are uint8 \(12"
    ):
        ff.load(TOY, root=tmp_path)
    assert ff.load(TOY, root=tmp_path, verify=False)[0].shape == (5, 64, 64)


def test_recompressed_copies_are_as_good(tmp_path):
    """Neither file has the published sum, both have the published content."""
    for stem, array in ARRAYS.items():
        data = idx_bytes(array)
        packed = lzma.compress(data) if "labels" in stem else gzip.compress(data, 1, mtime=77)
        (tmp_path / f"{stem}.gz").write_bytes(packed)
    check(root=tmp_path)


@pytest.mark.once
def test_nothing_is_cached_of_what_is_refused(tmp_path):
    fill(tmp_path, arrays(3))
    with pytest.raises(ff.DatasetError):
        ff.load(TOY, root=tmp_path)
    assert not list(tmp_path.glob("*.cache.*"))
    fill(tmp_path)
    check(root=tmp_path)
    assert len(list(tmp_path.glob("train-*.cache.idx"))) == 2


@pytest.mark.once
def test_real_labels(real_folder, tmp_path, monkeypatch):
    """The real label files are what the registry says, and not those of MNIST."""
    names = ["train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"]
    folder = next(
        (path.parent for path in real_folder.rglob(f"{names[0]}.gz") if path.stat().st_size == 29515), None
    )
    if folder is None:
        pytest.skip("no real label files there")
    monkeypatch.setenv("FMNIST_FAST_DATA", str(folder))
    for split, name in zip(("train", "test"), names, strict=True):
        known = registry.DATASETS["fashion-mnist"].splits[split].labels
        copy = next(find.copies(registry.DATASETS["fashion-mnist"], known))
        assert verify.identify_file(copy.path) is known
        array = copy.read(cache=False)
        assert verify.array_sum(array) == known.decoded_sha256
        plain = tmp_path / name
        plain.write_bytes(idx_bytes(array))
        assert verify.identify_file(plain) is None
    with pytest.raises(ff.DatasetError, match="this is Fashion-MNIST train labels, not MNIST train labels"):
        verify.check_file(str(folder / f"{names[0]}.gz"), *_labels("mnist", "train"))
    with pytest.raises(ff.DatasetError, match="this is Fashion-MNIST test labels, not KMNIST test labels"):
        verify.check_array(array, *_labels("kmnist", "test"), "file")


def _labels(name, split):
    dataset = registry.DATASETS[name]
    return dataset.splits[split].labels, dataset


@pytest.mark.once
@pytest.mark.parametrize(("name", "member"), [("x.gz", None), ("x.zip", "x.gz"), ("x.npz", "x_train")])
def test_a_copy_that_is_gone(tmp_path, name, member):
    """Between looking and reading: an error of the system, not one about what is in it."""
    with pytest.raises(FileNotFoundError):
        find.Copy(str(tmp_path / name), member, True).read(False)
