"""Figures by matplotlib: contact sheets and projections, one dataset or two side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from .._extras import optional
from .palette import class_mark
from .projection import Projection
from .sample import Sample
from .sheet import ROWS_PER_CLASS, sheet_array

_INCH = 100  # pixels of an inch on the figure, and half of those in a PNG


def sheet_figure(sample: Sample) -> Any:
    """Draw a contact sheet: each class in three rows, with its name beside them.

    Parameters
    ----------
    sample : Sample

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    """
    columns = _columns(sample)
    height, width = sample.images.shape[1:]
    size = (columns * width, ROWS_PER_CLASS * len(sample.classes) * height)
    figure = _figure(size[0] / _INCH + 1.6, size[1] / _INCH + 0.5)
    axes = figure.add_subplot()
    _draw_sheet(axes, sample, columns)
    axes.set_title(f"{sample.title}: {len(sample):,} images, seed {sample.seed}", loc="left")
    return figure


def projection_figure(projection: Projection) -> Any:
    """Draw a projection, the legend beside it.

    Parameters
    ----------
    projection : Projection

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    """
    figure = _figure(9.2, 7.2)
    axes = figure.add_subplot()
    _draw_points(axes, projection)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, markerscale=2)
    return figure


def comparison_figure(projections: Sequence[Projection]) -> Any:
    """Draw datasets side by side: some images of each class above, the projection below.

    Parameters
    ----------
    projections : sequence of Projection

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    """
    figure = _figure(7.2 * len(projections), 11.6)
    grid = figure.add_gridspec(2, len(projections), height_ratios=(5, 7))
    for k, projection in enumerate(projections):
        axes = figure.add_subplot(grid[0, k])
        _draw_sheet(axes, projection.sample, 20, rows=1)
        axes.set_title(projection.sample.title, loc="left", fontsize=16)
        axes = figure.add_subplot(grid[1, k])
        _draw_points(axes, projection)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=5, frameon=False, markerscale=2)
    return figure


def save_figure(figure: Any, file: BinaryIO, kind: str) -> None:
    """Write a figure as ``"png"`` or ``"svg"``; the same figure gives the same bytes."""
    matplotlib = optional("matplotlib", "matplotlib", "plots", "a figure")
    options = {"metadata": {"Date": None}} if kind == "svg" else {"dpi": 2 * _INCH}
    with matplotlib.rc_context({"svg.hashsalt": "fmnist_fast"}):
        figure.savefig(file, format=kind, **options)


def _figure(width: float, height: float) -> Any:
    module = optional("matplotlib.figure", "matplotlib", "plots", "a figure")
    return module.Figure(figsize=(width, height), dpi=_INCH, layout="constrained")


def _columns(sample: Sample) -> int:
    """Return how many images wide the sheet is on which the largest class fills its rows."""
    _, counts = np.unique(sample.labels, return_counts=True)
    return int(-(-counts.max() // ROWS_PER_CLASS))


def _draw_sheet(axes: Any, sample: Sample, columns: int, rows: int = ROWS_PER_CLASS) -> None:
    sheet, classes = sheet_array(sample.images, sample.labels, columns=columns, rows=rows)
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    band = len(sheet) / len(classes)
    axes.set_yticks([(k + 0.5) * band - 0.5 for k in range(len(classes))])
    axes.set_yticklabels([sample.name(label) for label in classes])
    axes.set_xticks([])
    axes.hlines([k * band - 0.5 for k in range(1, len(classes))], -0.5, sheet.shape[1] - 0.5, "0.5", lw=0.6)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _scatter(axes: Any, points: npt.NDArray[np.float64], class_label: int, **options: Any) -> None:
    mark = class_mark(class_label)
    axes.scatter(*points.T, c=mark.color, marker=mark.matplotlib, linewidths=0, **options)


def _draw_points(axes: Any, projection: Projection) -> None:
    sample, points = projection.sample, projection.points
    size = float(np.clip(40_000 / len(sample), 5, 30))
    # In random order, or the last class would cover the others; each class stays one entry of the legend.
    order = np.random.default_rng(sample.seed).permutation(len(sample))
    parts = np.array_split(order, 10)
    for part in parts:
        for label in sample.classes:
            chosen = part[sample.labels[part] == label]
            _scatter(axes, points[chosen], label, s=size, alpha=0.8)
    for label in sample.classes:
        _scatter(axes, points[:0], label, s=30, label=sample.name(label))
    axes.set_title(projection.title, loc="left", pad=22)
    axes.text(0, 1.015, projection.details, transform=axes.transAxes, fontsize=9, color="0.35")
    axes.set_xlabel(projection.axes[0])
    axes.set_ylabel(projection.axes[1])
    axes.spines[["top", "right"]].set_visible(False)
    if not any(projection.axes):
        axes.set_xticks([])
        axes.set_yticks([])
