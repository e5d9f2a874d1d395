"""The results page: what the settings of the benchmark reached, as one offline HTML file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...pages import write_page
from ..results import read_results
from .page import results_page

__all__ = ("results_page", "write_report")


def write_report(results: Iterable[Path], target: Path) -> None:
    """Write the results page.

    Parameters
    ----------
    results : iterable of Path
        Results files, see `fmnist_fast.baselines.schema`. Their lines are put together.
    target : Path
        The HTML file; one of that name is replaced whole or not at all. The same results give the same page,
        byte for byte, with the same versions of Bokeh and itables.

    Raises
    ------
    MissingExtraError
        Bokeh, itables or Jinja is not installed.
    FormatError
        A line is not a result.
    OSError
        A file cannot be read or written.
    """
    write_page(results_page([line for path in results for line in read_results(path)]), target)
