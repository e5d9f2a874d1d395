"""What adapters and originals raise for damaged files."""

from __future__ import annotations

import gzip
import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adapter_originals as originals
import adapter_restated as restated
from adapter_files import DAMAGE, IMAGES, LABELS, RAW, Files, damaged, load_from
from adapter_originals import adapter

import fmnist_fast as ff

Read = Callable[[Path], Any]
_RAW, _FETCHED = ("bad CRC",), ("missing",)
HEAD = f"| adapter | call | {' | '.join(DAMAGE)} |\n|---|---|{'---|' * len(DAMAGE)}"


@dataclass(frozen=True)
class Case:
    """A call that reads the files below a folder.

    Attributes
    ----------
    adapter, call : str
    ours, theirs : callable
        Given the folder.
    without : tuple of str, optional
        Kinds of damage that do not apply: a raw file has no CRC, and what is missing may be downloaded.
    """

    adapter: str
    call: str
    ours: Read
    theirs: Read
    without: tuple[str, ...] = ()


def error_lines(files: Files, only: list[str] | None) -> Iterator[str]:
    """Yield a line of the table for each call whose library is installed; say which are not."""
    roots = damaged(files)
    for make in (
        _restated,
        _idx2numpy,
        _mnist,
        _python_mnist,
        _mlxtend,
        _keras,
        _torchvision,
        _jax,
        _mlx,
        _tinygrad,
        _numcodecs,
    ):
        try:
            for case in make():
                if not only or case.adapter in only:
                    print(f"{case.adapter}: {case.call}, damaged files", file=sys.stderr)
                    cells = (_cell(case, kind, root) for kind, root in roots.items())
                    yield f"| {case.adapter} | {case.call} | {' | '.join(cells)} |"
        except (ImportError, RuntimeError) as error:
            print(f"{make.__name__.removeprefix('_')}: {error}", file=sys.stderr)


def _cell(case: Case, kind: str, root: Path) -> str:
    if kind in case.without:
        return "-"
    ff.load = load_from(root, verify=True)  # type: ignore
    return _relation(_raised(case.ours, root), _raised(case.theirs, root))


def _raised(read: Read, root: Path) -> Exception | None:
    try:
        read(root)
    except Exception as error:
        return error
    return None


def _relation(ours: Exception | None, theirs: Exception | None) -> str:
    """Say whether what catches the original's error catches ours."""
    if ours is None or theirs is None:
        return f"differs: {_name(theirs)}; ours {_name(ours)}" if ours or theirs else "neither raises"
    if _name(ours) == _name(theirs):
        return f"same: {_name(ours)}"
    if isinstance(ours, type(theirs)):
        return f"subclass: {_name(theirs)}; ours {_name(ours)}"
    builtin = next(cls for cls in type(theirs).__mro__ if cls.__module__ == "builtins")
    if builtin is not Exception and isinstance(ours, builtin):
        return f"same builtin {builtin.__name__}: {_name(theirs)}; ours {_name(ours)}"
    return f"differs: {_name(theirs)}; ours {_name(ours)}"


def _name(error: Exception | None) -> str:
    return "nothing" if error is None else type(error).__name__


def _restated() -> Iterator[Case]:
    yield Case(
        *("mnist_reader", "load_mnist, .gz"),
        lambda root: ff.load_mnist(root / RAW),
        lambda root: restated.mnist_reader(root / RAW),
    )
    options: dict[str, Any] = {"validation_size": 0, "source_url": Path("/nowhere").as_uri() + "/"}
    yield Case(
        *("input_data", "read_data_sets, .gz"),
        lambda root: adapter("input_data").read_data_sets(_packed_only(root), **options),
        lambda root: restated.read_data_sets(_packed_only(root), **options),
    )


def _packed_only(root: Path) -> Path:
    """Return a folder with the ``.gz`` files of another, where a call may look for raw ones too."""
    target = root / "packed"
    target.mkdir(exist_ok=True)
    for path in (root / RAW).glob("*.gz"):
        (target / path.name).write_bytes(path.read_bytes())
    return target


def _idx2numpy() -> Iterator[Case]:
    both = adapter("idx2numpy"), importlib.import_module("idx2numpy")
    yield Case(
        *("idx2numpy", "convert_from_file, raw"),
        *(lambda root, library=library: library.convert_from_file(_images(root)) for library in both),
        without=_RAW,
    )

    def from_object(library: Any, root: Path) -> Any:
        with gzip.open(f"{_images(root)}.gz") as file:
            return library.convert_from_file(file)

    yield Case(
        *("idx2numpy", "convert_from_file, open .gz"),
        *(lambda root, library=library: from_object(library, root) for library in both),
    )


def _mnist() -> Iterator[Case]:
    both = adapter("mnist"), originals.mnist()
    for library in both:
        library.datasets_url = Path("/nowhere").as_uri() + "/"
    yield Case(
        *("mnist", "download_and_parse_mnist_file, .gz"),
        *(
            lambda root, library=library: library.download_and_parse_mnist_file(
                f"{IMAGES}.gz", str(root / RAW)
            )
            for library in both
        ),
    )


def _python_mnist() -> Iterator[Case]:
    both = adapter("python_mnist").MNIST, importlib.import_module("mnist").MNIST
    for packed in (False, True):
        yield Case(
            *("python_mnist", f"load_training, {'.gz' if packed else 'raw'}"),
            *(
                lambda root, cls=cls, packed=packed: cls(
                    str(root / RAW), return_type="numpy", gz=packed
                ).load_training()
                for cls in both
            ),
            without=() if packed else _RAW,
        )


def _mlxtend() -> Iterator[Case]:
    library = importlib.import_module("mlxtend.data")
    yield Case(
        *("mlxtend", "loadlocal_mnist, raw"),
        *(
            lambda root, call=call: call(_images(root), str(root / RAW / LABELS))
            for call in (adapter("mlxtend").loadlocal_mnist, library.loadlocal_mnist)
        ),
        without=_RAW,
    )


def _keras() -> Iterator[Case]:
    yield Case(
        *("keras", "fashion_mnist.load_data, .gz"),
        lambda root: adapter("keras").fashion_mnist.load_data(),
        lambda root: originals.keras_from(root / RAW).load_data(),
        without=_FETCHED,
    )


def _torchvision() -> Iterator[Case]:
    theirs, ours = originals.torchvision().datasets, adapter("torchvision")
    yield Case(
        *("torchvision", "FashionMNIST(root), raw"),
        *(lambda root, cls=cls: cls(root) for cls in (ours.FashionMNIST, theirs.FashionMNIST)),
        without=_RAW,
    )


def _jax() -> Iterator[Case]:
    yield Case(
        *("jax", "mnist_raw(fashion=True), .gz"),
        lambda root: adapter("jax").mnist_raw(fashion=True),
        lambda root: restated.jax_mnist_raw(root / RAW),
        without=_FETCHED,
    )


def _mlx() -> Iterator[Case]:
    yield Case(
        *("mlx", "fashion_mnist, first call, .gz"),
        lambda root: adapter("mlx").fashion_mnist(),
        lambda root: restated.mlx_mnist(root / RAW),
        without=_FETCHED,
    )


def _tinygrad() -> Iterator[Case]:
    yield Case(
        *("tinygrad", "mnist(fashion=True), raw"),
        lambda root: _realized(adapter("tinygrad")),
        lambda root: _realized(originals.tinygrad_from(root / RAW)),
        without=(*_RAW, *_FETCHED),
    )


def _realized(library: Any) -> Any:
    return [tensor.numpy() for tensor in library.mnist(fashion=True)]


def _numcodecs() -> Iterator[Case]:
    both = adapter("numcodecs").Idx(), importlib.import_module("numcodecs").GZip(6)
    yield Case(
        *("numcodecs", "decode, beside GZip"),
        *(lambda root, codec=codec: codec.decode(Path(f"{_images(root)}.gz").read_bytes()) for codec in both),
        without=_FETCHED,
    )


def _images(root: Path) -> str:
    return str(root / RAW / IMAGES)
