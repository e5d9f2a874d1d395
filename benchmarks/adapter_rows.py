"""What the adapters are measured on: each work done by the original and by the adapter, on the same files."""

from __future__ import annotations

import gzip
import importlib
import importlib.util
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import fmnist_fast as ff

Call = Callable[[], Any]
MEAN, STD, BATCH = 0.2860, 0.3530, 128


@dataclass(frozen=True)
class Row:
    """One adapter at work.

    Attributes
    ----------
    adapter, work : str
    ours, theirs : callable
        Do the work and return its result.
    broken : callable, optional
        Given True for ours, a call that reads a file which ends too early.
    owed, aim : float, optional
        Ratio of speed that is owed, and the one to aim for.
    """

    adapter: str
    work: str
    ours: Call
    theirs: Call
    broken: Callable[[bool], Any] | None = None
    owed: float | None = None
    aim: float | None = None


class Files:
    """The four files, raw and ``.gz``, where the readers look for them, and a pair that is cut short."""

    def __init__(self, source: str, scratch: str, count: int) -> None:
        self.root = Path(scratch)
        self.raw = self.root / "FashionMNIST" / "raw"
        self.cut = self.root / "cut"
        self.raw.mkdir(parents=True)
        self.cut.mkdir()
        self.parts = {}
        for kind in ("train", "t10k"):
            images, labels = ff.load_mnist(source, kind)
            images = images[:count].reshape(-1, 28, 28)
            self.parts[kind] = images, labels[:count]
            for name, array in ((f"{kind}-images-idx3-ubyte", images), (f"{kind}-labels-idx1-ubyte", labels)):
                for suffix in ("", ".gz"):
                    ff.write_idx(self.raw / (name + suffix), array[:count], level=6)
                data = (self.raw / name).read_bytes()[:-1]
                (self.cut / name).write_bytes(data)
                (self.cut / f"{name}.gz").write_bytes(gzip.compress(data, 1))
        self.images, self.labels = (
            self.raw / f"train-{name}-ubyte" for name in ("images-idx3", "labels-idx1")
        )

    def load(self, name: str = "fashion-mnist", split: str = "train") -> Any:
        """Stand in for `fmnist_fast.load`, which would ask for the published checksums."""
        kind = {"train": "train", "test": "t10k"}[split]
        images, labels = ff.load_mnist(self.raw, kind)
        return images.reshape(-1, 28, 28), labels


def rows(files: Files) -> Iterator[Row]:
    """Yield the rows whose library is installed; say which are not."""
    for make in (
        _mnist_reader,
        _idx2numpy,
        _mnist,
        _python_mnist,
        _mlxtend,
        _keras,
        _sklearn,
        _torchvision,
        _hugging,
    ):
        try:
            yield from make(files)
        except (ImportError, RuntimeError) as error:
            print(f"{make.__name__.removeprefix('_')}: {error}", file=sys.stderr)


def _mnist_reader(files: Files) -> Iterator[Row]:
    def theirs() -> Any:  # the file is not on PyPI; these are its steps
        with gzip.open(f"{files.labels}.gz") as file:
            labels = np.frombuffer(file.read(), np.uint8, offset=8)
        with gzip.open(f"{files.images}.gz") as file:
            return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784), labels

    yield Row("mnist_reader", "load_mnist, .gz", lambda: ff.load_mnist(files.raw), theirs)


def _idx2numpy(files: Files) -> Iterator[Row]:
    theirs, ours = (
        importlib.import_module("idx2numpy"),
        importlib.import_module("fmnist_fast.adapters.idx2numpy"),
    )
    both = {True: ours, False: theirs}
    path, cut, array = str(files.images), str(files.cut / files.images.name), files.parts["train"][0]
    yield Row(
        *("idx2numpy", "convert_from_file, raw"),
        *(lambda library=library: library.convert_from_file(path) for library in (ours, theirs)),
        broken=lambda mine: both[mine].convert_from_file(cut),
    )
    yield Row(
        *("idx2numpy", "convert_to_string"),
        *(lambda library=library: library.convert_to_string(array) for library in (ours, theirs)),
    )


def _mnist(files: Files) -> Iterator[Row]:
    folder = os.environ.get("FMNIST_FAST_TEST_PEERS")
    if not folder:
        raise ImportError("FMNIST_FAST_TEST_PEERS names no folder with this package")
    spec = importlib.util.spec_from_file_location("mnist", Path(folder, "mnist", "__init__.py"))
    assert spec is not None
    assert spec.loader is not None
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    ours = importlib.import_module("fmnist_fast.adapters.mnist")
    both: dict[bool, Any] = {True: ours, False: theirs}
    name = "train-images-idx3-ubyte.gz"
    yield Row(
        *("mnist", "train_images, .gz"),
        *(
            lambda library=library: library.download_and_parse_mnist_file(name, str(files.raw))
            for library in (ours, theirs)
        ),
        broken=lambda mine: both[mine].download_and_parse_mnist_file(name, str(files.cut)),
    )


def _python_mnist(files: Files) -> Iterator[Row]:
    theirs = importlib.import_module("mnist").MNIST
    ours = importlib.import_module("fmnist_fast.adapters.python_mnist").MNIST
    cut = str(files.cut)
    for kind in ("numpy", "lists"):
        yield Row(
            *("python_mnist", f"load_training, {kind}"),
            *(
                lambda cls=cls, kind=kind: cls(str(files.raw), return_type=kind).load_training()
                for cls in (ours, theirs)
            ),
            broken=lambda mine: (ours if mine else theirs)(cut, return_type="numpy").load_training(),
        )


def _mlxtend(files: Files) -> Iterator[Row]:
    theirs = importlib.import_module("mlxtend.data").loadlocal_mnist
    ours = importlib.import_module("fmnist_fast.adapters.mlxtend").loadlocal_mnist
    cut = [str(files.cut / path.name) for path in (files.images, files.labels)]
    yield Row(
        *("mlxtend", "loadlocal_mnist, raw"),
        *(lambda call=call: call(str(files.images), str(files.labels)) for call in (ours, theirs)),
        broken=lambda mine: (ours if mine else theirs)(*cut),
    )


def _keras(files: Files) -> Iterator[Row]:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    theirs = importlib.import_module("keras.src.datasets.fashion_mnist")
    theirs.get_file = lambda name, **_: str(files.raw / name)
    ours = importlib.import_module("fmnist_fast.adapters.keras").fashion_mnist
    ff.load = files.load
    yield Row("keras", "fashion_mnist.load_data", ours.load_data, theirs.load_data)


def _sklearn(files: Files) -> Iterator[Row]:
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    write_cache = importlib.import_module("openml_cache").write_cache
    theirs = importlib.import_module("sklearn.datasets").fetch_openml
    ours = importlib.import_module("fmnist_fast.adapters.sklearn").fetch_openml
    whole = [np.concatenate(parts) for parts in zip(*files.parts.values(), strict=True)]
    options = {"data_home": write_cache(files.root, "Fashion-MNIST", 40996, *whole), "as_frame": False}
    yield Row(
        *("sklearn", "fetch_openml, cached, as_frame=False"),
        *(
            lambda call=call: tuple(
                call("Fashion-MNIST", version=1, **options)[key] for key in ("data", "target")
            )
            for call in (ours, theirs)
        ),
    )


def _torchvision(files: Files) -> Iterator[Row]:
    torch = importlib.import_module("torch")
    sys.path.append(str(Path(__file__).parents[1] / "tests"))
    torchvision = importlib.import_module("peer_torchvision").import_torchvision()
    transforms = importlib.import_module("torchvision.transforms")
    ours = importlib.import_module("fmnist_fast.adapters.torchvision")
    loader = importlib.import_module("fmnist_fast.adapters.torch").loader
    theirs, stock = torchvision.datasets, torch.utils.data.DataLoader
    torch.set_num_threads(1)
    yield Row(
        *("torchvision", "FashionMNIST(root), raw"),
        *(lambda cls=cls: _pair(cls(files.root)) for cls in (ours.FashionMNIST, theirs.FashionMNIST)),
        broken=lambda mine: (ours if mine else theirs.mnist).read_image_file(files.cut / files.images.name),
    )
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((MEAN,), (STD,))])
    mine, other = (cls(files.root, transform=transform) for cls in (ours.FashionMNIST, theirs.FashionMNIST))
    yield Row(
        *("torchvision", "epoch in DataLoader, one line changed"),
        *(lambda data=data: _epoch(stock(data, BATCH, shuffle=True)) for data in (mine, other)),
    )
    yield Row(
        *("torch", "epoch of loader() against torchvision in DataLoader"),
        lambda: _epoch(loader(other, BATCH, shuffle=True, reuse=True)),
        lambda: _epoch(stock(other, BATCH, shuffle=True)),
        owed=50,
        aim=250,
    )
    tensors = torch.utils.data.TensorDataset(mine.data, mine.targets)
    yield Row(
        *("torch", "epoch of loader() against TensorDataset in DataLoader, uint8"),
        lambda: _epoch(loader((mine.data, mine.targets), BATCH, shuffle=True, reuse=True, shape=(28, 28))),
        lambda: _epoch(stock(tensors, BATCH, shuffle=True)),
    )


def _hugging(files: Files) -> Iterator[Row]:
    library = importlib.import_module("datasets")
    pillow = importlib.import_module("PIL.Image")
    ours = importlib.import_module("fmnist_fast.adapters.datasets").from_arrays
    images, labels = files.parts["t10k"]

    def theirs() -> Any:
        found = []
        for pixels in images:
            file = io.BytesIO()
            pillow.fromarray(pixels).save(file, "PNG")
            found.append({"bytes": file.getvalue(), "path": None})
        names = library.ClassLabel(names=[str(digit) for digit in range(10)])
        features = library.Features({"image": library.Image(), "label": names})
        return library.Dataset.from_dict({"image": found, "label": labels.tolist()}, features=features)

    yield Row("datasets", "make 10,000 rows", lambda: ours(images, labels), theirs)
    made = ours(images, labels), theirs()
    yield Row("datasets", "decode 10,000 rows", *(lambda rows=rows: sum(1 for _ in rows) for rows in made))


def _pair(dataset: Any) -> Any:
    return dataset.data, dataset.targets


def _epoch(batches: Any) -> Any:
    """Go through an epoch and return its last full batch's kind: dtypes and shapes."""
    first = None
    for batch in batches:
        first = first or [(str(part.dtype), tuple(part.shape)) for part in batch]
    return first


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for `Files` that goes with the process."""
    return tempfile.TemporaryDirectory(prefix="fmnist_fast-")
