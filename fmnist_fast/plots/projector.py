"""Images for the embedding projector of TensorBoard."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np

from .._atomic import atomic_file
from .._extras import optional
from .sample import Sample
from .sheet import sheet_array

#: Largest width and height of a sprite that the projector takes.
SPRITE_LIMIT = 8192

_CONFIG = """\
embeddings {{
  tensor_name: {name}
  tensor_path: "tensors.tsv"
  metadata_path: "metadata.tsv"
  sprite {{
    image_path: "sprite.png"
    single_image_dim: {width}
    single_image_dim: {height}
  }}
}}
"""


def write_projector(sample: Sample, folder: Path) -> list[Path]:
    """Write a folder that ``tensorboard --logdir FOLDER`` shows under its tab "Projector".

    The vectors are the pixels. ``sprite.png`` holds the images row by row in a square grid, ``metadata.tsv``
    their place in the file and the name of their class, in the same order as ``tensors.tsv``.

    Parameters
    ----------
    sample : Sample
    folder : Path
        Made if missing; files of these names are replaced.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    MissingExtraError
        Pillow is not installed.
    ValueError
        The sprite would be wider or higher than 8192 pixels.
    OSError
        A file cannot be written.
    """
    height, width = sample.images.shape[1:]
    side = math.ceil(math.sqrt(len(sample)))
    if side * max(height, width) > SPRITE_LIMIT:
        most = (SPRITE_LIMIT // max(height, width)) ** 2
        raise ValueError(f"a sprite holds at most {most:,} images of this size, not {len(sample):,}")
    config = _CONFIG.format(name=_quoted(sample.title), width=width, height=height)
    contents = {
        "sprite.png": _sprite(sample, side),
        "metadata.tsv": _metadata(sample).encode(),
        "tensors.tsv": _tensors(sample),
        "projector_config.pbtxt": config.encode(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        with atomic_file(folder / name) as file:
            file.write(content)
    return [folder / name for name in contents]


def _sprite(sample: Sample, side: int) -> bytes:
    pillow: Any = optional("PIL.Image", "Pillow", "plots", "a sprite")
    grid, _ = sheet_array(sample.images, columns=side, limit=len(sample))
    height, width = sample.images.shape[1:]
    square = np.zeros((side * height, side * width), np.uint8)
    square[: grid.shape[0], : grid.shape[1]] = grid
    file = io.BytesIO()
    pillow.fromarray(square).save(file, "PNG")
    return file.getvalue()


def _metadata(sample: Sample) -> str:
    rows = zip(sample.index, sample.labels, strict=True)
    return "index\tclass\n" + "".join(f"{index}\t{sample.name(label)}\n" for index, label in rows)


def _tensors(sample: Sample) -> bytes:
    file = io.BytesIO()
    rows = sample.images.reshape(len(sample), -1)
    np.savetxt(file, rows, fmt="%d" if rows.dtype.kind in "iu" else "%.6g", delimiter="\t")
    return file.getvalue()


def _quoted(text: str) -> str:
    """Return text as a string of protocol buffers' text format."""
    return '"' + text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") + '"'
