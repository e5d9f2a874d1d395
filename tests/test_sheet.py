"""Contact sheets: each image where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from fmnist_fast.plots.sheet import contact_sheet, sheet_array

pytestmark = pytest.mark.once


def tiles(sheet: np.ndarray, side: int) -> np.ndarray:
    """The first pixel of every cell."""
    return sheet[::side, ::side]


@pytest.fixture
def numbered() -> np.ndarray:
    """Twenty images of 4 x 4, each filled with its number plus 1."""
    return np.repeat(np.arange(1, 21, dtype=np.uint8), 16).reshape(20, 4, 4)


def test_without_labels_in_order(numbered):
    sheet, classes = sheet_array(numbered, columns=8)
    assert classes == []
    assert tiles(sheet, 4).tolist() == [[*range(1, 9)], [*range(9, 17)], [17, 18, 19, 20, 0, 0, 0, 0]]
    assert np.array_equal(sheet[:4, 4:8], numbered[1])


def test_limit_and_few_images(numbered):
    assert tiles(sheet_array(numbered, columns=4, limit=6)[0], 4).tolist() == [[1, 2, 3, 4], [5, 6, 0, 0]]
    assert sheet_array(numbered[:3])[0].shape == (4, 12)
    assert sheet_array(numbered[:0])[0].shape == (4, 4)


def test_each_class_takes_its_rows(numbered):
    labels = np.array([7, 2] * 10)
    sheet, classes = sheet_array(numbered, labels, columns=3, rows=3)
    assert classes == [2, 7]
    assert tiles(sheet, 4).tolist() == [
        [2, 4, 6],
        [8, 10, 12],
        [14, 16, 18],
        [1, 3, 5],
        [7, 9, 11],
        [13, 15, 17],
    ]


def test_rows_of_a_small_class_stay_black(numbered):
    sheet, _ = sheet_array(numbered, np.array([0] * 19 + [1]), columns=4)
    assert tiles(sheet, 4)[3:].tolist() == [[20, 0, 0, 0], [0] * 4, [0] * 4]


def test_flat_rows_are_squares(numbered):
    assert np.array_equal(sheet_array(numbered.reshape(20, 16))[0], sheet_array(numbered)[0])


def test_other_types_are_stretched():
    values = np.array([-1.0, 0.0, 1.0, np.nan]).reshape(4, 1, 1)
    assert sheet_array(values)[0].tolist() == [[0, 128, 255, 128]]
    assert sheet_array(np.full((2, 1, 1), 7, np.int32))[0].tolist() == [[0, 0]]


@pytest.mark.parametrize("shape", [(5,), (5, 15), (2, 3, 3, 3)])
def test_what_is_no_stack_of_pictures(shape):
    with pytest.raises(ValueError, match="contact sheet needs images"):
        sheet_array(np.zeros(shape, np.uint8))


def test_labels_must_fit(numbered):
    with pytest.raises(ValueError, match="20 images need as many labels"):
        sheet_array(numbered, np.zeros(19, np.uint8))


def test_pillow_picture(numbered):
    pytest.importorskip("PIL.Image")
    picture = contact_sheet(numbered, columns=5, scale=3)
    assert (picture.mode, picture.size) == ("L", (60, 48))
    assert np.array_equal(np.asarray(picture)[::3, ::3], sheet_array(numbered, columns=5)[0])


def test_names_stand_in_a_margin(numbered):
    pytest.importorskip("PIL.Image")
    big = numbered.repeat(4, axis=1).repeat(4, axis=2)
    labels = np.arange(20) % 2
    named = np.asarray(contact_sheet(big, labels, columns=5, names=("bag",)))
    plain = np.asarray(contact_sheet(big, labels, columns=5))
    margin = named.shape[1] - plain.shape[1]
    assert margin > 12
    assert np.array_equal(named[:, margin:], plain)
    upper, lower = named[: len(named) // 2, :margin], named[len(named) // 2 :, :margin]
    assert upper.any()
    assert lower.any()
