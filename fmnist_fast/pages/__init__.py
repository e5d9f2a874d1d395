"""Offline HTML pages: sortable, filtered tables in tabs, each with a chart, in one file.

The tables are DataTables (from the package itables) and the charts Bokeh; both are written into the page,
which then needs no network. A content security policy in the page forbids it any.
"""

from .model import Bars, Column, Page, Scatter, Tab
from .render import render_page, write_page

__all__ = ("Bars", "Column", "Page", "Scatter", "Tab", "render_page", "write_page")
