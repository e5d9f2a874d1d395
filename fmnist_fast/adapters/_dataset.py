"""The `DataSet` of TensorFlow 1's ``input_data``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SEEDS = 2**31 - 1  # TensorFlow takes seeds modulo this
_FAKE = 10_000  # images that a fake set says it has
_SCALE = np.float32(1 / 255)


class DataSet:
    """Images and labels that are handed out a batch at a time, shuffled anew for each epoch.

    Parameters
    ----------
    images : ndarray, shape (n, rows, columns, depth)
    labels : ndarray, shape (n, ...)
    fake_data : bool
        Hold nothing: batches are lists of constants.
    one_hot : bool
        Of fake labels only.
    dtype : {float32, uint8}
        float32 images are multiplied by 1 / 255.
    reshape : bool
        Flatten the images to (n, rows * columns); their depth has to be 1.
    seed : int, optional
        NumPy's global generator is seeded with it, or from the system.

    Raises
    ------
    TypeError
        Another dtype.
    AssertionError
        Not as many images as labels, or a depth other than 1 where it has to be.
    """

    def __init__(
        self,
        images: NDArray[Any],
        labels: NDArray[Any],
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = np.float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        np.random.seed(None if seed is None else seed % _SEEDS)  # noqa: NPY002  (as there)
        wanted = np.dtype(getattr(dtype, "as_numpy_dtype", dtype))
        if wanted not in (np.dtype(np.uint8), np.dtype(np.float32)):
            raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
        self.one_hot = one_hot
        self._num_examples = _FAKE if fake_data else len(images)
        if not fake_data:
            if len(images) != len(labels):
                raise AssertionError(f"images.shape: {images.shape} labels.shape: {labels.shape}")
            if reshape:
                if images.shape[3] != 1:
                    raise AssertionError(f"depth 1 is expected to reshape images, not {images.shape[3]}")
                images = images.reshape(len(images), images.shape[1] * images.shape[2])
            if wanted == np.float32:
                images = np.multiply(images, _SCALE, dtype=np.float32)
        self._images, self._labels = images, labels
        self._epochs_completed = self._index_in_epoch = 0

    @property
    def images(self) -> NDArray[Any]:
        """The images, in the order of the current epoch."""
        return self._images

    @property
    def labels(self) -> NDArray[Any]:
        """The labels, in the order of the current epoch."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """The number of images."""
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        """The number of epochs that batches have gone beyond."""
        return self._epochs_completed

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[Any, Any]:
        """Return the next batch, which at the end of an epoch goes on with the next one.

        Parameters
        ----------
        batch_size : int
            At most the number of images; else the batch holds what is left of one epoch and all of the
            next.
        fake_data : bool
            Return lists of constants.
        shuffle : bool
            Shuffle at the start of an epoch.

        Returns
        -------
        images, labels : ndarray
            Views of the current order, or copies where the batch spans two epochs.
        """
        if fake_data:
            label: Any = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index_in_epoch
        if shuffle and start == 0 == self._epochs_completed:
            self._shuffle()
        self._index_in_epoch += batch_size
        if self._index_in_epoch <= self._num_examples:
            return self._rows(start, self._index_in_epoch)
        tail = self._rows(start, self._num_examples)
        self._epochs_completed += 1
        self._index_in_epoch -= self._num_examples
        if shuffle:
            self._shuffle()
        head = self._rows(0, self._index_in_epoch)
        images, labels = (np.concatenate(parts) for parts in zip(tail, head, strict=True))
        return images, labels

    def _rows(self, low: int, high: int) -> tuple[NDArray[Any], NDArray[Any]]:
        return self._images[low:high], self._labels[low:high]

    def _shuffle(self) -> None:
        order = np.arange(self._num_examples)
        np.random.shuffle(order)  # noqa: NPY002
        self._images, self._labels = self._images[order], self._labels[order]
