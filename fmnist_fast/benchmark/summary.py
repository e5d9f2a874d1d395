"""What is said in short: ours against the best of the others, at every CPU level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .contest import REFERENCE, Lab
from .contests import CONTESTS
from .duel import Duel, rows_of
from .figures import memory_of_ours
from .measure import Settings
from .measure import rows_of as rows_of_contest
from .results import Row

TITLE = "In short: time of others over ours"
_OUT = f"{REFERENCE}, out="
_TWO = ", 2 threads"
_FLOATS = "mnist_reader + NumPy, new arrays"
_EPOCH = "an epoch of `Batches`: shuffled, float32, reused buffers"
_DUELS = (
    Duel("decode", REFERENCE, "libdeflate", title="images into a new array"),
    Duel("decode", _OUT, "libdeflate", title="images into an array that is there, `out=`"),
    Duel("decode", _OUT + _TWO, "libdeflate", title="images, `out=`, 2 threads"),
    Duel("decode", _OUT, "libdeflate", "avx2", "images, `out=`, CPU level `avx2`"),
    Duel("decode", _OUT, "libdeflate", "generic", "images, `out=`, CPU level `generic`"),
    Duel("decode-mnist", _OUT, "libdeflate", title="strokes like MNIST's, `out=`"),
    Duel("decode-text", _OUT, "libdeflate", title="Python source text, `out=`"),
    Duel("labels", REFERENCE, "zlib", title="10,000 labels"),
    Duel("decode-normalized", REFERENCE, _FLOATS, title="images as float32: `normalize=`, `out=`"),
    Duel("decode-normalized", REFERENCE + _TWO, _FLOATS, title="images as float32, 2 threads"),
    Duel("epoch", REFERENCE, "NumPy idiom", title=_EPOCH),
    Duel("epoch", REFERENCE, "NumPy take(out=)", title=_EPOCH),
    Duel("epoch", REFERENCE, "torch DataLoader", title=_EPOCH),
    Duel("decode", REFERENCE, "mnist_reader", "numpy", "images into a new array, NumPy backend"),
    Duel("encode-bgzf", REFERENCE + _TWO, REFERENCE, title="writing BGZF, 2 threads"),
    Duel("large", REFERENCE, f"{REFERENCE}, ten files", title="ten times as many images in one file"),
)


def summary(lab: Lab, settings: Settings) -> Iterator[Row]:
    """Ours against the best of the others, and the few figures that stand alone."""
    wanted = [duel for duel in _DUELS if settings.wants(duel.peer)]
    for row in rows_of(wanted, lab, settings):
        yield replace(row, contest="summary", title=TITLE)
    reopened, *_ = rows_of_contest(CONTESTS["reopen"], lab, replace(settings, peers=()))
    yield _alone(reopened, "opening again with `cache=`")
    for row in memory_of_ours(lab):
        yield _alone(row, f"memory above the array{row.way.removeprefix(REFERENCE)}")


def _alone(row: Row, what: str) -> Row:
    return replace(row, contest="summary", title=TITLE, way="", against=what)
