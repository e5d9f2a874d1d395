"""Scatter charts by Bokeh, embedded as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._extras import optional
from .cells import cell
from .marks import Mark
from .model import Row, Scatter, Tab

PURPOSE = "an HTML chart"
EXTRA = "pages"


def bokeh(module: str) -> Any:
    """Import a module of Bokeh, such as ``"bokeh.plotting"``."""
    return optional(module, "Bokeh", EXTRA, PURPOSE)


def library() -> str:
    """Return BokehJS without its widgets, license included."""
    resources = bokeh("bokeh.resources").Resources(mode="inline", components=["bokeh"], log_level="warn")
    return "\n".join(resources.js_raw)


def points(tab: Tab, chart: Scatter, looks: Mapping[str, Mark]) -> dict[str, list[Any]]:
    """Return the columns of the chart's data; "row" is the number of the row in the table."""
    x, y = tab.column(chart.x), tab.column(chart.y)
    found = [
        (k, row)
        for k, row in enumerate(tab.rows)
        if row.get(x.key) is not None and row.get(y.key) is not None
        if row[x.key] > 0 or not chart.log_x
        if row[y.key] > 0 or not chart.log_y
    ]
    data: dict[str, list[Any]] = {
        "row": [k for k, _ in found],
        "x": [row[x.key] for _, row in found],
        "y": [row[y.key] for _, row in found],
        "color": [looks[str(row[chart.by])].color for _, row in found],
        "shape": [looks[str(row[chart.by])].shape for _, row in found],
    }
    return data | detail_texts(tab, [row for _, row in found])


def detail_texts(tab: Tab, rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return the columns that `hover` shows: the details of a tab's chart, as the table writes them."""
    return {
        f"text_{key}": [cell(tab.column(key), row.get(key)).text for row in rows] for key in _details(tab)
    }


def hover(tab: Tab) -> Any:
    """Return the tool that shows the details of a tab's chart under the pointer."""
    tooltips = [(tab.column(key).title, f"@{{text_{key}}}") for key in _details(tab)]
    return bokeh("bokeh.models").HoverTool(tooltips=tooltips, point_policy="follow_mouse")


def style(figure: Any) -> None:
    """Give a figure the letters of the page."""
    figure.toolbar.logo = None
    figure.axis.axis_label_text_font_style = "normal"
    figure.axis.axis_label_text_font_size = "14px"
    figure.axis.major_label_text_font_size = "13px"


def _details(tab: Tab) -> Sequence[str]:
    return tab.chart.details if tab.chart else ()


def scatter(tab: Tab, looks: Mapping[str, Mark], target: str) -> dict[str, Any]:
    """Return a tab's chart as an item that BokehJS embeds into the element with the id `target`.

    The page reaches the points through the model named "shown", a filter by index.
    """
    chart = tab.chart
    if not isinstance(chart, Scatter):
        raise ValueError(f"the tab {tab.key!r} has no scatter chart")
    models = bokeh("bokeh.models")
    data = points(tab, chart, looks)
    figure = bokeh("bokeh.plotting").figure(
        min_height=420,
        sizing_mode="stretch_both",
        x_range=_limits(data["x"], chart.log_x),
        y_range=_limits(data["y"], chart.log_y),
        x_axis_type="log" if chart.log_x else "linear",
        y_axis_type="log" if chart.log_y else "linear",
        x_axis_label=_axis(tab, chart.x),
        y_axis_label=_axis(tab, chart.y),
        tools=["pan", "box_zoom", "wheel_zoom", "reset", "save", hover(tab)],
        active_drag=None,  # a finger on the chart scrolls the page
        active_scroll=None,
    )
    style(figure)
    shown = models.IndexFilter(indices=list(range(len(data["row"]))), name="shown")
    figure.scatter(
        "x",
        "y",
        source=models.ColumnDataSource(data, name="points"),
        view=models.CDSView(filter=shown),
        size=9,
        fill_color="color",
        marker="shape",
        fill_alpha=0.75,
        line_color="color",
    )
    item: dict[str, Any] = bokeh("bokeh.embed").json_item(figure, target)
    return item


def _limits(values: Sequence[float], log: bool) -> tuple[float, float]:
    """Return where an axis begins and ends; it stays like that when points are filtered out."""
    if not values:
        return (1.0, 10.0)
    low, high = min(values), max(values)
    if log:
        margin = (high / low) ** 0.04 if high > low else 2.0
        return (low / margin, high * margin)
    margin = 0.04 * (high - low) or 1.0
    return (low - margin, high + margin)


def _axis(tab: Tab, key: str) -> str:
    column = tab.column(key)
    return f"{column.title} (s)" if column.kind == "duration" else column.title
