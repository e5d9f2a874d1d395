"""Parameters that are whole numbers: which kinds of numbers they take, and how the others are refused."""

import numpy as np
import pytest
from builders import idx_bytes

import fmnist_fast as ff
from fmnist_fast.datasets.synthetic import sample

IMAGES = np.arange(4 * 6 * 5, dtype=np.uint8).reshape(4, 6, 5)
RAW = idx_bytes(IMAGES)

CALLS = {
    "threads of read_idx": lambda n: ff.read_idx(RAW, threads=n),
    "threads of decode_idx": lambda n: ff.decode_idx(ff.encode_idx(IMAGES, compress="bgzf"), threads=n),
    "threads of normalize": lambda n: ff.normalize(IMAGES, 0.1, 0.2, threads=n),
    "threads of encode_idx": lambda n: ff.encode_idx(IMAGES, compress="gzip", threads=n),
    "threads of Batches": lambda n: list(ff.Batches(IMAGES, threads=n)),
    "level of encode_idx": lambda n: ff.encode_idx(IMAGES, compress="gzip", level=n),
    "max_bytes of read_idx": lambda n: ff.read_idx(idx_bytes(IMAGES[0, 0, :2]), max_bytes=n),
    "batch_size of Batches": lambda n: list(ff.Batches(IMAGES, batch_size=n)),
    "seed of Batches": lambda n: list(ff.Batches(IMAGES, seed=n, shuffle=True)),
    "shift of Batches": lambda n: list(ff.Batches(IMAGES, seed=1, shift=n)),
    "epoch of Batches": lambda n: ff.Batches(IMAGES).set_epoch(n),
    "n of batches": lambda n: list(ff.open_idx(RAW).batches(n)),
    "count of sample": lambda n: sample(n),
    "seed of sample": lambda n: sample(1, seed=n),
}


class Whole:
    """What Python takes for an index without being an int."""

    def __index__(self) -> int:
        return 2


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("number", [np.int64(2), np.uint8(2), Whole()], ids=["int64", "uint8", "index"])
def test_any_kind_of_integer(call, number):
    np.testing.assert_equal(call(number), call(2))


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("bad", [True, np.True_, 2.0, "2", np.array([2])], ids=repr)
def test_no_integer(name, bad):
    with pytest.raises(TypeError, match=f"{name.split()[0]} must be an int .*, not "):
        CALLS[name](bad)


@pytest.mark.parametrize("name", CALLS)
def test_below_the_least(name):
    with pytest.raises(ValueError, match=f"{name.split()[0]} must be an int .*, not -1"):
        CALLS[name](-1)


def test_seeds_of_any_size():
    """Each seed has an order of its own, also those beyond 32 and 64 bits, of which no bit is dropped."""
    seeds = [0, 7, 2**32, 2**32 + 7, 2**64 + 7, 2**200 + 7]
    orders = []
    for seed in seeds:
        (batch,) = ff.Batches(np.arange(100), shuffle=True, seed=seed)
        orders.append(tuple(batch))
        assert ff.Batches(np.arange(100), seed=seed).state_dict()["seed"] == seed
    assert len(set(orders)) == len(seeds)
