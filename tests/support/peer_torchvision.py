"""torchvision beside a PyTorch that it was not compiled for: its two operators that an import asks for."""

from __future__ import annotations

from types import ModuleType

import pytest
from side_by_side import peer

_kept = []  # a library of operators lives as long as its object


def import_torchvision() -> ModuleType:
    """Import torchvision, or skip. Its compiled part need not load: reading MNIST does not use it."""
    torch = peer("torch")
    if not _kept:
        library = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            if not hasattr(torch.ops.torchvision, name):
                library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _kept.append(library)
    try:
        return peer("torchvision")
    except RuntimeError as error:
        pytest.skip(f"torchvision cannot be imported beside this PyTorch: {error}")
