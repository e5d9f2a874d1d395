"""scikit-learn 1.9's `fetch_openml`, for the three datasets of OpenML that are IDX files in the first place.

``Fashion-MNIST`` (40996), ``mnist_784`` (554) and ``Kuzushiji-MNIST`` (41982) come from `fmnist_fast.load`
instead of 100 MB of text, training images first. Everything else is passed on to scikit-learn: other
datasets, other target columns, arguments that contradict each other or that it does not know.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._extras import optional
from ._install import Installation
from ._install import install as _install
from ._named import DIGITS, load_both

__all__ = ("fetch_openml",)

_PURPOSE = "fmnist_fast.adapters.sklearn"
_OPTIONS = {
    *("version", "data_id", "data_home", "target_column", "cache", "return_X_y", "as_frame"),
    *("n_retries", "delay", "parser", "read_csv_kwargs"),
}


class _Known(NamedTuple):
    """A dataset of OpenML, and its name here."""

    ident: int
    title: str
    name: str


_KNOWN = (
    _Known(40996, "Fashion-MNIST", "fashion-mnist"),
    _Known(554, "mnist_784", "mnist"),
    _Known(41982, "Kuzushiji-MNIST", "kmnist"),
)


def fetch_openml(name: str | None = None, **options: Any) -> Any:
    """Fetch a dataset of OpenML.

    Parameters
    ----------
    name : str, optional
    **options
        Those of `sklearn.datasets.fetch_openml`: ``data_id``, ``return_X_y``, ``as_frame`` and so on. Those
        about downloads and parsing are without effect for the three datasets, except that
        ``parser="liac-arff"`` with ``as_frame=False`` gives float64, as there.

    Returns
    -------
    sklearn.utils.Bunch
        ``data``: DataFrame of int64, shape (70000, 784), or array; ``target``: Series of str categories, or
        array of str; ``frame``, ``categories``, ``feature_names``, ``target_names``, ``DESCR``, ``details``
        and ``url``. With ``return_X_y`` data and target only.

    Raises
    ------
    DatasetError
        See `fmnist_fast.load`.
    """
    known = _find(name, options)
    if known is None:
        theirs = optional("sklearn.datasets._openml", "scikit-learn", "sklearn", _PURPOSE)
        return theirs.fetch_openml(name, **options)
    as_frame, arff = options.get("as_frame", "auto"), options.get("parser") == "liac-arff"
    (x_train, y_train), (x_test, y_test) = load_both(known.name)
    labels = np.concatenate((y_train, y_test))
    dtype = np.float64 if arff and not as_frame else np.int64
    rows = (part.reshape(len(part), 784) for part in (x_train, x_test))
    data = np.concatenate(tuple(rows), dtype=dtype, casting="unsafe")
    columns = [f"pixel{number}" for number in range(1, 785)]
    found = _frames(data, labels, columns) if as_frame else _arrays(data, labels, arff)
    if options.get("return_X_y", False):
        return found["data"], found["target"]
    bunch = optional("sklearn.utils", "scikit-learn", "sklearn", _PURPOSE).Bunch
    return bunch(
        **found,
        feature_names=columns,
        target_names=["class"],
        DESCR=f"{known.title}, read from its IDX files by fmnist_fast.",
        details={"id": str(known.ident), "name": known.title, "version": "1", "format": "IDX"},
        url=f"https://www.openml.org/d/{known.ident}",
    )


def install() -> Installation:
    """Let `sklearn.datasets` offer this function; see `fmnist_fast.adapters`."""
    return _install({"sklearn.datasets": {"fetch_openml": fetch_openml}})


def _find(name: str | None, options: dict[str, Any]) -> _Known | None:
    ident = options.get("data_id")
    usual = options.get("target_column", "default-target") == "default-target"
    usual = usual and options.keys() <= _OPTIONS
    usual = usual and options.get("as_frame", "auto") in ("auto", True, False)
    usual = usual and options.get("parser", "auto") in ("auto", "pandas", "liac-arff")
    if not usual or options.get("version", "active") not in ("active", 1) or (name and ident):
        return None
    for known in _KNOWN:
        if ident == known.ident or (name is not None and name.lower() == known.title.lower()):
            return known
    return None


def _frames(data: NDArray[Any], labels: NDArray[Any], columns: list[str]) -> dict[str, Any]:
    pandas = optional("pandas", "pandas", "sklearn", f"{_PURPOSE} with as_frame")
    frame = pandas.DataFrame(data, columns=columns)
    classes = pandas.Categorical.from_codes(labels, categories=list(DIGITS))
    target = pandas.Series(classes, name="class")
    return {"data": frame, "target": target, "frame": frame.assign(**{"class": target}), "categories": None}


def _arrays(data: NDArray[Any], labels: NDArray[Any], arff: bool) -> dict[str, Any]:
    target = np.array(DIGITS, object)[labels]
    return {
        "data": data,
        "target": target,
        "frame": None,
        "categories": {} if arff else {"class": list(DIGITS)},
    }
