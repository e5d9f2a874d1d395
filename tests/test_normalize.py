"""One fused multiply-add per pixel, the same bits from every backend and at every CPU level.

`(x/255 - mean)/std` is computed as `fma(x, 1/(255*std), -mean/std)`: one rounding instead of three. The
results are compared bit for bit with exact fractions, never with a tolerance; and the distance to the usual
two-step form is measured here and held to what the documentation says.
"""

from __future__ import annotations

import numpy as np
import pytest
from builders import DTYPES, idx_bytes
from exact import fma_table, nearest, ulps
from samples import images, same

import fmnist_fast as ff

STATISTICS = {"fashion": (0.2860, 0.3530), "mnist": (0.1307, 0.3081), "kmnist": (0.1918, 0.3483)}
FLOATS = ["f2", "f4", "f8"]
EVERY = np.arange(256, dtype=np.uint8)
COEFFICIENTS = [
    (1 / 255, 0.0),
    (1.0, 0.0),
    (1 / (255 * 0.353), -0.286 / 0.353),
    (-3.7, 1e-9),
    (0.1, -12.75),  # cancels to almost nothing in the middle
    (1e-42, 1e-44),  # subnormal constants
    (2.0**-126, -(2.0**-149)),
    (1e30, -1e32),
    (0.0, 7.25),
    (1e-3, 1e9),
    (np.pi, -np.e * 100),
]


def coefficients(mean: float, std: float) -> tuple[float, float]:
    return 1.0 / (255.0 * std), -mean / std


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize(("scale", "shift"), COEFFICIENTS)
def test_kernel_is_exactly_rounded(backend, name, scale, shift):
    out = np.full(256, 99, name)
    backend.affine_u8(EVERY, out, scale, shift)
    expected = fma_table(scale, shift, name)
    assert np.array_equal(out, expected), np.flatnonzero(out != expected)


@pytest.mark.parametrize("name", ["f2", "f4"])
@pytest.mark.parametrize(("scale", "shift"), [(np.nan, 0.0), (np.inf, 1.0), (-np.inf, 0.0), (0.0, -np.nan)])
def test_kernel_keeps_what_is_no_number(backend, name, scale, shift):
    out = np.zeros(256, name)
    with np.errstate(invalid="ignore"):
        backend.affine_u8(EVERY, out, scale, shift)
        expected = EVERY * np.float64(scale) + shift
    assert np.array_equal(out, expected.astype(name), equal_nan=True)


@pytest.mark.parametrize("scale", [1.7e308, -1.7e308])
def test_kernel_overflows_to_infinity(backend, scale):
    out = np.zeros(256)
    backend.affine_u8(EVERY, out, scale, 0.0)
    assert out.tolist() == [0.0, scale, *[2 * scale] * 254]


@pytest.mark.parametrize("name", FLOATS)
def test_kernel_on_random_coefficients(backend, name, rng):
    for _ in range(25):
        scale = float(rng.normal() * 10.0 ** rng.integers(-6, 3))
        shift = float(rng.normal() * 10.0 ** rng.integers(-6, 3))
        out = np.empty(256, name)
        backend.affine_u8(EVERY, out, scale, shift)
        assert np.array_equal(out, fma_table(scale, shift, name)), (scale, shift)


@pytest.mark.parametrize("name", FLOATS)
def test_kernel_at_every_length_and_alignment(backend, name):
    """Vector bodies, their tails, and unaligned starts; the items around the result are not touched."""
    table = fma_table(0.01, -0.5, name)
    pixels = np.frombuffer(images(3).tobytes(), np.uint8)[300:]
    for count in [*range(140), 1000, 1023, 1025]:
        for start in (0, 1, 3):
            room = np.full(count + 20, 77, name)
            out = room[start + 5 : start + 5 + count]
            backend.affine_u8(pixels[start : start + count], out, 0.01, -0.5)
            assert np.array_equal(out, table[pixels[start : start + count]])
            assert (room[: start + 5] == 77).all()
            assert (room[start + 5 + count :] == 77).all()


def test_kernel_refuses_what_does_not_fit(backend):
    for out in (np.empty(255, "f4"), np.empty(257, "f4")):
        with pytest.raises(ValueError, match="25"):
            backend.affine_u8(EVERY, out, 1.0, 0.0)
    for out in (np.empty(256, "i4"), np.empty(512, "f4")[::2]):
        with pytest.raises((ValueError, TypeError)):
            backend.affine_u8(EVERY, out, 1.0, 0.0)


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("key", STATISTICS)
def test_normalize_uint8(name, key):
    pixels = images(11)
    got = ff.normalize(pixels, *STATISTICS[key], dtype=name)
    assert got.shape == pixels.shape
    assert same(got, fma_table(*coefficients(*STATISTICS[key]), name)[pixels])


def test_normalize_defaults_to_float32():
    assert ff.normalize(images(1), 0.5, 0.5).dtype == np.float32


@pytest.mark.parametrize("key", STATISTICS)
def test_distance_to_the_two_step_form(key):
    """The usual float32 form rounds three times; ours once, but with two rounded constants.

    Measured over all 256 pixel values: never more than one ulp of the largest results (2**-22 for results
    between 2 and 4), 3 ulp of the result itself once that is above 0.25; near zero, where the usual form
    cancels, ulps of the result mean nothing. Both are as close to the real numbers.
    """
    mean, std = STATISTICS[key]
    two_step = (EVERY.astype("f4") / np.float32(255) - np.float32(mean)) / np.float32(std)
    fused = ff.normalize(EVERY, mean, std)
    exact = (EVERY / 255 - mean) / std
    far = np.abs(exact) > 0.25
    assert np.abs(fused - two_step).max() <= 2.0**-22
    assert np.abs(fused - exact).max() <= 2.0**-22
    assert ulps(fused[far], two_step[far]) <= 3


@pytest.mark.parametrize("name", ["f4", "f8"])
@pytest.mark.parametrize("code", [code for code in DTYPES if code != "u1"])
def test_other_dtypes_are_subtracted_and_divided(code, name):
    rng = np.random.default_rng(8)
    array = rng.integers(-100, 100, (5, 7)).astype(code)
    got = ff.normalize(array, 1.5, 3.0, dtype=name)
    assert same(got, (array.astype(name) - np.dtype(name).type(1.5)) / np.dtype(name).type(3.0))
    half = ff.normalize(array, 1.5, 3.0, dtype="f2")
    assert same(half, ((array.astype("f4") - np.float32(1.5)) / np.float32(3)).astype("f2"))


@pytest.mark.parametrize("code", ["i2", "i4", "f4", "f8"])
def test_byte_order_does_not_matter(code):
    array = np.arange(-30, 30).astype(code)
    assert same(ff.normalize(array.astype(array.dtype.newbyteorder(">")), 1, 2), ff.normalize(array, 1, 2))


def test_memory_layout_does_not_matter():
    pixels = images(6)
    expected = ff.normalize(pixels, 0.3, 0.4)
    assert same(ff.normalize(np.asfortranarray(pixels), 0.3, 0.4), expected)
    assert same(ff.normalize(np.repeat(pixels, 2, axis=0)[::2], 0.3, 0.4), expected)
    assert same(ff.normalize(pixels[::-1], 0.3, 0.4), expected[::-1].copy())


@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (1,), (3, 0, 2)])
def test_few_items(shape):
    assert ff.normalize(np.zeros(shape, "u1"), 0.5, 0.5).shape == shape


@pytest.mark.parametrize("threads", [None, 1, 2, 3, 8])
def test_threads_do_not_change_a_bit(threads):
    pixels = np.frombuffer(np.random.default_rng(3).bytes(3_300_001), np.uint8)
    table = fma_table(*coefficients(0.286, 0.353), "f4")
    assert same(ff.normalize(pixels, 0.286, 0.353, threads=threads), table[pixels])


def test_out_is_filled_and_returned():
    pixels, out = images(4), np.empty((4, 28, 28), "f4")
    assert ff.normalize(pixels, 0.1, 0.2, out=out) is out
    assert same(out, ff.normalize(pixels, 0.1, 0.2))
    rows = np.full((6, 28, 28), 5, "f4")
    ff.normalize(pixels, 0.1, 0.2, out=rows[1:5])
    assert same(rows[1:5].copy(), out)
    assert (rows[[0, 5]] == 5).all()


def test_out_that_does_not_fit():
    pixels = images(2)
    good = np.full((2, 28, 28), 3, "f4")
    frozen = good.copy()
    frozen.flags.writeable = False
    for out in (
        np.full((2, 784), 3, "f4"),
        np.full((2, 28, 28), 3, "f8"),
        np.full((2, 28, 28), 3, ">f4"),
        np.full((2, 28, 28), 3, "f4", order="F"),
        np.full((4, 28, 28), 3, "f4")[::2],
        frozen,
    ):
        with pytest.raises(ff.OutputError):
            ff.normalize(pixels, 0.5, 0.5, out=out)
        assert (out == 3).all()


def test_out_over_the_images_themselves():
    """Reading bytes while floats are written over them would give garbage."""
    memory = np.zeros(4 * 784, "u1")
    with pytest.raises(ff.OutputError):
        ff.normalize(memory[:784], 0.5, 0.5, out=memory.view("f4"))


@pytest.mark.parametrize(
    "bad", [(0.5, 0.0), (0.5, -0.0), (np.nan, 1), (0, np.inf), (np.inf, 1), (0, np.nan), (1, 1e-320)]
)
@pytest.mark.parametrize("code", ["u1", "f4"])
def test_useless_statistics(bad, code):
    with pytest.raises(ValueError, match=f"mean is {bad[0]}, std is {bad[1]}$"):
        ff.normalize(np.zeros(3, code), *bad)


@pytest.mark.parametrize("dtype", ["i4", "u1", "c8", "O", "f2, f4"])
def test_only_three_result_dtypes(dtype):
    with pytest.raises((ValueError, TypeError)):
        ff.normalize(images(1), 0.5, 0.5, dtype=dtype)


@pytest.mark.parametrize("code", ["u2", "i8", "f2", "c8", "?", "U3"])
def test_only_idx_dtypes_in(code):
    with pytest.raises(ff.FormatError):
        ff.normalize(np.zeros(3, code), 0.5, 0.5)


def test_exact_rounding_agrees_with_numpy():
    """The oracle itself: rounding a float64 must be what NumPy's cast does."""
    from fractions import Fraction

    values = np.random.default_rng(1).normal(size=300) * 10.0 ** np.arange(-60, 60, 0.4)
    with np.errstate(all="ignore"):
        for name in FLOATS:
            expected = values.astype(name)
            assert all(
                nearest(Fraction(v), name) == float(e) for v, e in zip(values.tolist(), expected, strict=True)
            )


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"dtype": "float31"}, ValueError, "'float31' is unknown to NumPy"),
        ({"dtype": object()}, ValueError, "is unknown to NumPy"),
        ({"dtype": "U3"}, ValueError, "dtype must be boolean, integer, real or complex, not <U3"),
        ({"dtype": "i4", "normalize": (0.1, 0.2)}, ValueError, "float32, float64 or float16, not int32"),
        ({"normalize": (0.1,)}, ValueError, r"\(mean, std\), not \(0.1,\)"),
        ({"normalize": 0.5}, TypeError, r"\(mean, std\), not 0.5"),
        ({"normalize": ("a", 1)}, ValueError, "mean and std must be numbers, not 'a' and 1"),
        ({"normalize": ([0.1], 1)}, TypeError, r"mean and std must be numbers, not \[0.1\] and 1"),
    ],
)
def test_conversions_are_refused_in_the_same_words_everywhere(options, error, words):
    images = np.zeros((2, 3, 4), np.uint8)
    calls = [lambda: ff.decode_idx(idx_bytes(images), **options), lambda: ff.Batches(images, **options)]
    if "dtype" not in options:
        calls.append(lambda: ff.open_idx(idx_bytes(images)).batches(2, **options))
    for call in calls:
        with pytest.raises(error, match=words):
            call()


def test_no_dtype_is_float32():
    pixels = np.arange(256, dtype=np.uint8)
    assert same(ff.normalize(pixels, 0.1, 0.2, dtype=None), ff.normalize(pixels, 0.1, 0.2))


@pytest.mark.parametrize("name", ["f2", "f4", "f8", ">f4", "i4", "?", "c8", "u1"])
def test_a_dtype_alone_converts_as_astype(name):
    pixels = np.arange(3 * 256, dtype=np.uint8).reshape(3, 256)
    wanted = pixels.astype(np.dtype(name).newbyteorder("="))
    assert same(ff.decode_idx(idx_bytes(pixels), dtype=name), wanted)
    (batch,) = ff.Batches(pixels, dtype=name)
    assert same(batch, wanted)
