"""What one line of a results file says, and the check of it.

A results file is UTF-8 text with one JSON object per line, in the order in which the settings ended. The
fields of the benchmark that came with Fashion-MNIST keep their names and meanings:

===================  =============  ====================================================================
``name``             str            classifier, as the grid calls it
``parameter``        object         its parameters, as the grid spells them; with `name` the key of a setting
``score``            list of float  test accuracy of each repeat, 0 to 1
``start_time``       int            begin of the job, Unix seconds
``done_time``        int            end of the job, Unix seconds
``num_repeat``       int            repeats that were made: as many as there are scores
``mean_accuracy``    float or null  mean of `score`
``std_accuracy``     float or null  twice the standard deviation of `score`, as in the original
``time_per_repeat``  float or null  seconds to shuffle, fit and score, per repeat
===================  =============  ====================================================================

The others are new:

================  =============  =======================================================================
``schema``        int            1
``status``        str            one of `STATUSES`; only ``"ok"`` has scores
``reason``        str or null    why there are none: a sentence
``warnings``      list of str    distinct warnings of scikit-learn, such as a fit that did not converge
``grid``          str            ``"original"``, ``"modern"``, or the stem of a grid file
``estimator``     str            what was fitted, as Python text; pipelines step by step
``change``        str or null    where that is not what `parameter` says: why
``dataset``       object         ``name``, ``known`` (its files have the published checksums), ``sha256``
                                 of the decoded arrays, ``files`` (SHA-256 by name), ``train`` and
                                 ``test`` (rows)
``train_rows``    int            rows the setting was fitted on; less than ``dataset.train`` under a cap
``seed``          int            of the split, the shuffles and the estimators
``repeat``        int            repeats that were asked for
``fit_time``      list of float  seconds, for each repeat
``predict_time``  list of float  seconds to predict the test set, for each repeat
``wall_time``     float          seconds of all repeats; of the whole process where `status` is not "ok"
``cpu_time``      float          CPU seconds over the same span
``peak_memory``   int            largest resident memory of the process in bytes, with the shared data
``limits``        object         ``timeout`` in seconds and ``memory`` in bytes, null where unlimited
``backend``       str            ``"loky"`` or ``"dask"``
``jobs``          int            settings that ran side by side, on one core each
``machine``       object         ``cpu``, ``cores``, ``memory`` in bytes, ``system``
``versions``      object         of fmnist_fast, python, numpy, scipy, scikit-learn and joblib
================  =============  =======================================================================
"""

from __future__ import annotations

import json
import math
from typing import Any

SCHEMA = 1

#: How a setting may end: fitted and scored; an exception; a limit; the end of its process.
STATUSES = ("ok", "error", "timeout", "memory", "crashed")

Line = dict[str, Any]

_NUMBER = (int, float)
_OPTIONAL_NUMBER = (int, float, type(None))
_OPTIONAL_TEXT = (str, type(None))

_FIELDS: dict[str, type | tuple[type, ...]] = {
    "schema": int,
    "name": str,
    "parameter": dict,
    "score": list,
    "start_time": int,
    "done_time": int,
    "num_repeat": int,
    "mean_accuracy": _OPTIONAL_NUMBER,
    "std_accuracy": _OPTIONAL_NUMBER,
    "time_per_repeat": _OPTIONAL_NUMBER,
    "status": str,
    "reason": _OPTIONAL_TEXT,
    "warnings": list,
    "grid": str,
    "estimator": str,
    "change": _OPTIONAL_TEXT,
    "dataset": dict,
    "train_rows": int,
    "seed": int,
    "repeat": int,
    "fit_time": list,
    "predict_time": list,
    "wall_time": _NUMBER,
    "cpu_time": _NUMBER,
    "peak_memory": int,
    "limits": dict,
    "backend": str,
    "jobs": int,
    "machine": dict,
    "versions": dict,
}
_INSIDE: dict[str, dict[str, type | tuple[type, ...]]] = {
    "dataset": {"name": str, "known": bool, "sha256": str, "files": dict, "train": int, "test": int},
    "limits": {"timeout": _OPTIONAL_NUMBER, "memory": (int, type(None))},
    "machine": {"cpu": str, "cores": int, "memory": int, "system": str},
    "versions": {"fmnist_fast": str, "python": str, "numpy": str, "scikit-learn": str},
}


def parse_line(text: str) -> Line:
    """Return the result that a line of text holds, with all fields there and of their types.

    Parameters
    ----------
    text : str
        One JSON object.

    Returns
    -------
    dict
        See this module's text.

    Raises
    ------
    ValueError
        Not such an object; the message names the field.
    """
    try:
        line = json.loads(text)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
    check_types(line)
    return line  # type: ignore[no-any-return]


def check_types(line: Any) -> None:
    """Raise `ValueError` where a field is missing, unknown or of another type."""
    if not isinstance(line, dict):
        raise ValueError(f"expected a JSON object, found {type(line).__name__}")
    if line.get("schema") != SCHEMA:
        raise ValueError(f"expected a result of schema {SCHEMA}, found schema {line.get('schema')!r}")
    unknown = sorted(map(str, line.keys() - _FIELDS.keys()))
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}")
    _check(line, _FIELDS, "")
    for outer, fields in _INSIDE.items():
        _check(line[outer], fields, f"{outer}.")
    if line["status"] not in STATUSES:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}, not {line['status']!r}")
    for field in ("score", "fit_time", "predict_time"):
        if not all(_is(value, _NUMBER) for value in line[field]):
            raise ValueError(f"{field} must be a list of finite numbers")


def _check(values: dict[str, Any], fields: dict[str, type | tuple[type, ...]], prefix: str) -> None:
    for field, types in fields.items():
        if field not in values:
            raise ValueError(f"the field {prefix + field!r} is missing")
        if not _is(values[field], types):
            names = " or ".join(kind.__name__ for kind in (types if isinstance(types, tuple) else (types,)))
            found = f"{type(values[field]).__name__} {values[field]!r}"
            raise ValueError(f"the field {prefix + field!r} must be {names}, found {found[:80]}")


def _is(value: Any, types: type | tuple[type, ...]) -> bool:
    """`isinstance`, but a bool is no int, and numbers are finite."""
    if isinstance(value, bool):
        return types is bool
    return isinstance(value, types) and not (isinstance(value, float) and not math.isfinite(value))


def in_order(line: Line) -> Line:
    """Return the fields in the order of this module's text; `KeyError` where one is missing."""
    return {field: line[field] for field in _FIELDS}


def setting_key(line: Line) -> str:
    """Return what makes two lines results of the same setting: name and parameters, as canonical JSON."""
    return json.dumps([line["name"], line["parameter"]], sort_keys=True)


def run_key(line: Line) -> str:
    """Return what makes two lines the same job: the setting, on the same data, in the same way."""
    data = line["dataset"]
    way = [line["grid"], data["sha256"], data["train"], data["test"], line["seed"], line["repeat"]]
    return json.dumps([line["name"], line["parameter"], *way], sort_keys=True)
