"""Two threads whose guesses go wrong."""

import numpy as np
import pytest
from misleading import streams

import fmnist_fast as ff

if ff.backend != "native":
    pytest.skip("only the native backend has use for two threads", allow_module_level=True)

from fmnist_fast._codec import GzipDecoder

END = 2
STREAMS = streams()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("kind", STREAMS)
def test_same_bytes(kind, threads):
    packed, expected = STREAMS[kind]
    for _ in range(3):  # the threads are not always in the same order
        out = np.empty(len(expected), np.uint8)
        status, used, made = GzipDecoder(threads).decode(packed, True, out, 0)
        assert (status, used, made) == (END, len(packed), len(expected))
        assert out.tobytes() == expected
