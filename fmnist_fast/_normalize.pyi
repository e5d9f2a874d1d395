from typing import Any

from numpy.typing import NDArray

__all__ = ("affine_u8", "swap_bytes")

def affine_u8(src: Any, out: NDArray[Any], scale: float, shift: float) -> None: ...
def swap_bytes(array: NDArray[Any]) -> None: ...
