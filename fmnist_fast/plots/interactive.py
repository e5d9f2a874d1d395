"""Projections as offline HTML by Bokeh: pointing at a point shows the image."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .._extras import optional
from .palette import class_mark
from .projection import Projection
from .sheet import gray

_PURPOSE = "an HTML picture"
_TEMPLATE = """\
{% block preamble %}
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
{% endblock %}
"""
_TOOLTIP = """
<div style="display: flex; gap: 10px; align-items: center; font-size: 13px">
  <img src="@picture" alt="" width="84" height="84" style="image-rendering: pixelated">
  <div><b>@name</b><br>image @index</div>
</div>
"""


def projection_html(projections: Sequence[Projection]) -> str:
    """Return projections, side by side, as one HTML file that needs no network.

    A click on an entry of the legend hides its class.

    Parameters
    ----------
    projections : sequence of Projection

    Returns
    -------
    str

    Raises
    ------
    MissingExtraError
        Bokeh or Pillow is not installed.
    """
    figures = [_figure(projection) for projection in projections]
    layout = _bokeh("bokeh.layouts").row(figures, sizing_mode="stretch_width", styles={"flex-wrap": "wrap"})
    return _page(layout, " / ".join(projection.title for projection in projections))


def picture_html(png: bytes, title: str) -> str:
    """Return a picture in an HTML file that needs no network."""
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    jinja = optional("jinja2", "Jinja", "plots", _PURPOSE)
    template = jinja.Environment(autoescape=True).from_string(
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{{ title }}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        '<img src="{{ source }}" alt="{{ title }}" style="max-width: 100%">\n</html>\n'
    )
    html: str = template.render(title=title, source=source)
    return html


def _bokeh(module: str) -> Any:
    return optional(module, "Bokeh", "plots", _PURPOSE)


def _page(layout: Any, title: str) -> str:
    resources = _bokeh("bokeh.resources").Resources(mode="inline", log_level="warn")
    html: str = _bokeh("bokeh.embed").file_html(layout, resources, title, template=_TEMPLATE)
    return html


def _figure(projection: Projection) -> Any:
    models = _bokeh("bokeh.models")
    figure = _bokeh("bokeh.plotting").figure(
        sizing_mode="stretch_width",
        min_width=360,
        height=640,
        tools=[
            "pan",
            "box_zoom",
            "wheel_zoom",
            "reset",
            "save",
            models.HoverTool(tooltips=_TOOLTIP, limit=4),
        ],
        active_drag=None,
        x_axis_label=projection.axes[0],
        y_axis_label=projection.axes[1],
    )
    figure.toolbar.logo = None
    figure.add_layout(models.Title(text=projection.details, text_font_style="normal"), "above")
    figure.add_layout(models.Title(text=projection.title, text_font_size="17px"), "above")
    if not any(projection.axes):
        figure.axis.visible = False
    legend = models.Legend(
        items=_draw_points(figure, projection),
        click_policy="hide",
        border_line_color=None,
        title="click to hide",
    )
    figure.add_layout(legend, "right")
    return figure


def _draw_points(figure: Any, projection: Projection) -> list[Any]:
    """Draw the points, each with its image, and return the entries of the legend."""
    models, sample = _bokeh("bokeh.models"), projection.sample
    pictures = np.array(_pictures(sample.images))
    entries = []
    for label in sample.classes:
        chosen = sample.labels == label
        points = projection.points[chosen]
        data = {
            "x": points[:, 0].tolist(),
            "y": points[:, 1].tolist(),
            "index": sample.index[chosen].tolist(),
            "picture": pictures[chosen].tolist(),
            "name": [sample.name(label)] * len(points),
        }
        mark = class_mark(label)
        renderer = figure.scatter(
            "x", "y", source=models.ColumnDataSource(data), size=7, marker=mark.bokeh, color=mark.color
        )
        renderer.glyph.fill_alpha = 0.8
        entries.append(models.LegendItem(label=sample.name(label), renderers=[renderer]))
    return entries


def _pictures(images: npt.NDArray[Any]) -> list[str]:
    """Return each image as the address of a PNG."""
    pillow = optional("PIL.Image", "Pillow", "plots", _PURPOSE)
    addresses = []
    for pixels in gray(images):
        file = io.BytesIO()
        pillow.fromarray(pixels).save(file, "PNG", optimize=True)
        addresses.append(f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}")
    return addresses
