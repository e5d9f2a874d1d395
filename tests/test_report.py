"""The results page: which result goes where, and what a row says of it."""

from __future__ import annotations

import pytest
from benchmark_data import true_line, write_lines
from fake_results import failed, line, lines, write

from fmnist_fast.baselines.report import results_page, write_report
from fmnist_fast.baselines.report.rows import family, pairs, row
from fmnist_fast.cli import main
from fmnist_fast.errors import FormatError

pytestmark = pytest.mark.once

SVC = {"kernel": "rbf", "C": 1}


@pytest.mark.parametrize(
    ("dataset", "tab"),
    [
        *(("fashion-mnist", "Fashion"), ("fashion900", "Fashion"), ("mnist", "MNIST")),
        *(("digits", "MNIST"), ("kmnist", "Other"), ("mine", "Other")),
    ],
)
def test_the_dataset_decides_on_the_tab(dataset, tab):
    assert family(line("SVC", SVC, dataset)) == tab


def test_a_row_of_a_result():
    made = row(line("SVC", SVC, score=[0.5, 0.75], warnings=["one"], change="two", peak_memory=3 << 20))
    assert (made["name"], made["parameter"]) == ("SVC", '{"C": 1, "kernel": "rbf"}')
    assert (made["score"], made["remark"], made["peak_mib"]) == ("0.5000, 0.7500", "two · one", 3.0)
    assert made["dataset"] == "fashion-mnist"


def test_a_row_of_a_failure():
    made = row(failed("SVC", SVC, "mine"))
    assert made["mean_accuracy"] is made["predict_time"] is made["score"] is None
    assert (made["status"], made["remark"]) == ("timeout", "stopped after 600 s, the time limit")
    assert made["dataset"] == "mine (not a published dataset)"


def test_pairs_need_a_score_on_both_and_take_the_latest():
    fashion = [
        line("SVC", SVC, mean_accuracy=0.5, done_time=5),
        line("SVC", SVC, mean_accuracy=0.75, done_time=4),
        line("SVC", {"C": 2}),
        line("SVC", {"C": 3}),
    ]
    mnist = [line("SVC", dict(reversed(SVC.items())), "mnist", mean_accuracy=1.0)]
    mnist += [failed("SVC", {"C": 2}, "mnist")]
    (pair,) = pairs(fashion, mnist)
    assert (pair["fashion_mean_accuracy"], pair["mnist_mean_accuracy"], pair["difference"]) == (0.5, 1.0, 0.5)


def test_the_tabs():
    tabs = {tab.title: len(tab.rows) for tab in results_page(lines() + lines("mnist")[:3]).tabs}
    assert tabs == {"Fashion": 50, "MNIST": 3, "Side by side": 3}
    assert [tab.title for tab in results_page(lines("mine")).tabs][-1] == "Other"


def test_unpublished_data_are_named_as_such():
    tabs = results_page([line("SVC", SVC, "fashion900"), line("SVC", SVC, "mnist")]).tabs
    assert "no claim" in tabs[0].intro
    assert "no claim" not in tabs[1].intro


def test_a_line_that_is_no_result(tmp_path):
    path = write(tmp_path / "results.jsonl", [line("SVC", SVC), {"name": "SVC"}])
    with pytest.raises(FormatError, match="line 2 is not a result"):
        write_report([path], tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_the_command_writes_the_page(tmp_path, capsys):
    for library in ("jinja2", "itables", "bokeh"):
        pytest.importorskip(library)
    source = write_lines(tmp_path / "results.jsonl", true_line())
    target = tmp_path / "report.html"
    assert main(["classify", "report", str(source), "-o", str(target)]) == 0
    assert capsys.readouterr().out.startswith(f"{target}: ")
    assert target.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
