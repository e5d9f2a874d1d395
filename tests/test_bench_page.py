"""The page of `fmnist-fast bench` in a browser: sorted, filtered, looked at, and silent."""

from __future__ import annotations

import pytest
from bench_samples import made_up_run
from browser import becomes, browser, cells, console, open_page, requests  # noqa: F401

from fmnist_fast.benchmark import results

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    for library in ("bokeh", "itables", "jinja2"):
        pytest.importorskip(library)
    from fmnist_fast.benchmark import page

    folder = tmp_path_factory.mktemp("bench")
    for run in (made_up_run("old", 0.5), made_up_run("new")):
        results.append(run, folder / "runs.jsonl")
    page.write(made_up_run("new"), folder / "bench.html", folder / "runs.jsonl")
    return folder / "bench.html"


def shown(driver) -> int | None:
    """Marks that the open tab's chart shows; None before there is one."""
    script = """
        const documents = Object.values(Bokeh.index).map((view) => view.model.document);
        return documents.at(-1)?.get_model_by_name("shown")?.indices.length ?? null;
    """
    return driver.execute_script(script)


def test_sort_filter_and_look(browser, path, tmp_path):  # noqa: F811
    open_page(browser, path)
    becomes(2, shown, browser)  # the limit has no bar, and what is missing has none
    becomes(["fmnist_fast", "isal"], cells, browser, 1)
    browser.find_element("xpath", "//section[not(@hidden)]//th[contains(., 'MB/s')]").click()
    becomes(["isal", "fmnist_fast"], cells, browser, 1)
    browser.find_element("css selector", "input[type=search]").send_keys("isal")
    becomes(["isal"], cells, browser, 1)
    becomes(1, shown, browser)
    assert browser.save_screenshot(str(tmp_path / "page.png"))
    assert (tmp_path / "page.png").stat().st_size > 20_000
    assert console(browser) == []
    assert requests(browser) == []


def test_every_run_of_the_history_is_there(browser, path):  # noqa: F811
    open_page(browser, path.with_name("bench.html"))
    browser.get(f"{path.as_uri()}#past")
    becomes(2, shown, browser)  # of each run, what is in its summary
    becomes({"old", "new"}, lambda: set(cells(browser, 2)))
    browser.get(f"{path.as_uri()}#past-all")
    becomes(6, shown, browser)  # of each run, the rows that have a ratio
    assert console(browser) == []
