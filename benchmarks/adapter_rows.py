"""Readers and data sources at work: each piece of work done by the original and by the adapter."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import adapter_originals as originals
import adapter_restated as restated
import numpy as np
from adapter_files import Files
from adapter_originals import adapter

import fmnist_fast as ff

Call = Callable[[], Any]
BATCH = 100


@dataclass(frozen=True)
class Row:
    """One adapter at work.

    Attributes
    ----------
    adapter, work : str
    ours, theirs : callable
        Do the work and return its result.
    owed, aim : float, optional
        Ratio of speed that is owed, and the one to aim for.
    """

    adapter: str
    work: str
    ours: Call
    theirs: Call
    owed: float | None = None
    aim: float | None = None


def reader_rows(files: Files) -> Iterator[Row]:
    """Yield the rows whose library is installed; say which are not."""
    makers = (_mnist_reader, _input_data, _idx2numpy, _mnist, _python_mnist, _mlxtend, _keras, _sklearn)
    yield from installed((*makers, _jax, _mlx, _tinygrad, _numcodecs), files)


def installed(makers: tuple[Callable[..., Iterator[Row]], ...], *arguments: Any) -> Iterator[Row]:
    """Yield the rows of each maker up to a library that is missing, which is named."""
    for make in makers:
        try:
            yield from make(*arguments)
        except (ImportError, RuntimeError) as error:
            print(f"{make.__name__.removeprefix('_')}: {error}", file=sys.stderr)


def _mnist_reader(files: Files) -> Iterator[Row]:
    calls = (lambda: ff.load_mnist(files.raw)), (lambda: restated.mnist_reader(files.raw))
    yield Row("mnist_reader", "load_mnist, .gz", *calls)


def _input_data(files: Files) -> Iterator[Row]:
    packed = files.root / "packed"
    packed.mkdir()
    for path in files.raw.glob("*.gz"):
        (packed / path.name).symlink_to(path)
    readers = adapter("input_data").read_data_sets, restated.read_data_sets
    size = len(files.parts["train"][0]) // 12

    def arrays(read: Callable[..., Any]) -> Any:
        sets = read(packed, validation_size=size, seed=3)
        return [
            part for data in (sets.train, sets.validation, sets.test) for part in (data.images, data.labels)
        ]

    yield Row("input_data", "read_data_sets, .gz", *(lambda read=read: arrays(read) for read in readers))
    trains = [read(packed, validation_size=size, seed=3).train for read in readers]
    batches = len(trains[0].images) // BATCH
    yield Row(
        *("input_data", f"epoch of next_batch({BATCH})"),
        *(lambda data=data: _kinds([data.next_batch(BATCH) for _ in range(batches)]) for data in trains),
    )


def _idx2numpy(files: Files) -> Iterator[Row]:
    both = adapter("idx2numpy"), importlib.import_module("idx2numpy")
    array = files.parts["train"][0]
    yield Row(
        *("idx2numpy", "convert_from_file, raw"),
        *(lambda library=library: library.convert_from_file(files.images) for library in both),
    )
    yield Row(
        *("idx2numpy", "convert_to_string"),
        *(lambda library=library: library.convert_to_string(array) for library in both),
    )


def _mnist(files: Files) -> Iterator[Row]:
    both = adapter("mnist"), originals.mnist()
    arguments = ("train-images-idx3-ubyte.gz", str(files.raw))
    yield Row(
        *("mnist", "train_images, .gz"),
        *(lambda library=library: library.download_and_parse_mnist_file(*arguments) for library in both),
    )


def _python_mnist(files: Files) -> Iterator[Row]:
    both = adapter("python_mnist").MNIST, importlib.import_module("mnist").MNIST
    for kind in ("numpy", "lists"):
        yield Row(
            *("python_mnist", f"load_training, {kind}"),
            *(
                lambda cls=cls, kind=kind: cls(str(files.raw), return_type=kind).load_training()
                for cls in both
            ),
        )


def _mlxtend(files: Files) -> Iterator[Row]:
    calls = adapter("mlxtend").loadlocal_mnist, importlib.import_module("mlxtend.data").loadlocal_mnist
    yield Row(
        *("mlxtend", "loadlocal_mnist, raw"),
        *(lambda call=call: call(files.images, files.labels) for call in calls),
    )


def _keras(files: Files) -> Iterator[Row]:
    theirs = originals.keras_from(files.raw).load_data
    yield Row("keras", "fashion_mnist.load_data", adapter("keras").fashion_mnist.load_data, theirs)


def _sklearn(files: Files) -> Iterator[Row]:
    write_cache = originals.of_tests("openml_cache").write_cache
    both = adapter("sklearn").fetch_openml, importlib.import_module("sklearn.datasets").fetch_openml
    whole = [np.concatenate(parts) for parts in zip(*files.parts.values(), strict=True)]
    options = {"data_home": write_cache(files.root, "Fashion-MNIST", 40996, *whole), "as_frame": False}
    yield Row(
        *("sklearn", "fetch_openml, cached, as_frame=False"),
        *(
            lambda call=call: tuple(
                call("Fashion-MNIST", version=1, **options)[key] for key in ("data", "target")
            )
            for call in both
        ),
    )


def _jax(files: Files) -> Iterator[Row]:
    ours = adapter("jax")
    for work, theirs in (("mnist_raw", restated.jax_mnist_raw), ("mnist", restated.jax_mnist)):
        yield Row(
            *("jax", f"{work}(fashion=True)"),
            lambda work=work: getattr(ours, work)(fashion=True),
            lambda theirs=theirs: theirs(files.raw),
        )


def _mlx(files: Files) -> Iterator[Row]:
    restated.mlx_save(files.raw)
    yield Row(
        *("mlx", "fashion_mnist, from the pickle it keeps"),
        adapter("mlx").fashion_mnist,
        lambda: restated.mlx_mnist(files.raw),
    )


def _tinygrad(files: Files) -> Iterator[Row]:
    os.environ.pop("PYTHON", None)  # tinygrad reads this name as the number of one of its devices
    both = adapter("tinygrad"), originals.tinygrad_from(files.raw)
    yield Row(
        *("tinygrad", "mnist(fashion=True), realized; its downloads unpacked"),
        *(
            lambda library=library: [tensor.numpy() for tensor in library.mnist(fashion=True)]
            for library in both
        ),
    )


def _numcodecs(files: Files) -> Iterator[Row]:
    ours, theirs = adapter("numcodecs").Idx(level=6), importlib.import_module("numcodecs").GZip(6)
    chunk = files.parts["train"][0][:10_000]
    packed = ours.encode(chunk), theirs.encode(chunk)
    yield Row(
        *("numcodecs", f"decode {len(chunk):,} images, beside GZip(6)"),
        lambda: bytes(ours.decode(packed[0]).data),
        lambda: bytes(theirs.decode(packed[1])),
    )
    yield Row(
        *("numcodecs", "decode(encode()) of the same, level 6"),
        lambda: bytes(ours.decode(ours.encode(chunk)).data),
        lambda: bytes(theirs.decode(theirs.encode(chunk))),
    )


def _kinds(batches: Any) -> Any:
    return [(str(part.dtype), part.shape) for batch in batches for part in batch]
