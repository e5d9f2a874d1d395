"""Pictures of data; each function imports its drawing library when it is called."""

from .figures import comparison_figure, projection_figure, save_figure, sheet_figure
from .interactive import picture_html, projection_html
from .projection import METHODS, Projection, project
from .projector import write_projector
from .sample import Sample, read_sample
from .sheet import contact_sheet, sheet_array

__all__ = (
    "METHODS",
    "Projection",
    "Sample",
    "comparison_figure",
    "contact_sheet",
    "picture_html",
    "project",
    "projection_figure",
    "projection_html",
    "read_sample",
    "save_figure",
    "sheet_array",
    "sheet_figure",
    "write_projector",
)
