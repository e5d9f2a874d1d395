"""Training loops at work: an epoch through the original and through the adapter."""

from __future__ import annotations

import copy
import importlib
import io
from collections.abc import Iterator
from typing import Any

import adapter_originals as originals
import numpy as np
from adapter_files import Files
from adapter_originals import adapter
from adapter_rows import Row, installed

MEAN, STD, BATCH = 0.2860, 0.3530, 128


def training_rows(files: Files, whole: tuple[Any, Any]) -> Iterator[Row]:
    """Yield the rows whose library is installed; say which are not.

    `whole` holds more images and labels, for the one row that is owed on the size of a dataset.
    """
    yield from installed((_torchvision, _grain, _hugging), files)
    yield from installed((_whole,), files, whole)


def _torchvision(files: Files) -> Iterator[Row]:
    ours, theirs, stock = _torch_classes()
    yield Row(
        *("torchvision", "FashionMNIST(root), raw"),
        *(lambda cls=cls: _pair(cls(files.root)) for cls in (ours, theirs)),
    )
    mine, other = (cls(files.root, transform=_transform()) for cls in (ours, theirs))
    yield Row(
        *("torchvision", "epoch in DataLoader, one line changed"),
        *(lambda data=data: _epoch(stock(data, BATCH, shuffle=True)) for data in (mine, other)),
    )
    yield _loader_row(other, stock)
    tensors = importlib.import_module("torch").utils.data.TensorDataset(mine.data, mine.targets)
    loader, arrays = adapter("torch").loader, (mine.data, mine.targets)
    yield Row(
        *("torch", "epoch of loader() against TensorDataset in DataLoader, uint8"),
        lambda: _epoch(loader(arrays, BATCH, shuffle=True, reuse=True, shape=(28, 28))),
        lambda: _epoch(stock(tensors, BATCH, shuffle=True)),
    )


def _whole(files: Files, whole: tuple[Any, Any]) -> Iterator[Row]:
    """Yield the row that is owed, with as many images as a dataset has."""
    torch = importlib.import_module("torch")
    _, theirs, stock = _torch_classes()
    data = copy.copy(theirs(files.root, transform=_transform()))
    data.data, data.targets = torch.from_numpy(whole[0]), torch.from_numpy(whole[1]).long()
    yield _loader_row(data, stock)


def _loader_row(data: Any, stock: Any) -> Row:
    loader = adapter("torch").loader
    return Row(
        *("torch", f"epoch of loader() against torchvision in DataLoader, {len(data):,} images"),
        lambda: _epoch(loader(data, BATCH, shuffle=True, reuse=True)),
        lambda: _epoch(stock(data, BATCH, shuffle=True)),
        owed=50,
        aim=250,
    )


def _torch_classes() -> tuple[Any, Any, Any]:
    """Return our class, torchvision's, and PyTorch's `DataLoader`, on one thread."""
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    theirs = originals.torchvision().datasets.FashionMNIST
    return adapter("torchvision").FashionMNIST, theirs, torch.utils.data.DataLoader


def _transform() -> Any:
    transforms = importlib.import_module("torchvision.transforms")
    return transforms.Compose([transforms.ToTensor(), transforms.Normalize((MEAN,), (STD,))])


class _ByElement:
    """The data source that Grain's users write: an image is scaled when it is asked for."""

    def __init__(self, images: Any, labels: Any) -> None:
        self.images, self.labels = images, labels

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, key: int) -> Any:
        image = (self.images[key].astype(np.float32) / np.float32(255) - np.float32(MEAN)) / np.float32(STD)
        return {"image": image[..., np.newaxis], "label": np.int64(self.labels[key])}


def _grain(files: Files) -> Iterator[Row]:
    grain = importlib.import_module("grain")
    arrays = files.parts["train"]
    ours = adapter("grain").DataSource(*arrays, normalize=(MEAN, STD), shape=(28, 28, 1))

    def epoch(source: Any) -> Any:
        batches = grain.MapDataset.source(source).shuffle(seed=3).batch(BATCH).to_iter_dataset()
        return _epoch(batch.values() for batch in batches)

    yield Row(
        *("grain", "epoch of MapDataset, against a source in NumPy"),
        *(lambda source=source: epoch(source) for source in (ours, _ByElement(*arrays))),
    )


def _hugging(files: Files) -> Iterator[Row]:
    library = importlib.import_module("datasets")
    pillow = importlib.import_module("PIL.Image")
    ours = adapter("datasets").from_arrays
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

    yield Row("datasets", f"make {len(images):,} rows", lambda: ours(images, labels), theirs)
    made = ours(images, labels), theirs()
    work = f"decode {len(images):,} rows"
    yield Row("datasets", work, *(lambda rows=rows: sum(1 for _ in rows) for rows in made))


def _pair(dataset: Any) -> Any:
    return dataset.data, dataset.targets


def _epoch(batches: Any) -> Any:
    """Go through an epoch and return its first batch's kind: dtypes and shapes."""
    first = None
    for batch in batches:
        first = first or [(str(part.dtype), tuple(part.shape)) for part in batch]
    return first
