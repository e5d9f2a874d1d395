"""Formats that `fmnist-fast decode` writes; each function fills one open binary file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from .._extras import optional
from ._console import progress
from ._files import UsageError

_ROWS = 500  # lines of CSV put together before they are written


@dataclass(frozen=True)
class Job:
    """What to write: the array, its labels if there are any, and the wishes of the command line."""

    array: npt.NDArray[Any]
    labels: npt.NDArray[Any] | None
    source: str
    key: str
    columns: int
    limit: int
    scale: int


def _npy(file: BinaryIO, job: Job) -> None:
    np.save(file, job.array, allow_pickle=False)


def _npz(file: BinaryIO, job: Job) -> None:
    arrays = {job.key: job.array}
    if job.labels is not None:
        if job.key == "labels":
            raise UsageError('--key labels: that name is taken by the labels of "--labels"')
        arrays["labels"] = job.labels
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _csv(file: BinaryIO, job: Job) -> None:
    """Write a header line and one line per item; numbers are the shortest that read back the same."""
    rows = job.array.reshape(len(job.array), -1) if job.array.size else job.array.reshape(len(job.array), 0)
    flat = job.array.ndim == 1
    names = ["value"] if flat else [f"pixel{k}" for k in range(1, rows.shape[1] + 1)]
    if job.labels is not None:
        names.insert(0, "label")
    file.write((",".join(names) + "\n").encode())
    # tolist() makes Python numbers, whose text is quick; float32 has its own, shorter text
    number: Callable[[Any], Any] = list if rows.dtype == np.float32 else np.ndarray.tolist
    with progress("csv", len(rows)) as advance:
        for start in range(0, len(rows), _ROWS):
            lines = [",".join(map(str, number(row))) for row in rows[start : start + _ROWS]]
            if job.labels is not None:
                marks = job.labels[start : start + _ROWS].tolist()
                lines = [
                    f"{mark},{line}" if line else str(mark) for mark, line in zip(marks, lines, strict=True)
                ]
            file.write(("\n".join(lines) + "\n").encode())
            advance(len(lines))


def _parquet(file: BinaryIO, job: Job) -> None:
    """Write column "data" (a number, or a list of them for each item), "label", and the item shape."""
    arrow: Any = optional("pyarrow", "pyarrow", "table", "writing parquet")
    parquet: Any = optional("pyarrow.parquet", "pyarrow", "table", "writing parquet")
    column = arrow.array(job.array.reshape(-1))
    if job.array.ndim > 1:
        width = int(np.prod(job.array.shape[1:]))
        if not width:
            raise UsageError(
                f"{job.source}: items of shape {job.array.shape[1:]} hold nothing to put into a column"
            )
        column = arrow.FixedSizeListArray.from_arrays(column, width)
    columns = {"data": column}
    if job.labels is not None:
        columns["label"] = arrow.array(job.labels)
    shape = ",".join(map(str, job.array.shape[1:]))
    parquet.write_table(arrow.table(columns).replace_schema_metadata({"item_shape": shape}), file)


def _png(file: BinaryIO, job: Job) -> None:
    from ..plots.sheet import contact_sheet

    try:
        picture = contact_sheet(
            job.array, job.labels, columns=job.columns, limit=job.limit, scale=job.scale, names=()
        )
    except ValueError as error:
        raise UsageError(f"{job.source}: {error}") from error
    picture.save(file, "PNG")


#: Function for each ending.
SAVERS: dict[str, Callable[[BinaryIO, Job], None]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".csv": _csv,
    ".parquet": _parquet,
    ".png": _png,
}
