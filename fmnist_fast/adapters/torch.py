"""PyTorch 2.13: a map-style `Dataset` that fetches batches whole, and `loader` in place of `DataLoader`.

A `DataLoader` asks a dataset for one sample after the other and stacks them. `Dataset` has the method
``__getitems__`` by which it asks for a batch at once, and its batches need no stacking::

    DataLoader(dataset, batch_size=128, shuffle=True, collate_fn=dataset.collate)

`loader` leaves `DataLoader` out altogether: its batches come from `fmnist_fast.Batches`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._extras import optional
from ..batches import Batches
from ._samples import Samples

torch = optional("torch", "PyTorch", "torch", "fmnist_fast.adapters.torch")
optional("torch.utils.data", "PyTorch", "torch", "fmnist_fast.adapters.torch")

__all__ = ("Dataset", "Loader", "loader")


class Dataset(Samples, torch.utils.data.Dataset):  # type: ignore
    """Images and labels in memory, for `torch.utils.data.DataLoader` and for `loader`.

    A sample is ``(tensor, int)``, or the tensor alone where there are no labels. A batch is
    ``(tensor, tensor of int64)``, or the first alone.

    Parameters
    ----------
    images : array_like, shape (n, ...)
        As for `fmnist_fast.Batches`; a tensor on the CPU will do.
    labels : array_like of int, shape (n,), optional
    normalize : (mean, std), optional
    dtype : dtype, optional
        A NumPy dtype. Without ``normalize`` and ``dtype`` items stay as they are.
    shape : int or tuple of int, optional
        Of an image; default ``(1, rows, columns)`` for images of rank 2, else as they are.

    Raises
    ------
    MismatchError
        Not as many labels as images.
    FormatError, ValueError
        See `fmnist_fast.Batches`.
    """

    def _usual_shape(self, row: tuple[int, ...]) -> tuple[int, ...]:
        return (1, *row) if len(row) == 2 else row

    def __getitem__(self, index: int) -> Any:
        """Return a sample; negative numbers count from the end."""
        images, labels = self._take([range(len(self))[index]])
        image = torch.from_numpy(images[0])
        return image if labels is None else (image, int(labels[0]))

    def __getitems__(self, indices: Sequence[int]) -> Any:
        """Return a batch, already put together; numbers as in ``__getitem__``."""
        rows = np.asarray(indices, np.int64)
        images, labels = self._take(rows + len(self) * (rows < 0))
        tensor = torch.from_numpy(images)
        return tensor if labels is None else (tensor, torch.from_numpy(labels))

    @staticmethod
    def collate(batch: Any) -> Any:
        """Return a batch of ``__getitems__`` as it is: the ``collate_fn`` for `DataLoader`."""
        return batch


class Loader:
    """Epochs of batches as tensors; made by `loader`.

    Attributes
    ----------
    dataset
        What the batches are from.
    batches : Batches
        What makes them.
    """

    def __init__(self, dataset: Any, batches: Batches, pin_memory: bool, device: Any) -> None:
        self.dataset, self.batches = dataset, batches
        self._pin, self._device = pin_memory, None if device is None else torch.device(device)

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return len(self.batches)

    def __iter__(self) -> Iterator[Any]:
        """Begin the next epoch."""
        return map(self._placed, self.batches)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that comes next, see `fmnist_fast.Batches.set_epoch`."""
        self.batches.set_epoch(epoch)

    def state_dict(self) -> dict[str, Any]:
        """Return where the current epoch is, see `fmnist_fast.Batches.state_dict`."""
        return dict(self.batches.state_dict())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state_dict` was called, see `fmnist_fast.Batches.load_state_dict`."""
        self.batches.load_state_dict(state)

    def _placed(self, batch: Any) -> Any:
        return tuple(map(self._tensor, batch)) if isinstance(batch, tuple) else self._tensor(batch)

    def _tensor(self, array: NDArray[Any]) -> Any:
        tensor = torch.from_numpy(array)
        if self._pin:
            tensor = tensor.pin_memory()
        return tensor if self._device is None else tensor.to(self._device, non_blocking=self._pin)


def loader(
    dataset: Any,
    batch_size: int = 1,
    shuffle: bool = False,
    *,
    drop_last: bool = False,
    pin_memory: bool = False,
    device: Any = None,
    reuse: bool = False,
    **options: Any,
) -> Loader:
    """Iterate over batches of tensors, each epoch anew: a `DataLoader` for data in memory.

    There are no worker processes, and none are missed: a batch is one pass over memory.

    Parameters
    ----------
    dataset : Dataset, or (images, labels), or one of torchvision's five
        Of the last, ``data`` and ``targets`` are used, and the transform, which has to be none,
        ``ToTensor()``, or that followed by ``Normalize``. `fmnist_fast.normalize` does the same, and can
        differ from it in the last bits, as it multiplies where torchvision divides.
    batch_size : int, default 1
    shuffle : bool, default False
    drop_last : bool, default False
        Leave out the last batch if it is short.
    pin_memory : bool, default False
        Yield tensors in page-locked memory; copies to ``device`` then do not block. Without an accelerator
        this is a warning, as with `DataLoader`.
    device : torch.device or str, optional
        Where the tensors go.
    reuse : bool, default False
        A batch holds only until the next but one is asked for, which is faster; see `fmnist_fast.Batches`.
        Batches that are pinned or copied to another device are not affected.
    **options
        Further keywords of `fmnist_fast.Batches`: ``seed``, ``shard``, ``normalize`` and the like.

    Returns
    -------
    Loader
        Yields ``(images, labels)``, or images alone where there are no labels; labels are int64.

    Raises
    ------
    TypeError
        A dataset of another kind, or one with another transform.
    MismatchError, FormatError, ValueError
        See `fmnist_fast.Batches`.
    """
    images, labels, settings = _parts(dataset)
    if pin_memory and not torch.accelerator.is_available():
        warnings.warn("pin_memory is set, but there is no accelerator: not pinned", stacklevel=2)
        pin_memory = False
    moved = pin_memory or (device is not None and torch.device(device).type != "cpu")
    options = settings | options
    batches = Batches(
        images, labels, batch_size, shuffle=shuffle, drop_last=drop_last, reuse=reuse or moved, **options
    )
    return Loader(dataset, batches, pin_memory, device)


def _parts(dataset: Any) -> tuple[Any, Any, dict[str, Any]]:
    """Return images, labels, and what `Batches` has to do with the images."""
    if isinstance(dataset, Dataset):
        names = ("normalize", "dtype", "shape")
        return dataset.images, dataset.labels, {name: getattr(dataset, name) for name in names}
    if isinstance(dataset, tuple | list) and len(dataset) == 2:
        return _parts(Dataset(*dataset))
    if not (hasattr(dataset, "data") and isinstance(getattr(dataset, "targets", None), torch.Tensor)):
        kind = type(dataset).__name__
        raise TypeError(f"expected a Dataset, (images, labels), or a dataset of torchvision, found {kind}")
    from ._pixelwise import affine

    plain = Dataset(dataset.data, _targets(dataset), **affine(dataset.transform))
    if dataset.target_transform is not None:
        raise TypeError("loader() does not apply a target_transform; pass (images, labels)")
    return _parts(plain)


def _targets(dataset: Any) -> Any:
    """Return the classes; QMNIST's targets have them in their first column."""
    return dataset.targets[:, 0] if dataset.targets.ndim == 2 else dataset.targets
