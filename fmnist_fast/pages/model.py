"""What a page says, as plain data; `render` turns it into HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key : str
        Where rows hold the value. A row without it, or with None, shows a dash; it sorts last.
    title : str
        Heading.
    kind : {"text", "code", "number", "duration", "time"}
        Text; text in a fixed-width font; a number; seconds; or seconds since 1970, shown in UTC.
    digits : int
        Decimals of a number.
    help : str
        A sentence about the column, shown on its heading.
    filter : {"choice", "range"}, optional
        Offer a box to tick for each value, or two fields for the smallest and the largest.
    shown : {"always", "wide", "asked"}
        At first: always, on wide screens only, or not before the reader asks for it.
    """

    key: str
    title: str
    kind: Literal["text", "code", "number", "duration", "time"] = "text"
    digits: int = 3
    help: str = ""
    filter: Literal["choice", "range"] | None = None
    shown: Literal["always", "wide", "asked"] = "wide"


@dataclass(frozen=True)
class Scatter:
    """A chart with a point for each row that has both values; it follows the filters of its table.

    Attributes
    ----------
    x, y : str
        Keys of two columns of numbers or durations.
    by : str
        Key of the column that gives a point its color and shape; where it has the filter "choice" the boxes
        are the legend.
    details : sequence of str
        Keys of the columns shown when the pointer is on a point.
    log_x : bool
        Logarithmic horizontal axis; rows with `x` below or equal to 0 then have no point.
    log_y : bool
        The same for the vertical axis.
    """

    x: str
    y: str
    by: str
    details: Sequence[str]
    log_x: bool = False
    log_y: bool = False


@dataclass(frozen=True)
class Bars:
    """A chart with a horizontal bar for each row, the largest on top; it follows the filters of its table.

    Attributes
    ----------
    x : str
        Key of the column of numbers that the bars show.
    y : str
        Key of the column that names a bar; each value once.
    by : str
        Key of the column that gives a bar its color.
    details : sequence of str
        Keys of the columns shown when the pointer is on a bar.
    """

    x: str
    y: str
    by: str
    details: Sequence[str]


@dataclass(frozen=True)
class Tab:
    """A table under a tab.

    Attributes
    ----------
    key : str
        Letters, digits and hyphens; ``page.html#key`` opens the tab.
    title : str
        What is written on it.
    columns : sequence of Column
    rows : sequence of mapping
        Values by the keys of the columns; further keys are left alone.
    order : (key, {"asc", "desc"})
        Sorted like this at first.
    intro : str
        A paragraph above the table.
    chart : Scatter or Bars, optional
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    order: tuple[str, Literal["asc", "desc"]]
    intro: str = ""
    chart: Scatter | Bars | None = None

    def column(self, key: str) -> Column:
        """Return the column with this key.

        Raises
        ------
        KeyError
            There is none.
        """
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(f"the tab {self.key!r} has no column {key!r}")


@dataclass(frozen=True)
class Page:
    """A page of tabs.

    Attributes
    ----------
    title : str
    tabs : sequence of Tab
    noun : str
        What a row is, in the plural: "results".
    intro : sequence of str
        Paragraphs below the title.
    notes : sequence of str
        Paragraphs at the end: how it was measured, with which command, what it does not say.
    """

    title: str
    tabs: Sequence[Tab]
    noun: str = "results"
    intro: Sequence[str] = ()
    notes: Sequence[str] = ()
