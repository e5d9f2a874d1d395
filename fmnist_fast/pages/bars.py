"""Bar charts by Bokeh, embedded as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .charts import bokeh, detail_texts, hover, style
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
    data |= detail_texts(tab, [row for _, row in found])
    figure = bokeh("bokeh.plotting").figure(
        min_height=420,
        sizing_mode="stretch_both",
        x_range=(0, 1.04 * max(data["x"], default=1)),
        y_range=data["y"],
        x_axis_label=tab.column(chart.x).title,
        tools=["save", hover(tab)],
    )
    style(figure)
    figure.ygrid.grid_line_color = None
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
