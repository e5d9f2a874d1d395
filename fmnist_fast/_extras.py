"""Optional libraries: imported where a function needs them, and named with their extra when missing."""

from __future__ import annotations

import importlib
from typing import Any


class MissingExtraError(ImportError):
    """An optional library is not installed; the message says how to get it."""


def optional(module: str, library: str, extra: str, purpose: str) -> Any:
    """Import a module that only an extra of this package brings.

    Parameters
    ----------
    module : str
        What to import, such as ``"PIL.Image"``.
    library : str
        Its name for people, such as ``"Pillow"``.
    extra : str
        The extra that installs it.
    purpose : str
        What needs it; the sentence reads "`purpose` needs `library`".

    Returns
    -------
    module

    Raises
    ------
    MissingExtraError
        The import fails.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        hint = f'python -m pip install "fmnist_fast[{extra}]"'
        raise MissingExtraError(f"{purpose} needs {library}, which cannot be imported: {hint}") from error
