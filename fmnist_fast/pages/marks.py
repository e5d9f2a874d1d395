"""Colors and shapes that tell categories apart, for the color-blind too, on white and on black."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Okabe and Ito's colors without yellow and black, which one of the two backgrounds swallows.
_COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c")
#: Bokeh's name of a shape, and the shape in a square from -6 to 6.
SHAPES = {
    "circle": "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z",
    "square": "M-4.5,-4.5h9v9h-9z",
    "triangle": "M0,-5L5,4.5H-5z",
    "diamond": "M0,-6L4.5,0L0,6L-4.5,0z",
    "inverted_triangle": "M0,5L5,-4.5H-5z",
}


@dataclass(frozen=True)
class Mark:
    """How the points of a category look."""

    color: str
    shape: str

    @property
    def path(self) -> str:
        """The shape as the path of an SVG."""
        return SHAPES[self.shape]


def marks(categories: Iterable[str]) -> dict[str, Mark]:
    """Return a mark for each category, in alphabetical order; the first 35 are all different."""
    shapes = tuple(SHAPES)
    return {
        category: Mark(_COLORS[k % len(_COLORS)], shapes[k % len(shapes)])
        for k, category in enumerate(sorted(set(categories)))
    }
