"""What docs/c_api.md shows compiles and does what it says."""

from __future__ import annotations

import re

import numpy as np
import pytest
from compiling import compiled, loaded
from distributions import ROOT
from samples import images

import fmnist_fast as ff

pytestmark = pytest.mark.once


def code_of_page() -> dict[str, str]:
    """The files that the page shows, by name."""
    path = ROOT / "docs" / "c_api.md"
    if not path.exists():
        pytest.skip("docs/c_api.md is not here")
    pattern = r"^<!-- module: (\S+) -->\n\n```\w+\n(.*?)^```$"
    return dict(re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))


def test_example_of_the_page(tmp_path):
    if ff.backend != "native":
        pytest.skip("the C API needs the native backend")
    for name, code in code_of_page().items():
        (tmp_path / name).write_text(code, encoding="utf-8")
    brightness = loaded(compiled(tmp_path, "brightness")).brightness
    data = ff.encode_idx(images(30), compress="gzip")
    assert brightness(data) == pytest.approx(images(30).mean())
    with pytest.raises(ValueError, match="ends early"):
        brightness(data[:-1])
    with pytest.raises(ValueError, match="type, rank or size"):
        brightness(ff.encode_idx(images(30).astype(np.int16)))
