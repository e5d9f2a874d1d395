"""Flips and shifts: what is drawn, what the kernels make of it, and that nothing else decides it."""

from __future__ import annotations

import numpy as np
import pytest
from numbered import IMAGES, LABELS, ROWS

import fmnist_fast as ff
from fmnist_fast._augment import Augmentation, Moves

STATISTICS = (0.2860, 0.3530)
KNOWN = {
    (1, 0): [[2, 0, 0], [-3, 1, 1], [4, -2, 0], [-2, -2, 1], [-3, 1, 1]],
    (2**70, 3): [[4, -4, 0], [0, -4, 0], [-4, -2, 0], [3, -3, 1], [2, 0, 0]],
}


def moved(image: np.ndarray, down: int, right: int, flip: int) -> np.ndarray:
    """One image, pixel by pixel, as the documentation puts it."""
    height, width = image.shape[-2:]
    result = np.zeros_like(image)
    for y in range(height):
        for x in range(width):
            if 0 <= y - down < height and 0 <= x - right < width:
                column = x - right
                result[..., y, x] = image[..., y - down, width - 1 - column if flip else column]
    return result


def moves_for(count: int, reach: int, rng: np.random.Generator) -> Moves:
    moves = rng.integers(-reach, reach + 1, (count, 3), dtype=np.int16)
    moves[:, 2] = rng.integers(0, 2, count)
    moves[0] = 0, 0, 1
    moves[1] = 0
    return moves


@pytest.mark.parametrize("code", ["u1", "i2", "f4", "f8", "c16"])
@pytest.mark.parametrize("shape", [(7, 6), (1, 1), (3, 28, 28), (2, 2, 5, 17), (2, 40), (31, 3)])
def test_rows_moved_as_pixel_by_pixel(backend, code, shape, rng):
    """Every item size; lines shorter and longer than what is copied at once; moves out of the picture."""
    images = rng.integers(1, 200, (12, *shape)).astype(code)
    source = images.reshape(12, -1).view(np.uint8)
    indices = rng.integers(0, 12, 40)
    moves = moves_for(40, max(shape[-2:]) + 1, rng)
    moves[2:5] = (2**15 - 1, 0, 0), (0, -(2**15), 1), (-(2**15), 2**15 - 1, -3)
    expected = np.stack([moved(images[k], *move) for k, move in zip(indices, moves.tolist(), strict=True)])
    room = np.full(expected.nbytes + 2, 7, np.uint8)
    backend.gather_rows(source, indices, room[1:-1], moves, (*shape[-2:], images.itemsize))
    assert room[1:-1].tobytes() == expected.tobytes()
    assert room[0] == room[-1] == 7
    for name in ("f2", "f4", "f8") if code == "u1" else ():
        floats = np.full(expected.size + 2, 7, name)
        backend.gather_affine(source, indices, floats[1:-1], 0.0123, -0.81, moves, (*shape[-2:], 1))
        items = np.empty(expected.size, name)
        backend.affine_u8(expected.tobytes(), items, 0.0123, -0.81)
        assert floats[1:-1].tobytes() == items.tobytes()
        assert floats[0] == floats[-1] == 7


def test_more_rows_than_are_moved_at_once(backend, rng):
    images = rng.integers(0, 256, (50, 28, 28), dtype=np.uint8)
    indices, moves = rng.integers(0, 50, 333), moves_for(333, 5, rng)
    plain, floats = np.empty((333, 784), np.uint8), np.empty((333, 784), np.float32)
    backend.gather_rows(images.reshape(50, -1), indices, plain, moves, (28, 28, 1))
    backend.gather_affine(images.reshape(50, -1), indices, floats, 0.5, -1.0, moves, (28, 28, 1))
    assert np.array_equal(floats, plain * np.float32(0.5) - 1)
    assert np.array_equal(plain[332].reshape(28, 28), moved(images[indices[332]], *moves[332].tolist()))


def test_rows_longer_than_the_scratch(backend, rng):
    images = rng.integers(1, 200, (3, 2, 130, 130)).astype("u1")
    moves = moves_for(3, 100, rng)
    expected = np.stack([moved(image, *move) for image, move in zip(images, moves.tolist(), strict=True)])
    floats, items = np.empty(expected.size, "f4"), np.empty(expected.size, "f4")
    backend.gather_affine(images.reshape(3, -1), np.arange(3), floats, 2.0, 1.0, moves, (130, 130, 1))
    backend.affine_u8(expected.tobytes(), items, 2.0, 1.0)
    assert np.array_equal(floats, items)


def test_nothing_to_move(backend):
    moves = np.zeros((0, 3), np.int16)
    none = np.empty(0, np.int64)
    backend.gather_rows(np.empty((3, 6), np.uint8), none, np.empty((0, 6), np.uint8), moves, (2, 3, 1))
    backend.gather_affine(np.empty((0, 6), np.uint8), none, np.empty((0, 6), "f4"), 1, 0, moves, (2, 3, 1))
    planes = np.empty((3, 0), np.uint8)
    backend.gather_affine(planes, np.arange(3), planes.astype("f4"), 1, 0, np.ones((3, 3), "i2"), (2, 3, 1))


def test_moves_that_do_not_fit_are_refused(backend):
    source, indices = np.zeros((10, 20), np.uint8), np.arange(4)
    moves = np.zeros((4, 3), np.int16)
    cases = [
        (moves[:3], (4, 5, 1)),
        (np.zeros((5, 3), np.int16), (4, 5, 1)),
        (moves.astype(np.int32), (4, 5, 1)),
        (moves.view(np.uint16), (4, 5, 1)),
        (moves.reshape(-1), (4, 5, 1)),
        (np.zeros((4, 6), np.int16)[:, ::2], (4, 5, 1)),
        (moves, (4, 4, 1)),
        (moves, (4, 5, 2)),
        (moves, (0, 5, 1)),
        (moves, (-4, -5, 1)),
        (moves, None),
    ]
    out, floats = np.full((4, 20), 9, np.uint8), np.full((4, 20), 9, np.float32)
    for case in cases:
        with pytest.raises((ValueError, BufferError)):
            backend.gather_rows(source, indices, out, *case)
        with pytest.raises((ValueError, BufferError)):
            backend.gather_affine(source, indices, floats, 1.0, 0.0, *case)
    for bad in (-1, 10):
        with pytest.raises(IndexError, match=f"index {bad} is out of range for 10 rows"):
            backend.gather_rows(source, np.array([0, 1, 2, bad]), out, moves, (4, 5, 1))
    assert (out == 9).all()
    assert (floats == 9).all()


def test_what_is_drawn_is_a_fact_not_an_accident():
    """The very moves, on every platform, with every NumPy; a change would break resumed trainings."""
    assert Augmentation(0.5, 4).draw(5, 1, 0).tolist() == KNOWN[1, 0]
    assert Augmentation(0.5, 4).draw(5, 2**70, 3).tolist() == KNOWN[2**70, 3]
    assert Augmentation(0.5, 4).draw(0, 1, 0).shape == (0, 3)


@pytest.mark.parametrize(("flip", "shift"), [(0.0, 3), (0.5, 0), (0.25, 4), (1.0, 1)])
def test_how_often_things_happen(flip, shift):
    """Within five standard deviations, and each of the distances."""
    rows = 40_000
    moves = Augmentation(flip, shift).draw(rows, 3, 7)
    assert set(moves[:, 2]) <= {0, 1}
    assert abs(moves[:, 2].mean() - flip) <= 5 * (flip * (1 - flip) / rows) ** 0.5
    share = 1 / (2 * shift + 1)
    for column in moves[:, :2].T:
        assert set(column) == set(range(-shift, shift + 1))
        counts = np.bincount(column + shift) / rows
        assert np.abs(counts - share).max() <= 5 * (share * (1 - share) / rows) ** 0.5 + 1e-12
    if shift and 0 < flip < 1:
        correlation = np.corrcoef(moves.T.astype(float))
        assert np.abs(correlation - np.eye(3)).max() < 5 / rows**0.5


def epoch_of(batches: ff.Batches) -> dict[int, bytes]:
    return {int(k): x.tobytes() for xs, ys in batches for x, k in zip(xs, ys, strict=True)}


def test_batches_are_what_was_drawn():
    options = {"seed": 8, "shuffle": True, "flip": 0.5, "shift": 3}
    batches = ff.Batches(IMAGES, LABELS, 10, normalize=STATISTICS, shape=42, reuse=True, **options)
    for epoch in range(2):
        moves = Augmentation(0.5, 3).draw(ROWS, 8, epoch)
        seen = 0
        for x, y in batches:
            pixels = np.stack([moved(IMAGES[k], *moves[k].tolist()) for k in y])
            assert np.array_equal(x, ff.normalize(pixels, *STATISTICS).reshape(-1, 42))
            seen += len(y)
        assert seen == ROWS


@pytest.mark.parametrize("code", ["u1", "i2", "f8"])
@pytest.mark.parametrize("options", [{}, {"normalize": STATISTICS}, {"dtype": "f8"}, {"dtype": "i4"}])
def test_moved_before_it_is_converted(code, options):
    images = np.stack([IMAGES, 255 - IMAGES], axis=1).astype(code)  # two planes
    for x, y in ff.Batches(images, LABELS, 40, seed=2, flip=0.5, shift=2, **options):
        moves = Augmentation(0.5, 2).draw(ROWS, 2, 0)[y]
        pixels = np.stack([moved(images[k], *move) for k, move in zip(y, moves.tolist(), strict=True)])
        plain = ff.Batches(pixels, batch_size=40, **options)
        assert np.array_equal(x, next(iter(plain)))


def test_how_a_row_is_augmented_depends_on_nothing_else():
    """Not on the order, the size of the batches, shards or threads; but on epoch and seed."""

    def epochs(**options):
        batches = ff.Batches(IMAGES, LABELS, **{"seed": 5, "flip": 0.5, "shift": 2, **options})
        return [epoch_of(batches) for _ in range(2)]

    expected = epochs()
    assert expected[0] != expected[1]
    for options in (
        {"batch_size": 7},
        {"shuffle": True},
        {"threads": 2, "prefetch": True, "reuse": True},
        {"batch_size": 1, "drop_last": True},
    ):
        assert epochs(**options) == expected
    shards = [epochs(shuffle=True, shard=(k, 3)) for k in range(3)]
    for k in range(2):
        assert {row: image for shard in shards for row, image in shard[k].items()} == expected[k]
    assert epochs(seed=6)[0] != expected[0]


@pytest.mark.parametrize("threads", [1, 2])
def test_large_batches_by_several_threads(threads):
    images = np.resize(IMAGES, (60_000, 7, 6))
    options = {"normalize": STATISTICS, "seed": 1, "flip": 0.5, "shift": 1}
    (whole,) = ff.Batches(images, batch_size=60_000, threads=threads, **options)
    parts = np.concatenate(list(ff.Batches(images, batch_size=999, **options)))
    assert np.array_equal(whole, parts)


def test_resumed_in_the_middle():
    def fresh(**changed):
        options = {"seed": 4, "shuffle": True, "flip": 0.5, "shift": 2, **changed}
        return ff.Batches(IMAGES, LABELS, 20, **options)

    first, second = fresh(), fresh(seed=77)
    epoch = iter(first)
    next(epoch)
    second.load_state_dict(first.state_dict())
    for (x, y), (x2, y2) in zip(epoch, second, strict=True):
        assert np.array_equal(x, x2)
        assert np.array_equal(y, y2)
    for changed in ({"flip": 0.4}, {"shift": 3}, {"flip": 0, "shift": 0}):
        with pytest.raises(ValueError, match=r"flip|shift"):
            fresh(**changed).load_state_dict(first.state_dict())


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"flip": -0.1}, ValueError, "probability"),
        ({"flip": 1.1}, ValueError, "probability"),
        ({"flip": float("nan")}, ValueError, "probability"),
        ({"flip": True}, TypeError, "probability"),
        ({"flip": "0.5"}, TypeError, "str"),
        ({"shift": -1}, ValueError, "at least 0"),
        ({"shift": 1.5}, TypeError, "an int"),
        ({"shift": 6}, ValueError, "7 x 6"),
        ({"shift": 1, "shard": (0, 2)}, ValueError, "seed"),
    ],
)
def test_arguments_out_of_range(options, error, words):
    with pytest.raises(error, match=words):
        ff.Batches(IMAGES, LABELS, **options)


def test_rows_that_are_no_images():
    for images in (IMAGES.reshape(ROWS, -1), np.arange(5)):
        for options in ({"flip": 0.5}, {"shift": 1}):
            with pytest.raises(ValueError, match="rank 3"):
                ff.Batches(images, **options)
    for shape in ((0, 28, 28), (4, 0, 28, 28), (4, 28, 0)):
        batches = ff.Batches(np.empty(shape, np.uint8), flip=0.5, normalize=STATISTICS)
        assert sum(len(x) for x in batches) == shape[0]
