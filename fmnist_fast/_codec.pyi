from typing import Any, Self

from numpy.typing import NDArray
from typing_extensions import CapsuleType, disjoint_base

__all__ = ("GzipDecoder",)

_C_API: CapsuleType

@disjoint_base
class GzipDecoder:
    def __new__(cls, threads: int = 1, *, _frozen: Self | None = None) -> Self: ...
    @property
    def member(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def shared(self) -> bool: ...
    def copy(self) -> Self: ...
    def decode(
        self, data: Any, final: bool, out: Any, start: int, pause: bool = False
    ) -> tuple[int, int, int]: ...
    def decode_affine(
        self, data: Any, final: bool, out: NDArray[Any], start: int, scale: float, shift: float
    ) -> tuple[int, int, int]: ...
