"""The HTML of pages, without a browser: escaping, forms of values, mistakes."""

from __future__ import annotations

import re
import sys

import pytest

from fmnist_fast._extras import MissingExtraError
from fmnist_fast.pages import Column, Page, Scatter, Tab, render_page
from fmnist_fast.pages.bars import bars
from fmnist_fast.pages.cells import MISSING, Cell, cell
from fmnist_fast.pages.charts import _limits, scatter
from fmnist_fast.pages.marks import marks

pytestmark = pytest.mark.once

COLUMNS = [Column("name", "Name", filter="choice"), Column("speed", "Speed", "number", filter="range")]
NASTY = '</script><script>alert("&")</script>'


def test_forms_of_values():
    number, time = Column("x", "x", "number", digits=1), Column("x", "x", "time")
    assert cell(number, 1234.56) == Cell("1,234.6", "1234.56", "1234.56")
    assert cell(Column("x", "x", "duration"), 61.2) == Cell("1:01 min", "61.2", "61.2")
    assert cell(time, 1_500_000_000) == Cell("2017-07-14 02:40", "1500000000", "2017-07-14T02:40:00Z")
    assert cell(Column("x", "x"), "text") == Cell("text", None, "text")


def test_missing_values():
    assert cell(Column("x", "x", "number"), None) == Cell(MISSING, "", "")
    assert cell(Column("x", "x"), None) == Cell(MISSING, None, "")


def test_marks_differ():
    assert len(set(marks(map(str, range(35))).values())) == 35


def page(rows, **changes) -> Page:
    chart = Scatter("speed", "speed", "name", ["name", "speed"])
    values = {"key": "one", "title": "One", "columns": COLUMNS, "rows": rows, "order": ("speed", "desc")}
    return Page(NASTY, [Tab(**values | {"chart": chart} | changes)], intro=[NASTY], notes=[NASTY])


def test_all_text_is_escaped():
    for library in ("bokeh", "itables", "jinja2"):
        pytest.importorskip(library)
    rows = [{"name": NASTY, "speed": 1.5}]
    html = render_page(page(rows, title=NASTY, intro=NASTY))
    assert NASTY not in html
    assert "alert(&#34;&amp;&#34;)" in html  # the data of the table
    assert r"\u003c/script\u003e" in html  # the data of the chart
    assert len(re.findall("</script>", html)) == len(re.findall("<script[ >]", html)) == 3


def test_unknown_columns_are_named():
    pytest.importorskip("itables")
    with pytest.raises(KeyError, match="the tab 'one' has no column 'sped'"):
        render_page(page([], order=("sped", "desc")))


def test_a_missing_library_is_named(monkeypatch):
    pytest.importorskip("jinja2")
    monkeypatch.setitem(sys.modules, "itables.options", None)
    with pytest.raises(MissingExtraError, match=r"an HTML page needs itables.*fmnist_fast\[pages\]"):
        render_page(page([]))


def test_charts_of_another_kind_are_refused():
    pytest.importorskip("bokeh")
    tab = Tab("plain", "Plain", (), (), ("x", "asc"))
    with pytest.raises(ValueError, match="the tab 'plain' has no bar chart"):
        bars(tab, {}, "there")
    with pytest.raises(ValueError, match="the tab 'plain' has no scatter chart"):
        scatter(tab, {}, "there")


def test_an_axis_without_values():
    assert _limits([], log=True) == (1.0, 10.0)
