"""A page as one HTML file that asks for nothing else."""

from __future__ import annotations

import base64
import os
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

from .._atomic import atomic_file
from .._extras import optional
from . import bars, charts
from .cells import cell
from .marks import Mark, marks
from .model import Bars, Column, Page, Tab

_PURPOSE = "an HTML page"


def render_page(page: Page) -> str:
    """Return a page as HTML.

    Parameters
    ----------
    page : Page

    Returns
    -------
    str

    Raises
    ------
    MissingExtraError
        Jinja, itables or Bokeh (for charts) is not installed.
    KeyError
        A chart or an order names a column that its tab does not have.
    """
    jinja = optional("jinja2", "Jinja", charts.EXTRA, _PURPOSE)
    bundle = Path(optional("itables.options", "itables", charts.EXTRA, _PURPOSE).dt_bundle)
    own = files(__package__)
    environment = jinja.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(cell=cell)
    # A model of Bokeh must come before the references to it.
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}
    template = environment.from_string((own / "page.html").read_text("utf-8"))
    html: str = template.render(
        page=page,
        tabs=[_view(tab, _looks(page, tab)) for tab in page.tabs],
        style=(own / "page.css").read_text("utf-8"),
        script=(own / "page.js").read_text("utf-8"),
        datatables=base64.b64encode(bundle.read_bytes()).decode(),
        bokeh=charts.library() if any(tab.chart for tab in page.tabs) else "",
    )
    return html


def write_page(page: Page, target: str | os.PathLike[str]) -> None:
    """Render a page and write it; a file of that name is replaced whole or not at all.

    Raises
    ------
    MissingExtraError, KeyError
        See `render_page`.
    OSError
        The file cannot be written.
    """
    html = render_page(page)
    with atomic_file(target) as file:
        file.write(html.encode())


def _looks(page: Page, tab: Tab) -> dict[str, Mark]:
    """Return the marks of a tab's categories, which are those of the page: alike on every tab."""
    if tab.chart is None:
        return {}
    by = tab.chart.by
    return marks(str(row[by]) for other in page.tabs for row in other.rows if row.get(by) is not None)


def _view(tab: Tab, looks: dict[str, Mark]) -> dict[str, Any]:
    """Return what the template needs of a tab."""
    order, direction = tab.order
    choices = [(column, _choices(tab, column, looks)) for column in _with_filter(tab, "choice")]
    return {
        "tab": tab,
        "order": [list(tab.columns).index(tab.column(order)), direction],
        "choices": [(column, values) for column, values in choices if len(values) > 1],
        "ranges": [(column, _extent(tab, column)) for column in _with_filter(tab, "range") if tab.rows],
        "chart": _chart(tab, looks) if tab.rows else None,
    }


def _chart(tab: Tab, looks: dict[str, Mark]) -> dict[str, Any] | None:
    if tab.chart is None:
        return None
    draw = bars.bars if isinstance(tab.chart, Bars) else charts.scatter
    return draw(tab, looks, f"chart-{tab.key}")


def _with_filter(tab: Tab, kind: str) -> list[Column]:
    return [column for column in tab.columns if column.filter == kind]


def _choices(tab: Tab, column: Column, looks: dict[str, Mark]) -> list[tuple[str, int, Mark | None]]:
    """Return each value with the number of its rows, and its mark where the chart goes by this column."""
    found = Counter(cell(column, row.get(column.key)).text for row in tab.rows)
    marked = tab.chart is not None and tab.chart.by == column.key
    return [(value, found[value], looks.get(value) if marked else None) for value in sorted(found)]


def _extent(tab: Tab, column: Column) -> tuple[str, str]:
    """Return the smallest and the largest value of a column, as hints of what can be typed."""
    values = [row[column.key] for row in tab.rows if row.get(column.key) is not None]
    if not values:
        return "", ""
    low, high = (f"{end:.0f}" if abs(end) >= 100 else f"{end:.3g}" for end in (min(values), max(values)))
    return low, high
