"""The results page in a browser, with results that nobody measured."""

from __future__ import annotations

import subprocess
import sys

import pytest
from browser import becomes, browser, console, open_page, requests, texts  # noqa: F401
from command import environment
from fake_results import lines, write

from fmnist_fast.baselines.report import write_report

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    return [write(folder / f"{name}.jsonl", lines(name)) for name in ("fashion-mnist", "mnist")]


@pytest.fixture(scope="module")
def path(files):
    for library in ("bokeh", "itables", "jinja2"):
        pytest.importorskip(library)
    target = files[0].with_name("report.html")
    write_report(files, target)
    return target


def sorted_by_accuracy(driver) -> bool:
    headings = texts(driver, "th[aria-sort=descending]")
    return bool(headings) and headings[0].startswith(("Accuracy", "Fashion accuracy"))


@pytest.mark.parametrize("width", [1280, 390])
def test_all_tabs(browser, path, width):  # noqa: F811
    open_page(browser, path, width=width)
    for tab, count in (("fashion", "50 results"), ("mnist", "50 results"), ("side-by-side", "48 results")):
        browser.find_element("id", f"tab-{tab}").click()
        becomes([count], texts, browser, ".count")
        becomes(True, sorted_by_accuracy, browser)
        becomes(width, browser.execute_script, "return document.documentElement.scrollWidth")
    assert console(browser) == []
    assert requests(browser) == []


def test_the_columns_of_the_original(browser, path):  # noqa: F811
    open_page(browser, path, width=1600)
    original = ["Name", "Parameter", "Accuracy (mean)", "Accuracy (std)", "Training time", "Repeats"]
    becomes(original, lambda: texts(browser, "th")[:6])
    assert {"Job start", "Job done"} <= set(texts(browser, "th"))


def test_failures_are_found(browser, path):  # noqa: F811
    open_page(browser, path)
    browser.find_element("css selector", "section:not([hidden]) input[value=crashed]").click()
    becomes(["1 of 50 results"], texts, browser, ".count")


def test_the_same_results_give_the_same_page(path, files, tmp_path):
    code = (
        "import sys; from fmnist_fast.baselines import report; report.write_report(sys.argv[2:], sys.argv[1])"
    )
    for name in ("first.html", "second.html"):
        command = [sys.executable, "-P", "-c", code, tmp_path / name, *files]
        subprocess.run(command, check=True, env=environment(), cwd=tmp_path)
    assert (tmp_path / "first.html").read_bytes() == (tmp_path / "second.html").read_bytes()
