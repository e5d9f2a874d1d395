"""Contact sheets: many small images in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .._extras import optional

if TYPE_CHECKING:
    from PIL.Image import Image

COLUMNS = 30
ROWS_PER_CLASS = 3
_LARGEST = 1 << 29  # pixels; Pillow takes memory piece by piece until the system ends the process


def gray(images: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Return images as uint8; other dtypes are stretched from their smallest to their largest value."""
    if images.dtype == np.uint8:
        return images
    values = np.nan_to_num(images.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = (values.min(), values.max()) if values.size else (0.0, 0.0)
    return np.asarray(np.rint((values - low) * (255 / (high - low or 1))), np.uint8)


def _squares(images: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return images as ``(n, height, width)``; rows of a square length are squares."""
    if images.ndim == 3:
        return images
    if images.ndim == 2:
        side = round(images.shape[1] ** 0.5)
        if side * side == images.shape[1]:
            return images.reshape(-1, side, side)
    raise ValueError(
        f"a contact sheet needs images of shape (n, height, width), not an array of shape {images.shape}"
    )


def sheet_array(
    images: npt.NDArray[Any],
    labels: npt.NDArray[Any] | None = None,
    *,
    columns: int = COLUMNS,
    rows: int = ROWS_PER_CLASS,
    limit: int = 900,
) -> tuple[npt.NDArray[np.uint8], list[int]]:
    """Arrange images in a grid on black, class by class where labels are given.

    Parameters
    ----------
    images : ndarray, shape (n, height, width) or (n, side * side)
        uint8 is taken as it is, other dtypes are stretched to 0-255.
    labels : ndarray of integers, shape (n,), optional
        With labels each class that occurs takes exactly `rows` rows, in ascending order, filled with its
        first images.
    columns, rows : int
        Images per row, and rows per class.
    limit : int
        Most images shown where there are no labels.

    Returns
    -------
    sheet : ndarray of uint8, shape (grid rows * height, columns * width)
    classes : list of int
        The classes shown, from the top; empty without labels.

    Raises
    ------
    ValueError
        The images are not a stack of pictures, there are not as many labels as images, or the sheet would
        have more than 2**29 pixels.
    """
    images = _squares(images)
    if labels is None:
        classes: list[int] = []
        count = min(len(images), limit)
        columns = max(1, min(columns, count))
        cells = np.arange(count)
        grid_rows = max(1, -(-count // columns))
        places = cells
    else:
        if labels.shape != images.shape[:1]:
            raise ValueError(
                f"{len(images)} images need as many labels, not an array of shape {labels.shape}"
            )
        classes = [int(label) for label in np.unique(labels)]
        per_class = [np.flatnonzero(labels == label)[: rows * columns] for label in classes]
        grid_rows = max(1, rows * len(classes))
        cells = np.concatenate([*per_class, np.arange(0)])
        starts = [k * rows * columns + np.arange(len(found)) for k, found in enumerate(per_class)]
        places = np.concatenate([*starts, np.arange(0)])
    height, width = images.shape[1:]
    _check_size(columns * width, grid_rows * height)
    grid = np.zeros((grid_rows * columns, height, width), np.uint8)
    grid[places] = gray(images[cells])
    tiles = grid.reshape(grid_rows, columns, height, width).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(tiles.reshape(grid_rows * height, columns * width)), classes


def contact_sheet(
    images: npt.NDArray[Any],
    labels: npt.NDArray[Any] | None = None,
    *,
    columns: int = COLUMNS,
    rows: int = ROWS_PER_CLASS,
    limit: int = 900,
    scale: int = 1,
    names: Sequence[str] | None = None,
) -> Image:
    """Draw a contact sheet with Pillow.

    Parameters
    ----------
    images, labels, columns, rows, limit
        See `sheet_array`.
    scale : int
        Whole-number enlargement.
    names : sequence of str, optional
        Class names by label; a margin on the left then carries the name of each class that is shown, or its
        number where there is none.

    Returns
    -------
    PIL.Image.Image
        Mode ``"L"``.

    Raises
    ------
    MissingExtraError
        Pillow is not installed.
    ValueError
        See `sheet_array`.
    """
    image = optional("PIL.Image", "Pillow", "cli", "a contact sheet")
    grid, classes = sheet_array(images, labels, columns=columns, rows=rows, limit=limit)
    picture = image.fromarray(grid)
    if scale != 1:
        size = (picture.width * scale, picture.height * scale)
        _check_size(*size)
        picture = picture.resize(size, image.Resampling.NEAREST)
    if names is None or not classes:
        return picture  # type: ignore[no-any-return]
    return _with_names(picture, [class_name(names, label) for label in classes])


def _check_size(width: int, height: int) -> None:
    if width * height > _LARGEST:
        found = f"{width:,} x {height:,}"
        raise ValueError(f"the picture would have {found} pixels; {_LARGEST:,} are the most")


def class_name(names: Sequence[str], label: int) -> str:
    """Return the name of a class, or its number where there is none."""
    return names[label] if 0 <= label < len(names) else str(label)


def _with_names(picture: Image, names: Sequence[str]) -> Image:
    image = optional("PIL.Image", "Pillow", "cli", "a contact sheet")
    draw_module = optional("PIL.ImageDraw", "Pillow", "cli", "a contact sheet")
    font = optional("PIL.ImageFont", "Pillow", "cli", "a contact sheet").load_default()
    margin = 12 + max(int(font.getlength(name)) for name in names)
    framed = image.new("L", (margin + picture.width, picture.height), 0)
    framed.paste(picture, (margin, 0))
    draw = draw_module.Draw(framed)
    band = picture.height / len(names)
    for k, name in enumerate(names):
        draw.text((6, (k + 0.5) * band - 6), name, fill=200, font=font)
    return framed  # type: ignore[no-any-return]
