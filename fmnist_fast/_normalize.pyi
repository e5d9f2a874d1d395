from typing import Any

from numpy.typing import NDArray

__all__ = ("affine_u8", "gather_affine", "gather_rows", "swap_bytes")

def affine_u8(src: Any, out: NDArray[Any], scale: float, shift: float) -> None: ...
def gather_affine(
    source: NDArray[Any],
    indices: NDArray[Any],
    out: NDArray[Any],
    scale: float,
    shift: float,
    moves: NDArray[Any] | None = None,
    image: tuple[int, int, int] | None = None,
) -> None: ...
def gather_rows(
    source: NDArray[Any],
    indices: NDArray[Any],
    out: NDArray[Any],
    moves: NDArray[Any] | None = None,
    image: tuple[int, int, int] | None = None,
) -> None: ...
def swap_bytes(array: NDArray[Any]) -> None: ...
