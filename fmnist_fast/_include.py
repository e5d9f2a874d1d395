"""Where the header of the C API is."""

from __future__ import annotations

import os


def get_include() -> str:
    """Return the folder of ``fmnist_fast.h``, for the include directories of an extension module.

    The header documents the C API; it needs the native backend when the module is imported, not when it is
    compiled.

    Returns
    -------
    str

    Examples
    --------
    >>> import os
    >>> import fmnist_fast as ff
    >>> os.listdir(ff.get_include())
    ['fmnist_fast.h']
    """
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "include")
