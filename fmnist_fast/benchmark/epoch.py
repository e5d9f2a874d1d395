"""The contest in one epoch of training batches: shuffled, gathered, normalized to float32, labels along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from ..batches import Batches
from .contest import REFERENCE, Contest, Way, normalized
from .decode import MEAN, STD
from .decoders import load
from .streams import Stream, content

BATCH = 128
Array = npt.NDArray[Any]
#: Starts an epoch over arrays of images and of labels.
Epoch = Callable[[], Iterator[tuple[Any, Any]]]
Loader = Callable[[Array, Array], Epoch]


def ours(images: Array, labels: Array, *, reuse: bool = True) -> Epoch:
    """Gather and normalize in one pass."""
    batches = Batches(
        images, labels, BATCH, shuffle=True, seed=1, normalize=(MEAN, STD), reuse=reuse, threads=1
    )
    return lambda: iter(batches)


def idiom(images: Array, labels: Array) -> Epoch:
    """Index, convert and compute, as people write it."""
    rng = np.random.default_rng(1)

    def epoch() -> Iterator[tuple[Array, Array]]:
        order = rng.permutation(len(images))
        for low in range(0, len(order), BATCH):
            rows = order[low : low + BATCH]
            yield (images[rows].astype(np.float32) / 255 - MEAN) / STD, labels[rows]

    return epoch


def tuned(images: Array, labels: Array) -> Epoch:
    """No fresh memory, and as few passes as NumPy can do it in."""
    rng = np.random.default_rng(1)
    flat = images.reshape(len(images), -1)
    pixels, floats = (np.empty((BATCH, flat.shape[1]), dtype) for dtype in (np.uint8, np.float32))
    classes = np.empty(BATCH, labels.dtype)
    scale, shift = np.float32(1 / (255 * STD)), np.float32(-MEAN / STD)

    def epoch() -> Iterator[tuple[Array, Array]]:
        order = rng.permutation(len(flat))
        for low in range(0, len(order), BATCH):
            rows = order[low : low + BATCH]
            x, y, part = floats[: len(rows)], classes[: len(rows)], pixels[: len(rows)]
            flat.take(rows, axis=0, out=part, mode="clip")
            np.multiply(part, scale, out=x, dtype=np.float32)
            x += shift
            labels.take(rows, out=y, mode="clip")
            yield x, y

    return epoch


def torch_indexing(images: Array, labels: Array) -> Epoch:
    """Tensors, a permutation, and rows of it as an index."""
    torch = load("torch")
    torch.set_num_threads(1)
    pixels, classes = torch.from_numpy(images.copy()), torch.from_numpy(labels.copy())

    def epoch() -> Iterator[tuple[Any, Any]]:
        for rows in torch.randperm(len(pixels)).split(BATCH):
            yield pixels[rows].float().div_(255).sub_(MEAN).div_(STD), classes[rows]

    return epoch


def data_loader(images: Array, labels: Array) -> Epoch:
    """`DataLoader` over a `TensorDataset`, in this process, normalizing each batch."""
    torch = load("torch")
    torch.set_num_threads(1)
    dataset = torch.utils.data.TensorDataset(torch.from_numpy(images.copy()), torch.from_numpy(labels.copy()))
    loader = torch.utils.data.DataLoader(dataset, batch_size=BATCH, shuffle=True)

    def epoch() -> Iterator[tuple[Any, Any]]:
        for x, y in loader:
            yield x.float().div_(255).sub_(MEAN).div_(STD), y

    return epoch


def drain(epoch: Epoch) -> Callable[[], None]:
    """Return a call that goes through one epoch."""

    def call() -> None:
        for _ in epoch():
            pass

    return call


def _way(loader: Loader, needs: str = "") -> Way:
    def make(stream: Stream) -> Callable[[], None]:
        return drain(loader(content(stream), (np.arange(stream.shape[0]) % 10).astype(np.uint8)))

    def proof(stream: Stream) -> Array:
        """Put the images of an epoch back in order, by numbers in place of labels."""
        images = content(stream)
        found = np.zeros(images.shape, np.float32)
        for x, y in loader(images, np.arange(len(images)))():
            found[np.asarray(y)] = np.asarray(x).reshape(-1, *images.shape[1:])
        return found

    return Way(make, needs, needs, proof=proof)


CONTESTS = (
    Contest(
        "epoch",
        f"One shuffled epoch of normalized batches of {BATCH}, on one thread",
        lambda lab: lab.images,
        {
            REFERENCE: _way(ours),
            "fmnist_fast, new arrays": _way(lambda images, labels: ours(images, labels, reuse=False)),
            "NumPy idiom": _way(idiom),
            "NumPy take(out=)": _way(tuned),
            "torch indexing": _way(torch_indexing, "torch"),
            "torch DataLoader": _way(data_loader, "torch"),
        },
        lambda stream, result: normalized(stream, result, MEAN, STD),
    ),
)
