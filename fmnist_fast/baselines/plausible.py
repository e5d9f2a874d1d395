"""Can a result be true: the checks that a line has to pass before others are shown it."""

from __future__ import annotations

import functools
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..datasets.registry import FILES
from .grid import BUILTIN, Setting, load_grid
from .schema import Line, run_key, setting_key

#: Rows to fit and to score on of the datasets that results are compared on.
ROWS = dict.fromkeys(("fashion-mnist", "mnist", "kmnist"), (60_000, 10_000))

_FIRST_DAY = 1_503_619_200  # 25 August 2017, when Fashion-MNIST was published
_DAY = 86_400
_CLOSE = 1e-6
_SLACK = 1.05  # of times that are measured by different clocks


def problems(line: Line) -> list[str]:
    """Return a sentence for everything that cannot be true of a result, or keeps it from being compared.

    Parameters
    ----------
    line : dict
        With all fields there and of their types, as `parse_line` returns it.

    Returns
    -------
    list of str
        Empty where the result is good.
    """
    found = [*_setting(line), *_dataset(line)]
    if line["status"] != "ok":
        return [*found, f"it has no scores, its status is {line['status']}"]
    return [*found, *_scores(line), *_times(line)]


def _setting(line: Line) -> Iterator[str]:
    if line["grid"] not in BUILTIN:
        return
    setting = _settings(line["grid"]).get(setting_key(line))
    if setting is None or setting.impossible:
        yield f"the grid {line['grid']} has no such setting that can be run"
    elif setting.recipe != line["estimator"]:
        yield f"the grid {line['grid']} fits {setting.recipe} here, not {line['estimator']}"


@functools.cache
def _settings(grid: str) -> dict[str, Setting]:
    settings = load_grid(grid)
    return {setting_key({"name": s.name, "parameter": s.parameter}): s for s in settings}


def _dataset(line: Line) -> Iterator[str]:
    data = line["dataset"]
    name = data["name"]
    if name not in ROWS:
        yield f"{name!r} is not a dataset that results are compared on; those are {', '.join(ROWS)}"
        return
    published = {file.name: file.sha256 for file in FILES if file.dataset == name}
    if not data["known"] or Counter(data["files"].values()) != Counter(published.values()):
        yield f"its files do not have the published checksums of {name}"
    if (data["train"], data["test"]) != ROWS[name]:
        found = f"{data['train']:,} and {data['test']:,}"
        yield f"{name} has {ROWS[name][0]:,} rows to fit and {ROWS[name][1]:,} to score on, not {found}"
    if not 0 < line["train_rows"] <= data["train"]:
        yield f"it cannot have been fitted on {line['train_rows']:,} of {data['train']:,} rows"


def _scores(line: Line) -> Iterator[str]:
    score = line["score"]
    if not 1 <= len(score) == line["num_repeat"] <= line["repeat"]:
        found = f"{len(score)} scores, num_repeat {line['num_repeat']}, repeat {line['repeat']}"
        yield f"there must be a score for each repeat, and not more than asked for; found {found}"
        return
    for value in score:
        if not 0 <= value <= 1:
            yield f"the accuracy {value:g} is not between 0 and 1"
            return
    rows = max(line["dataset"]["test"], 1)
    if any(abs(value * rows - round(value * rows)) > 1e-3 for value in score):
        yield f"an accuracy on {rows:,} rows is a whole number of them"
    for field, expected in (("mean_accuracy", np.mean(score)), ("std_accuracy", 2 * np.std(score))):
        value = line[field]
        if value is None or not math.isclose(value, expected, abs_tol=_CLOSE):
            yield f"{field} is {value}, but the scores give {expected:.6f}"


def _times(line: Line) -> Iterator[str]:
    fields = ("time_per_repeat", "wall_time", "cpu_time", "peak_memory")
    measured: dict[str, Any] = {field: line[field] for field in fields}
    measured |= {f"each {field}": min(line[field], default=None) for field in ("fit_time", "predict_time")}
    for field, value in measured.items():
        if value is None or value <= 0:
            yield f"{field} must be a positive number, not {value}"
            return
    repeats = len(line["score"])
    if not len(line["fit_time"]) == len(line["predict_time"]) == repeats:
        yield "there must be one fit_time and one predict_time for each score"
    wall = line["wall_time"]
    if not math.isclose(line["time_per_repeat"] * repeats, wall, rel_tol=_SLACK - 1, abs_tol=0.1):
        yield "time_per_repeat times the number of repeats is not wall_time"
    if sum(line["fit_time"]) + sum(line["predict_time"]) > wall * _SLACK:
        yield "fitting and predicting took longer than the whole"
    if line["cpu_time"] > wall * max(line["machine"]["cores"], 1) * _SLACK + 1:
        yield "cpu_time is more than all cores can give in wall_time"
    span = line["done_time"] - line["start_time"]
    if span < 0:
        yield "done_time is before start_time"
    elif span + 2 < wall:
        yield f"{span} s from start_time to done_time cannot hold a wall_time of {wall:.0f} s"
    if line["start_time"] < _FIRST_DAY:
        yield "start_time is before Fashion-MNIST was published"
    if line["done_time"] > time.time() + _DAY:
        yield "done_time is in the future"


def refused(
    lines: list[Line], against: list[Line], *, check: Callable[[Line], list[str]] = problems
) -> list[str]:
    """Return a sentence for each thing that is wrong with lines, also beside those that are accepted already.

    Parameters
    ----------
    lines : list of dict
    against : list of dict
        Accepted results.
    check : callable
        Returns what is wrong with one line by itself.

    Returns
    -------
    list of str
        ``"line 3, SVC: ..."``.
    """
    sums = {line["dataset"]["name"]: line["dataset"]["sha256"] for line in against}
    seen = {identity(line): "is on the leaderboard" for line in against}
    found = []
    for number, line in enumerate(lines, 1):
        sentences = check(line)
        data = line["dataset"]
        if sums.setdefault(data["name"], data["sha256"]) != data["sha256"]:
            sentences.append(f"its arrays are not those of the other results on {data['name']}")
        if identity(line) in seen:
            sentences.append(f"the same result {seen[identity(line)]} already")
        seen.setdefault(identity(line), f"is in line {number}")
        found += [f"line {number}, {line['name']}: {sentence}" for sentence in sentences]
    return found


def identity(line: Line) -> str:
    """Return what makes two lines the same result: the same job, machine and versions."""
    rest = sorted({**line["machine"], **line["versions"]}.items())
    return f"{run_key(line)}{rest}"
