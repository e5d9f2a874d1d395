"""IDX files (Fashion-MNIST, MNIST and relatives) to NumPy arrays and back, fast and exactly."""

from ._backend import backend, cpu_features
from ._include import get_include
from ._version import __version__
from .adapters.mnist_reader import load_mnist
from .batches import Batches
from .codec import decode_idx, encode_idx, read_idx, write_idx
from .datasets.loading import load
from .errors import (
    CorruptDataError,
    DatasetError,
    FmnistFastError,
    FormatError,
    MismatchError,
    OutputError,
    TruncatedError,
)
from .normalize import normalize
from .reader import IdxReader, open_idx

__all__ = (
    "Batches",
    "CorruptDataError",
    "DatasetError",
    "FmnistFastError",
    "FormatError",
    "IdxReader",
    "MismatchError",
    "OutputError",
    "TruncatedError",
    "__version__",
    "backend",
    "cpu_features",
    "decode_idx",
    "encode_idx",
    "get_include",
    "load",
    "load_mnist",
    "normalize",
    "open_idx",
    "read_idx",
    "write_idx",
)
