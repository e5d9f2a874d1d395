"""Pictures of data; each function imports its drawing library when it is called."""

from .sheet import contact_sheet, sheet_array

__all__ = ("contact_sheet", "sheet_array")
