"""Colors and shapes that tell classes apart, for the color-blind too."""

from __future__ import annotations

from dataclasses import dataclass

# Petroff's ten colors (2021), chosen by survey and by simulated color-blindness; "petroff10" in matplotlib.
_COLORS = (
    *("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6"),
    *("#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"),
)
# The same shapes in the words of matplotlib and of Bokeh.
_SHAPES = (
    *(("o", "circle"), ("s", "square"), ("^", "triangle"), ("D", "diamond")),
    *(("v", "inverted_triangle"), ("h", "hex"), ("*", "star")),
)


@dataclass(frozen=True)
class ClassMark:
    """How the points of a class look.

    Attributes
    ----------
    color : str
        As ``#rrggbb``.
    matplotlib, bokeh : str
        Name of the shape.
    """

    color: str
    matplotlib: str
    bokeh: str


def class_mark(label: int) -> ClassMark:
    """Return the mark of a class; the first 70 are all different."""
    return ClassMark(_COLORS[label % len(_COLORS)], *_SHAPES[label % len(_SHAPES)])
