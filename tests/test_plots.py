"""Pictures of datasets: what is drawn of which images, in which format, and what is refused."""

from __future__ import annotations

import io
import re
import shutil
import sys
import tracemalloc
from dataclasses import replace
from importlib.machinery import ModuleSpec
from types import ModuleType

import numpy as np
import pytest

import fmnist_fast as ff
from fmnist_fast import plots
from fmnist_fast.cli import main
from fmnist_fast.datasets.registry import FASHION_MNIST_CLASSES
from fmnist_fast.datasets.synthetic import sample
from fmnist_fast.errors import DatasetError, MismatchError
from fmnist_fast.plots.palette import class_mark

pytestmark = pytest.mark.once

IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Synthetic garments: 20 of each class, but one trouser."""
    folder = tmp_path_factory.mktemp("garments")
    images, labels = sample(500, seed=3)
    index = np.concatenate([np.flatnonzero(labels == k)[: 1 if k == 1 else 20] for k in range(10)])
    ff.write_idx(folder / IMAGES, images[index])
    ff.write_idx(folder / LABELS, labels[index])
    return folder


@pytest.fixture(scope="module")
def drawn(folder):
    return plots.read_sample(folder, 100, 5, names=FASHION_MNIST_CLASSES)


def test_a_sample_is_balanced(drawn, folder):
    assert np.bincount(drawn.labels).tolist() == [10, 1, *([10] * 8)]
    assert (drawn.title, drawn.name(1), drawn.classes) == (folder.name, "Trouser", list(range(10)))
    assert np.array_equal(drawn.images, ff.read_idx(folder / IMAGES)[drawn.index])
    assert len(set(drawn.index.tolist())) == len(drawn) == 91


def test_a_sample_is_seeded(drawn, folder):
    assert np.array_equal(plots.read_sample(folder, 100, 5).index, drawn.index)
    assert not np.array_equal(plots.read_sample(folder, 100, 6).index, drawn.index)


def test_names_of_unknown_classes(folder):
    drawn = plots.read_sample(folder, 100, 0)
    assert [drawn.name(label) for label in (0, 9, 10**9)] == ["0", "9", "1000000000"]
    drawn = plots.read_sample(folder, 100, 0, names=["a"])
    assert [drawn.name(label) for label in (0, 1)] == ["a", "1"]


def test_names_of_known_files(real_folder, tmp_path):
    labels = real_folder / "fashion-labels" / "t10k-labels-idx1-ubyte.gz"
    if not labels.is_file():
        pytest.skip("no labels of Fashion-MNIST there")
    shutil.copy(labels, tmp_path)
    ff.write_idx(tmp_path / "t10k-images-idx3-ubyte", np.zeros((10_000, 2, 2), np.uint8))
    made = plots.read_sample(tmp_path, 10, 0, split="t10k")
    assert (made.title, made.name(9)) == ("Fashion-MNIST", "Ankle boot")


def test_a_large_label_takes_no_memory(folder, tmp_path):
    """What is drawn goes by how many classes there are, not by their numbers."""
    pytest.importorskip("matplotlib")
    pytest.importorskip("PIL.Image")
    small = plots.read_sample(folder, 100, 5)
    labels = ff.read_idx(folder / LABELS).astype(np.int32) * 200_000_000
    shutil.copy(folder / IMAGES, tmp_path)
    ff.write_idx(tmp_path / LABELS, labels)
    tracemalloc.start()
    large = plots.read_sample(tmp_path, 100, 5)
    written = plots.write_projector(large, tmp_path / "projector")
    plots.contact_sheet(large.images, large.labels, names=())
    (axes,) = plots.sheet_figure(large).axes
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert np.array_equal(large.index, small.index)
    assert axes.get_yticklabels()[9].get_text() == "1800000000"
    assert "\t1800000000\n" in written[1].read_text()
    assert peak < 20 << 20


def test_files_that_are_missing_or_disagree(tmp_path):
    with pytest.raises(DatasetError, match=r"neither train-images-idx3-ubyte\.gz nor"):
        plots.read_sample(tmp_path, 10, 0)
    ff.write_idx(tmp_path / IMAGES, np.zeros((3, 2, 2), np.uint8))
    ff.write_idx(tmp_path / LABELS, np.zeros(4, np.uint8))
    with pytest.raises(MismatchError, match=r"images have shape \(3, 2, 2\) and labels \(4,\)"):
        plots.read_sample(tmp_path, 10, 0)
    ff.write_idx(tmp_path / IMAGES, np.zeros((0, 2, 2), np.uint8))
    ff.write_idx(tmp_path / LABELS, np.zeros(0, np.uint8))
    with pytest.raises(DatasetError, match="nothing to show"):
        plots.read_sample(tmp_path, 10, 0)
    ff.write_idx(tmp_path / IMAGES, np.zeros((3, 2, 2), np.uint8))
    ff.write_idx(tmp_path / LABELS, np.array([0, 1.5, 2], np.float32))
    with pytest.raises(DatasetError, match="labels must be integers, found float32"):
        plots.read_sample(tmp_path, 10, 0)


def test_marks_differ():
    assert len({class_mark(k) for k in range(70)}) == 70


def test_pca_is_that_of_the_singular_values(drawn):
    pytest.importorskip("sklearn")
    points = plots.project(drawn, "pca").points
    rows = drawn.images.reshape(len(drawn), -1) / 255
    u, s, _ = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    assert np.allclose(np.abs(points), np.abs(u[:, :2] * s[:2]), atol=1e-6)


def test_tsne_is_seeded(drawn):
    pytest.importorskip("sklearn")
    first, again = (plots.project(drawn, "tsne") for _ in range(2))
    assert first.points.shape == (91, 2)
    assert np.array_equal(first.points, again.points)
    assert first.title.endswith(": t-SNE of 91 images, seed 5")


def test_tsne_of_another_library(drawn, monkeypatch):
    """openTSNE is taken where it is installed."""
    pytest.importorskip("sklearn")

    class TSNE:
        def __init__(self, **options):
            self.options = options

        def fit(self, components):
            assert self.options == {"perplexity": 30, "random_state": drawn.seed}
            return components[:, :2]

    module = ModuleType("openTSNE")
    module.TSNE, module.__version__ = TSNE, "1.0"
    module.__spec__ = ModuleSpec("openTSNE", None)
    monkeypatch.setitem(sys.modules, "openTSNE", module)
    found = plots.project(drawn, "tsne")
    assert found.points.shape == (len(drawn), 2)
    assert found.details == "perplexity 30, openTSNE 1.0"


def test_axes_that_mean_nothing_are_not_shown(drawn):
    """Those of t-SNE and UMAP have no unit."""
    pytest.importorskip("matplotlib")
    pytest.importorskip("bokeh")
    points = np.random.default_rng(1).normal(size=(len(drawn), 2))
    found = plots.Projection(drawn, points, "t-SNE", "made up")
    (axes,) = plots.projection_figure(found).axes[:1]
    assert (list(axes.get_xticks()), list(axes.get_yticks())) == ([], [])
    assert plots.projection_html([found])


def test_pixels_of_other_kinds(drawn):
    pytest.importorskip("sklearn")
    floats = replace(drawn, images=drawn.images / 255.0)
    first, second = plots.project(drawn, "pca"), plots.project(floats, "pca")
    assert np.allclose(np.abs(first.points), np.abs(second.points))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")  # umap says so when imported
def test_umap(drawn):
    pytest.importorskip("sklearn")
    pytest.importorskip("umap")
    made = plots.project(drawn, "umap")
    assert made.points.shape == (91, 2)
    assert np.isfinite(made.points).all()
    assert made.title.endswith(": UMAP of 91 images, seed 5")


def test_projections_that_cannot_be(drawn, folder):
    pytest.importorskip("sklearn")
    with pytest.raises(ValueError, match="one of pca, tsne, umap, not 'lda'"):
        plots.project(drawn, "lda")
    few = plots.Sample("few", drawn.images[:4], drawn.labels[:4], drawn.index[:4], drawn.names, 0)
    with pytest.raises(ValueError, match="at least 5 images, not 4"):
        plots.project(few, "pca")


@pytest.fixture(scope="module")
def projection(drawn):
    pytest.importorskip("sklearn")
    return plots.project(drawn, "pca")


def rendered(figure):
    """The figure's axes and legend after layout, as boxes of pixels."""
    figure.draw_without_rendering()
    axes = figure.axes[-1]
    return axes, axes.get_window_extent(), axes.get_legend().get_window_extent()


@pytest.mark.parametrize("count", [1, 2])
def test_legend_and_points_do_not_overlap(projection, count):
    pytest.importorskip("matplotlib")
    figure = (
        plots.projection_figure(projection) if count == 1 else plots.comparison_figure([projection] * count)
    )
    axes, area, legend = rendered(figure)
    assert not area.overlaps(legend)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(FASHION_MNIST_CLASSES)
    assert figure.bbox.x1 >= legend.x1
    assert axes.get_title(loc="left") == projection.title


def test_all_points_are_drawn(projection):
    pytest.importorskip("matplotlib")
    axes = plots.projection_figure(projection).axes[0]
    found = np.concatenate([np.asarray(part.get_offsets()) for part in axes.collections])
    assert np.array_equal(np.sort(found, axis=0), np.sort(projection.points, axis=0))


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_figure_gives_the_same_bytes(drawn, kind):
    pytest.importorskip("matplotlib")
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        plots.save_figure(plots.sheet_figure(drawn), file, kind)
    assert files[0].getvalue() == files[1].getvalue()


def test_projector_files_agree(drawn, tmp_path):
    pillow = pytest.importorskip("PIL.Image")
    plots.write_projector(drawn, tmp_path)
    with pillow.open(tmp_path / "sprite.png") as picture:
        sprite = np.asarray(picture)
    assert sprite.shape == (280, 280)  # 91 images in a square of 10 by 10
    cells = sprite.reshape(10, 28, 10, 28).swapaxes(1, 2).reshape(100, 28, 28)
    assert np.array_equal(cells[:91], drawn.images)
    assert not cells[91:].any()
    assert np.array_equal(np.loadtxt(tmp_path / "tensors.tsv", np.uint8), drawn.images.reshape(91, -1))
    head, *lines = (tmp_path / "metadata.tsv").read_text().splitlines()
    assert head == "index\tclass"
    assert lines == [f"{k}\t{drawn.name(y)}" for k, y in zip(drawn.index, drawn.labels, strict=True)]
    config = (tmp_path / "projector_config.pbtxt").read_text()
    assert re.findall(r"single_image_dim: (\d+)", config) == ["28", "28"]


def test_a_sprite_has_a_limit(tmp_path):
    pytest.importorskip("PIL.Image")
    images, zeros = np.zeros((5, 4096, 2), np.uint8), np.zeros(5, np.int64)
    with pytest.raises(ValueError, match="holds at most 4 images of this size, not 5"):
        plots.write_projector(plots.Sample("large", images, zeros, zeros, ["a"], 0), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("kind", "suffix", "start"),
    [("pca", ".png", b"\x89PNG"), ("sheet", ".svg", b"<?xml"), ("compare", ".html", b"<!DOCTYPE html>")],
)
def test_command(folder, tmp_path, capsys, kind, suffix, start):
    for library in ("matplotlib", "sklearn", "bokeh"):
        pytest.importorskip(library)
    target = tmp_path / f"picture{suffix}"
    line = ["plot", kind, "--data", str(folder), "--n", "50", "-o", str(target)]
    if kind == "compare":
        line += ["--against", str(folder), "--method", "pca"]
    assert main(line) == 0
    assert capsys.readouterr().out.startswith(f"{target}: ")
    assert target.read_bytes().lstrip().startswith(start)
    assert main(line) == 2
    assert "--overwrite replaces it" in capsys.readouterr().err


def test_command_for_a_sprite(folder, tmp_path, capsys):
    pytest.importorskip("PIL.Image")
    line = ["plot", "sprite", "--data", str(folder), "--classes", "fashion", "-o", str(tmp_path / "new")]
    assert main(line) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(list((tmp_path / "new").iterdir())) == 4
    assert "Ankle boot" in (tmp_path / "new" / "metadata.tsv").read_text()


def test_command_with_names_for_a_comparison_and_a_sheet(folder, tmp_path, capsys):
    for library in ("matplotlib", "sklearn"):
        pytest.importorskip(library)
    names = ",".join(f"class {k}" for k in range(10))
    data = ["--data", str(folder), "--n", "50", "--classes", names]
    picture, sheet = tmp_path / "compare.png", tmp_path / "sheet.html"
    wanted = ["plot", "compare", *data, "--against", str(folder), "--method", "pca", "-o", str(picture)]
    assert main(wanted) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert main(["plot", "sheet", *data, "-o", str(sheet)]) == 0
    assert "images" in sheet.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("shape", "label", "code", "sentence"),
    [
        ((3, 2, 2), 0, 2, "a projection needs at least 5 images, not 3"),
        ((20, 1, 1), 0, 2, "a projection needs images of at least 2 pixels"),
        ((20, 2, 2), -1, 1, "labels must be 0 or more, found -1"),
    ],
)
def test_what_cannot_be_projected(tmp_path, capsys, shape, label, code, sentence):
    ff.write_idx(tmp_path / IMAGES, np.zeros(shape, np.uint8))
    ff.write_idx(tmp_path / LABELS, np.full(shape[0], label, np.int8))
    assert main(["plot", "pca", "--data", str(tmp_path), "-o", str(tmp_path / "pca.png")]) == code
    assert sentence in capsys.readouterr().err


def test_the_folder_that_cannot_be_projected_is_named(tmp_path, capsys):
    for name, count in (("many", 20), ("few", 3)):
        (tmp_path / name).mkdir()
        ff.write_idx(tmp_path / name / IMAGES, np.arange(count * 4, dtype=np.uint8).reshape(count, 2, 2))
        ff.write_idx(tmp_path / name / LABELS, np.zeros(count, np.uint8))
    many, few, picture = tmp_path / "many", tmp_path / "few", tmp_path / "c.png"
    line = ["plot", "compare", "--data", many, "--against", few, "--method", "pca", "-o", picture]
    assert main([*map(str, line)]) == 2
    assert f"fmnist-fast: {few}: a projection needs at least 5" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["pca", "-o", "pca.gif"], "the output must end with one of .png, .svg, .html"),
        (["compare", "-o", "compare.png"], "compare needs --against"),
        (["pca", "--against", ".", "-o", "pca.png"], "only compare takes it"),
        (["pca", "-o", "none/pca.png"], "none/pca.png: there is no folder none"),
        (["pca", "--n", "9", "-o", "pca.png"], "--n must be at least 10"),
        (["sprite", "-o", "."], "the folder is not empty"),
    ],
)
def test_wrong_usage(tmp_path, monkeypatch, capsys, arguments, sentence):
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    assert main(["plot", *arguments, "--data", "."]) == 2
    assert sentence in capsys.readouterr().err
