"""`fmnist-fast decode` and `encode`: every format there and, where there is a way, back."""

from __future__ import annotations

import os

import numpy as np
import pytest
from command import blocked, run

import fmnist_fast as ff
from fmnist_fast.cli import main

pytestmark = pytest.mark.once
IMAGES = (np.arange(12 * 5 * 4) % 256).astype(np.uint8).reshape(12, 5, 4)
LABELS = np.array([3, 1] * 6, np.uint8)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with images and labels, as the current one."""
    monkeypatch.chdir(tmp_path)
    ff.write_idx("images.gz", IMAGES)
    ff.write_idx("labels.gz", LABELS)
    return tmp_path


def test_npy(here):
    assert main(["decode", "images.gz", "-o", "x.npy"]) == 0
    assert np.array_equal(np.load("x.npy"), IMAGES)


def test_npz(here):
    assert main(["decode", "images.gz", "-o", "x.npz", "--labels", "labels.gz", "--key", "images"]) == 0
    with np.load("x.npz") as archive:
        assert sorted(archive) == ["images", "labels"]
        assert np.array_equal(archive["images"], IMAGES)
        assert np.array_equal(archive["labels"], LABELS)
    assert main(["decode", "images.gz", "-o", "y.npz"]) == 0
    with np.load("y.npz") as archive:
        assert [np.array_equal(archive[name], IMAGES) for name in archive] == [True]


@pytest.mark.parametrize(
    ("name", "magic"), [("x.idx", "0000"), ("x-idx3-ubyte", "0000"), ("x-ubyte.gz", "1f8b")]
)
def test_idx(here, name, magic):
    assert main(["decode", "images.gz", "-o", name]) == 0
    assert (here / name).read_bytes()[:2].hex() == magic
    assert np.array_equal(ff.read_idx(name), IMAGES)


def test_csv(here):
    assert main(["decode", "images.gz", "-o", "x.csv", "--labels", "labels.gz"]) == 0
    header, *lines = (here / "x.csv").read_text().splitlines()
    assert header == ",".join(["label", *(f"pixel{k}" for k in range(1, 21))])
    table = np.array([line.split(",") for line in lines], int)
    assert np.array_equal(table[:, 0], LABELS)
    assert np.array_equal(table[:, 1:], IMAGES.reshape(12, 20))


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32, np.float64])
def test_csv_keeps_every_value(here, dtype):
    values = (np.linspace(-3, 7, 6) * 1.1).astype(dtype)
    ff.write_idx("v", values)
    assert main(["decode", "v", "-o", "v.csv"]) == 0
    header, *lines = (here / "v.csv").read_text().splitlines()
    assert header == "value"
    assert np.array_equal(np.array(lines, dtype), values)


def test_csv_without_items(here):
    ff.write_idx("v", np.zeros((0, 28, 28), np.uint8))
    assert main(["decode", "v", "-o", "v.csv"]) == 0
    assert len((here / "v.csv").read_text().splitlines()) == 1


def test_parquet(here):
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    assert main(["decode", "images.gz", "-o", "x.parquet", "--labels", "labels.gz"]) == 0
    table = parquet.read_table("x.parquet")
    assert np.array_equal(table["data"].to_pylist(), IMAGES.reshape(12, 20))
    assert table["label"].to_pylist() == LABELS.tolist()
    assert table.schema.metadata[b"item_shape"] == b"5,4"


def test_parquet_of_numbers_and_of_nothing(here, capsys):
    parquet = pytest.importorskip("pyarrow.parquet")
    ff.write_idx("numbers", np.arange(5, dtype=np.int32))
    assert main(["decode", "numbers", "-o", "x.parquet"]) == 0
    assert parquet.read_table("x.parquet")["data"].to_pylist() == [0, 1, 2, 3, 4]
    ff.write_idx("nothing", np.zeros((4, 0, 7), np.uint8))
    assert main(["decode", "nothing", "-o", "y.parquet"]) == 2
    assert "hold nothing to put into a column" in capsys.readouterr().err
    assert not (here / "y.parquet").exists()


def test_png_in_order(here):
    image = pytest.importorskip("PIL.Image")
    assert main(["decode", "images.gz", "-o", "x.png", "--columns", "6", "--scale", "2"]) == 0
    with image.open("x.png") as picture:
        assert (picture.mode, picture.size) == ("L", (6 * 4 * 2, 2 * 5 * 2))
        pixels = np.asarray(picture)[::2, ::2]
    assert np.array_equal(pixels[:5, 4:8], IMAGES[1])
    assert np.array_equal(pixels[5:, 20:], IMAGES[11])


def test_png_by_class(here):
    """Each class takes three rows of thirty."""
    image = pytest.importorskip("PIL.Image")
    assert main(["decode", "images.gz", "-o", "x.png", "--labels", "labels.gz"]) == 0
    with image.open("x.png") as picture:
        pixels = np.asarray(picture)
    assert pixels.shape[0] == 2 * 3 * 5
    sheet = pixels[:, -30 * 4 :]
    assert np.array_equal(sheet[:5, :4], IMAGES[1])
    assert np.array_equal(sheet[15:20, :4], IMAGES[0])
    assert not sheet[5:15].any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("images.gz", "-o", "x.jpeg"), "the ending decides"),
        (("images.gz", "-o", "x"), "the ending decides"),
        (("images.gz", "-o", "x.npy", "--labels", "labels.gz"), "holds one array"),
        (("labels.gz", "-o", "x.png"), "contact sheet needs images"),
        (("images.gz", "-o", "x.png", "--scale", "100000"), "pixels; 536,870,912 are the most"),
        (("images.gz", "-o", "x.png", "--labels", "labels.gz", "--columns", "999999999"), "are the most"),
        (("images.gz", "-o", "images.gz"), "--overwrite replaces it"),
        (("images.gz", "-o", "x.npz", "--labels", "labels.gz", "--key", "labels"), "--key labels"),
    ],
)
def test_decode_usage(here, capsys, arguments, words):
    if arguments[2].endswith(".png"):
        pytest.importorskip("PIL.Image")
    before = sorted(os.listdir())
    assert main(["decode", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert sorted(os.listdir()) == before


def test_labels_must_fit(here, capsys):
    ff.write_idx("few", LABELS[:-1])
    assert main(["decode", "images.gz", "-o", "x.csv", "--labels", "few"]) == 1
    assert "do not fit" in capsys.readouterr().err


def test_bad_input_leaves_the_old_output(here, capsys):
    data = (here / "images.gz").read_bytes()
    (here / "cut.gz").write_bytes(data[:-9])
    (here / "x.npy").write_bytes(b"old")
    assert main(["decode", "cut.gz", "-o", "x.npy", "--overwrite"]) == 1
    assert capsys.readouterr().err.startswith("fmnist-fast: cut.gz: ")
    assert (here / "x.npy").read_bytes() == b"old"
    assert main(["decode", "images.gz", "-o", "x.npy", "--overwrite"]) == 0
    assert np.array_equal(np.load("x.npy"), IMAGES)


@pytest.mark.parametrize(
    ("name", "module", "extra"), [("x.png", "PIL", "cli"), ("x.parquet", "pyarrow", "table")]
)
def test_missing_extra_names_itself(here, name, module, extra):
    result = run("decode", "images.gz", "-o", name, cwd=here, paths=(blocked(here, module),))
    assert (result.returncode, result.stdout) == (2, "")
    assert f'python -m pip install "fmnist_fast[{extra}]"' in result.stderr
    assert not [path for path in os.listdir() if path.startswith((".", "x"))]


@pytest.mark.parametrize("compress", [None, "gzip", "bgzf", "none"])
def test_encode_npy(here, compress):
    np.save("x.npy", IMAGES)
    chosen = ["--compress", compress] if compress else []
    assert main(["encode", "x.npy", "-o", "x-idx3-ubyte.gz", *chosen]) == 0
    head = (here / "x-idx3-ubyte.gz").read_bytes()[:16]
    assert head.startswith(b"\0\0" if compress == "none" else b"\x1f\x8b")
    assert (b"BC" in head) is (compress == "bgzf")
    assert np.array_equal(ff.read_idx("x-idx3-ubyte.gz"), IMAGES)


def test_level(here):
    np.save("x.npy", IMAGES.repeat(20, axis=0))
    for level in "09":
        assert main(["encode", "x.npy", "-o", f"{level}.gz", "--level", level]) == 0
    assert (here / "0.gz").stat().st_size > (here / "9.gz").stat().st_size


def test_encode_npz(here, capsys):
    np.savez("x.npz", x_train=IMAGES, y_train=LABELS)
    assert main(["encode", "x.npz", "--key", "y_train", "-o", "y.gz"]) == 0
    assert np.array_equal(ff.read_idx("y.gz"), LABELS)
    assert main(["encode", "x.npz", "-o", "z.gz"]) == 2
    assert "x_train, y_train" in capsys.readouterr().err
    assert main(["encode", "x.npz", "-o", "z.gz", "--key", "nothing"]) == 2


def test_encode_dtype(here, capsys):
    np.save("x.npy", LABELS.astype(np.int64))
    assert main(["encode", "x.npy", "-o", "x.gz"]) == 1
    assert "int64" in capsys.readouterr().err
    assert main(["encode", "x.npy", "-o", "x.gz", "--dtype", "uint8"]) == 0
    assert np.array_equal(ff.read_idx("x.gz"), LABELS)
    np.save("y.npy", np.array([1, 256]))
    assert main(["encode", "y.npy", "-o", "y.gz", "--dtype", "uint8"]) == 2
    assert main(["encode", "y.npy", "-o", "y.gz", "--dtype", "nonsense"]) == 2
    assert not (here / "y.gz").exists()


def test_encode_refuses_what_is_not_an_array(here, capsys):
    np.save("x.npy", np.array([{}]), allow_pickle=True)
    (here / "y.npy").write_bytes(b"not numpy")
    (here / "z.npz").write_bytes(b"not zip")
    np.savez_compressed("w.npz", x=IMAGES)
    packed = bytearray((here / "w.npz").read_bytes())
    packed[80:120] = bytes(40)
    (here / "w.npz").write_bytes(packed)
    for name in ("x.npy", "y.npy", "z.npz", "w.npz"):
        assert main(["encode", name, "-o", "o.gz"]) == 1
        assert capsys.readouterr().err.startswith(f"fmnist-fast: {name}: ")
    assert main(["encode", "labels.gz", "-o", "o.gz"]) == 2
    assert not (here / "o.gz").exists()


def save_pngs(folder, images):
    image = pytest.importorskip("PIL.Image")
    folder.mkdir(parents=True)
    for k, pixels in enumerate(images):
        image.fromarray(pixels).save(folder / f"{k}.png")


def test_encode_folder(here):
    save_pngs(here / "pngs", IMAGES)
    assert main(["encode", "pngs", "-o", "x-images-idx3-ubyte"]) == 0
    assert np.array_equal(ff.read_idx("x-images-idx3-ubyte"), IMAGES)


@pytest.mark.parametrize(("names", "labels"), [(("2", "10"), (2, 10)), (("shirt", "bag"), (1, 0))])
def test_encode_folder_of_classes(here, capsys, names, labels):
    for name, images in zip(names, (IMAGES[:5], IMAGES[5:]), strict=True):
        save_pngs(here / "pngs" / name, images)
    assert main(["encode", "pngs", "-o", "x-images-idx3-ubyte.gz"]) == 0
    output = capsys.readouterr().out
    found = dict(zip(names, (IMAGES[:5], IMAGES[5:]), strict=True))
    order = sorted(names, key=lambda name: labels[names.index(name)])
    assert np.array_equal(
        ff.read_idx("x-images-idx3-ubyte.gz"), np.concatenate([found[name] for name in order])
    )
    expected = np.repeat(sorted(labels), [len(found[name]) for name in order])
    assert np.array_equal(ff.read_idx("x-labels-idx1-ubyte.gz"), expected)
    assert ("class 0: bag" in output) is ("bag" in names)


def test_encode_folder_problems(here, capsys):
    save_pngs(here / "sizes", [IMAGES[0], IMAGES[1][:4]])
    assert main(["encode", "sizes", "-o", "x.gz"]) == 1
    assert "1.png: the picture has 4 x 4 pixels, not 4 x 5 like the first" in capsys.readouterr().err
    (here / "none").mkdir()
    assert main(["encode", "none", "-o", "x.gz"]) == 2
    save_pngs(here / "both" / "1", IMAGES[:1])
    (here / "both" / "0.png").write_bytes(b"no picture")
    assert main(["encode", "both", "-o", "x.gz"]) == 2
    (here / "none" / "0.png").write_bytes(b"no picture")
    assert main(["encode", "none", "-o", "x.gz"]) == 1
    whole = (here / "sizes" / "0.png").read_bytes()
    (here / "none" / "0.png").write_bytes(whole[:-30])
    assert main(["encode", "none", "-o", "x.gz"]) == 1
    assert "0.png: not a picture that Pillow can read" in capsys.readouterr().err
    save_pngs(here / "classes" / "1", IMAGES[:1])
    assert main(["encode", "classes", "-o", "x.gz"]) == 2
    assert "--labels" in capsys.readouterr().err
    assert not (here / "x.gz").exists()


def test_encode_refuses_a_picture_that_pillow_takes_for_a_bomb(here, capsys, monkeypatch):
    pillow = pytest.importorskip("PIL.Image")
    save_pngs(here / "pngs", IMAGES[:1])
    monkeypatch.setattr(pillow, "MAX_IMAGE_PIXELS", 4)
    assert main(["encode", "pngs", "-o", "x.gz"]) == 1
    assert "0.png: not a picture that Pillow can read: Image size (20 pixels)" in capsys.readouterr().err
