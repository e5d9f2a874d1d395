"""The tabs and columns of the results page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ...pages import Column, Page, Scatter, Tab
from ..schema import Line
from .rows import FASHION, MNIST, OTHER, family, pairs, row

_NAME = Column("name", "Name", filter="choice", shown="always")
_PARAMETER = Column("parameter", "Parameter", "code", help="As the grid spells it")

_COLUMNS = (
    _NAME,
    _PARAMETER,
    Column(
        *("mean_accuracy", "Accuracy (mean)", "number"),
        help="Share of the test images that are classified correctly, mean of the repeats",
        filter="range",
        shown="always",
    ),
    Column("std_accuracy", "Accuracy (std)", "number", help="Twice the standard deviation over the repeats"),
    Column(
        *("time_per_repeat", "Training time", "duration"),
        help="Shuffle, fit and score, per repeat",
        filter="range",
        shown="always",
    ),
    Column("num_repeat", "Repeats", "number", digits=0),
    Column(
        "status", "Status", help="ok, or how the job ended without a score", filter="choice", shown="asked"
    ),
    Column("start_time", "Job start", "time", help="UTC"),
    Column("done_time", "Job done", "time", help="UTC"),
    Column(
        *("peak_mib", "Peak memory (MiB)", "number"),
        digits=0,
        help="Of the job's process",
        filter="range",
        shown="asked",
    ),
    Column("score", "Scores", help="Accuracy of each repeat", shown="asked"),
    Column("predict_time", "Prediction time", "duration", help="Of the test images", shown="asked"),
    Column("cpu_time", "CPU time", "duration", help="Of all repeats", shown="asked"),
    Column("train_rows", "Training rows", "number", digits=0, shown="asked"),
    Column("test_rows", "Test rows", "number", digits=0, shown="asked"),
    Column("estimator", "Estimator", "code", help="What was fitted", shown="asked"),
    Column("remark", "Remarks", help="Why there is no score, what changed, warnings", shown="asked"),
    Column("dataset", "Dataset", shown="asked"),
    Column("grid", "Grid", filter="choice", shown="asked"),
    Column("seed", "Seed", "number", digits=0, shown="asked"),
    Column("machine", "Machine", shown="asked"),
    Column("versions", "Versions", shown="asked"),
)
_PAIR_COLUMNS = (
    _NAME,
    _PARAMETER,
    Column("fashion_mean_accuracy", "Fashion accuracy (mean)", "number", filter="range", shown="always"),
    Column("mnist_mean_accuracy", "MNIST accuracy (mean)", "number", filter="range", shown="always"),
    Column("fashion_std_accuracy", "Fashion accuracy (std)", "number"),
    Column("mnist_std_accuracy", "MNIST accuracy (std)", "number"),
    Column("difference", "MNIST - Fashion", "number", help="Difference of the mean accuracies"),
)

_TIME_CHART = Scatter(
    *("time_per_repeat", "mean_accuracy", "name"),
    details=("name", "parameter", "mean_accuracy", "time_per_repeat", "dataset"),
    log_x=True,
)
_PAIR_CHART = Scatter(
    *("mnist_mean_accuracy", "fashion_mean_accuracy", "name"),
    details=("name", "parameter", "fashion_mean_accuracy", "mnist_mean_accuracy"),
)

_NOTES = (
    "Accuracy is the share of test images that are classified correctly. As in the benchmark that came with "
    "Fashion-MNIST, the pixels are standardized on the training images, each setting is repeated after a "
    'shuffle until two repeats agree within 0.001, and "std" is twice the standard deviation.',
    "Side by side shows the settings that have a score on both datasets, the latest where there are several.",
    "Made by fmnist-fast classify report.",
)


def results_page(lines: Sequence[Line]) -> Page:
    """Return the page of results.

    Parameters
    ----------
    lines : sequence of dict
        Results, see `fmnist_fast.baselines.schema`.

    Returns
    -------
    fmnist_fast.pages.Page
        With the tabs Fashion, MNIST and Side by side, and one for other datasets where there are any.
    """
    by_family: dict[str, list[Line]] = {FASHION: [], MNIST: [], OTHER: []}
    for line in lines:
        by_family[family(line)].append(line)
    tabs = [_tab("fashion", FASHION, by_family[FASHION]), _tab("mnist", MNIST, by_family[MNIST])]
    both = pairs(by_family[FASHION], by_family[MNIST])
    tabs.append(
        Tab(
            *("side-by-side", "Side by side"),
            columns=_PAIR_COLUMNS,
            rows=both,
            order=("fashion_mean_accuracy", "desc"),
            chart=_PAIR_CHART,
        )
    )
    if by_family[OTHER]:
        tabs.append(_tab("other", OTHER, by_family[OTHER]))
    return Page("Classifier benchmark", tabs, intro=[_summary(lines)], notes=_NOTES)


def _tab(key: str, title: str, lines: Sequence[Line]) -> Tab:
    rows = [row(line) for line in lines]
    return Tab(key, title, _COLUMNS, rows, ("mean_accuracy", "desc"), _data_text(lines), _TIME_CHART)


def _data_text(lines: Sequence[Line]) -> str:
    """Say which data the results are about, and warn where it is not a published dataset."""
    found = Counter(
        (line["dataset"]["name"], line["dataset"]["known"], line["train_rows"], line["dataset"]["test"])
        for line in lines
    )
    return " ".join(
        f"{count} results on {name}: {train:,} training and {test:,} test images."
        + ("" if known else " These are not the files of a published dataset: no claim about one.")
        for (name, known, train, test), count in found.most_common()
    )


def _summary(lines: Sequence[Line]) -> str:
    ended = Counter(line["status"] for line in lines)
    failed = ", ".join(f"{count} {status}" for status, count in sorted(ended.items()) if status != "ok")
    scored = f"{ended['ok']} of {len(lines)} jobs ended with a score"
    return f"{scored} ({failed})." if failed else f"{scored}."
