"""Bar charts by Bokeh, embedded as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .cells import cell
from .charts import bokeh
from .marks import Mark
from .model import Bars, Tab


def bars(tab: Tab, looks: Mapping[str, Mark], target: str) -> dict[str, Any]:
    """Return a tab's chart as an item that BokehJS embeds into the element with the id `target`.

    The page reaches the bars through the model named "shown", a filter by index.
    """
    chart = tab.chart
    if not isinstance(chart, Bars):
        raise ValueError(f"the tab {tab.key!r} has no bar chart")
    models = bokeh("bokeh.models")
    found = [(k, row) for k, row in enumerate(tab.rows) if row.get(chart.x) is not None]
    found.sort(key=lambda pair: pair[1][chart.x])
    data: dict[str, list[Any]] = {
        "row": [k for k, _ in found],
        "x": [row[chart.x] for _, row in found],
        "y": [str(row[chart.y]) for _, row in found],
        "color": [looks[str(row[chart.by])].color for _, row in found],
    }
    for key in chart.details:
        data[f"text_{key}"] = [cell(tab.column(key), row.get(key)).text for _, row in found]
    figure = bokeh("bokeh.plotting").figure(
        min_height=420,
        sizing_mode="stretch_both",
        x_range=(0, 1.04 * max(data["x"], default=1)),
        y_range=data["y"],
        x_axis_label=tab.column(chart.x).title,
        tools=["save", _hover(tab, chart, models)],
    )
    figure.toolbar.logo = None
    figure.ygrid.grid_line_color = None
    figure.axis.axis_label_text_font_style = "normal"
    figure.axis.axis_label_text_font_size = "14px"
    figure.axis.major_label_text_font_size = "13px"
    shown = models.IndexFilter(indices=list(range(len(found))), name="shown")
    figure.hbar(
        y="y",
        right="x",
        height=0.7,
        source=models.ColumnDataSource(data, name="points"),
        view=models.CDSView(filter=shown),
        fill_color="color",
        line_color=None,
    )
    item: dict[str, Any] = bokeh("bokeh.embed").json_item(figure, target)
    return item


def _hover(tab: Tab, chart: Bars, models: Any) -> Any:
    tooltips = [(tab.column(key).title, f"@{{text_{key}}}") for key in chart.details]
    return models.HoverTool(tooltips=tooltips, point_policy="follow_mouse")
