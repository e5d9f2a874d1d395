"""A page of tables in a browser: tabs, filters, sorting, export, chart, colors, and a silent console."""

from __future__ import annotations

import csv
import io

import pytest
from browser import becomes, browser, cells, console, open_page, requests, save_to, texts  # noqa: F401

from fmnist_fast.pages import Column, Page, Scatter, Tab, write_page

pytestmark = pytest.mark.once

COLUMNS = [
    Column("name", "Name", filter="choice", shown="always"),
    Column("parameter", "Parameter", "code"),
    Column("speed", "Speed", "number", digits=1, filter="range", shown="always"),
    Column("span", "Span", "duration"),
    Column("begin", "Begin", "time", shown="asked"),
]
ROWS = [
    {"name": "oak", "parameter": "=1+1", "speed": 10.04, "span": 0.5, "begin": 0},
    {"name": "elm", "parameter": '{"deep": 1}', "speed": 9.0, "span": 75.0, "begin": 86_400},
    {"name": "oak", "parameter": "</script>", "speed": None, "span": None, "begin": 2 * 86_400},
    {"name": "fir", "parameter": '{"deep": 2}', "speed": 200.0, "span": 4000.0, "begin": 3 * 86_400},
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    for library in ("bokeh", "itables", "jinja2"):
        pytest.importorskip(library)
    chart = Scatter("span", "speed", "name", ["name", "parameter"], log_x=True)
    trees = Tab("trees", "Trees", COLUMNS, ROWS, ("speed", "desc"), chart=chart)
    few = Tab("few", "Few", COLUMNS[:3], ROWS[:2], ("name", "asc"))
    target = tmp_path_factory.mktemp("page") / "page.html"
    write_page(Page("Woods", [trees, few], noun="trees", intro=["A page."]), target)
    return target


@pytest.fixture
def page(browser, path):  # noqa: F811
    """Return the driver with the page just loaded; afterwards the console must be empty."""
    open_page(browser, path)
    yield browser
    assert console(browser) == []
    assert requests(browser) == []


def find(page, selector):
    """The element on the open tab, or anywhere else."""
    found = page.find_elements("css selector", f"section:not([hidden]) {selector}")
    return (found or page.find_elements("css selector", selector))[0]


def click_heading(page, title: str):
    page.find_element("xpath", f"//section[not(@hidden)]//th[contains(., '{title}')]").click()


def points(page) -> list[int] | None:
    """Rows of the table whose points are shown; None before there is a chart."""
    script = """
        const models = Object.values(Bokeh.index)[0]?.model.document;
        const filter = models?.get_model_by_name("shown");
        return filter ? filter.indices.map((k) => models.get_model_by_name("points").data.row[k]) : null;
    """
    return page.execute_script(script)


def test_first_sight(page):
    becomes(["fir", "oak", "elm", "oak"], cells, page, 1)  # by speed, the missing one last
    becomes(["200.0", "10.0", "9.0", "–"], cells, page, 3)  # noqa: RUF001
    becomes(["4 trees"], texts, page, ".count")
    becomes([0, 1, 3], points, page)


def test_sorting(page):
    click_heading(page, "Speed")
    becomes(["9.0", "10.0", "200.0", "–"], cells, page, 3)  # noqa: RUF001
    click_heading(page, "Name")
    becomes(["elm", "fir", "oak", "oak"], cells, page, 1)
    becomes(["Name"], texts, page, "th[aria-sort=ascending]")


def test_sorting_by_keyboard(page):
    heading = find(page, "th[data-key=span] [role=button]")
    page.execute_script("arguments[0].focus()", heading)
    heading.send_keys("\n")
    becomes(["1:06:40 h", "1:15 min", "0.500 s", "–"], cells, page, 4)  # noqa: RUF001


def test_text_filter_reaches_all_tabs(page):
    becomes([0, 1, 3], points, page)
    find(page, "#text").send_keys("DEEP elm")
    becomes(["elm"], cells, page, 1)
    becomes(["1 of 4 trees"], texts, page, ".count")
    becomes([1], points, page)
    find(page, "#tab-few").click()
    becomes(["elm"], cells, page, 1)


def test_choices(page):
    becomes([0, 1, 3], points, page)
    for name in ("oak", "fir"):
        find(page, f"input[value={name}]").click()
    becomes(["fir", "oak", "oak"], cells, page, 1)
    becomes([0, 3], points, page)
    find(page, "button[type=reset]").click()
    becomes(["fir", "oak", "elm", "oak"], cells, page, 1)


def test_ranges(page):
    find(page, "[data-key=speed] [data-end=from]").send_keys("9.5")
    becomes(["fir", "oak"], cells, page, 1)
    find(page, "[data-key=speed] [data-end=to]").send_keys("11")
    becomes(["oak"], cells, page, 1)
    find(page, "#text").send_keys("nothing like it")
    becomes(["Nothing matches the filters."], cells, page, 1)


def test_tabs(page):
    assert find(page, "#tab-trees").get_attribute("aria-selected") == "true"
    find(page, "#tab-trees").send_keys("\ue014")  # right arrow
    becomes("true", lambda: find(page, "#tab-few").get_attribute("aria-selected"))
    becomes("tab-few", lambda: page.switch_to.active_element.get_attribute("id"))
    becomes(["elm", "oak"], cells, page, 1)
    becomes("#few", page.execute_script, "return location.hash")


def test_columns(page):
    assert not page.find_elements("css selector", "section:not([hidden]) th[data-key=begin]")
    find(page, ".columns summary").click()
    find(page, ".columns input[value='4']").click()
    becomes(["1970-01-04 00:00"], lambda: cells(page, 5)[:1])


def rows_of(path) -> list[list[str]]:
    """Rows of a CSV file; none while there is no such file."""
    if not path.exists():
        return []
    return list(csv.reader(path.read_text("utf-8-sig").strip().splitlines()))


def test_export(page, tmp_path):
    save_to(page, tmp_path)
    find(page, "input[value=oak]").click()
    becomes(["oak", "oak"], cells, page, 1)
    find(page, ".buttons-csv").click()
    exported = [
        ["Name", "Parameter", "Speed", "Span", "Begin"],
        ["oak", "'=1+1", "10.04", "0.5", "1970-01-01T00:00:00Z"],
        ["oak", "</script>", "", "", "1970-01-03T00:00:00Z"],
    ]
    becomes(exported, rows_of, tmp_path / "trees.csv")


def background(page) -> str:
    return page.execute_script("return getComputedStyle(document.body).backgroundColor")


def test_light_and_dark(page, path):
    becomes("rgb(255, 255, 255)", background, page)
    find(page, "#theme").click()
    becomes("rgb(20, 23, 28)", background, page)
    open_page(page, path, dark=True)
    becomes("rgb(20, 23, 28)", background, page)
    find(page, "#theme").click()
    becomes("rgb(255, 255, 255)", background, page)


def test_the_chart_follows_the_colors(page):
    pillow = pytest.importorskip("PIL.Image")

    def corner() -> tuple[int, ...]:
        with pillow.open(io.BytesIO(find(page, ".chart").screenshot_as_png)) as picture:
            return picture.convert("RGB").getpixel((4, 4))

    becomes([0, 1, 3], points, page)
    for wanted in ((255, 255, 255), (20, 23, 28), (255, 255, 255)):
        becomes(wanted, corner)
        find(page, "#theme").click()


def test_phone(page, path):
    open_page(page, path, width=390, height=800)
    becomes(["Name", "Speed"], texts, page, "th")
    becomes([0, 1, 3], points, page)  # the chart has its place, too
    becomes(390, page.execute_script, "return document.documentElement.scrollWidth")
