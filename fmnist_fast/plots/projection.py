"""Images as points of the plane: PCA, t-SNE and UMAP."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .._extras import optional
from .sample import Sample

METHODS = ("pca", "tsne", "umap")

#: Points t-SNE and UMAP start from: principal components, which hold the noise of the pixels back.
_COMPONENTS = 50
_PERPLEXITY = 30


@dataclass(frozen=True)
class Projection:
    """A sample and where its images lie.

    Attributes
    ----------
    sample : Sample
    points : ndarray of float64, shape (n, 2)
    method : str
        For people: "PCA", "t-SNE", "UMAP".
    details : str
        Parameters and the library.
    axes : (str, str)
        What the axes say; empty where distances along them mean nothing.
    """

    sample: Sample
    points: npt.NDArray[np.float64]
    method: str
    details: str
    axes: tuple[str, str] = ("", "")

    @property
    def title(self) -> str:
        """One line with the dataset, the method, the number of images and the seed."""
        sample = self.sample
        return f"{sample.title}: {self.method} of {len(sample):,} images, seed {sample.seed}"


def project(sample: Sample, method: str) -> Projection:
    """Project images to two dimensions.

    Parameters
    ----------
    sample : Sample
        Its seed is that of the projection.
    method : {"pca", "tsne", "umap"}
        t-SNE is computed by openTSNE where that is installed, otherwise by scikit-learn.

    Returns
    -------
    Projection

    Raises
    ------
    MissingExtraError
        scikit-learn, or umap-learn for "umap", is not installed.
    ValueError
        Fewer than 5 images, images of one pixel, or an unknown method.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    if len(sample) < 5:
        raise ValueError(f"a projection needs at least 5 images, not {len(sample)}")
    if sample.images[0].size < 2:
        raise ValueError("a projection needs images of at least 2 pixels")
    return _PROJECT[method](sample)


def _pca(sample: Sample, components: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the images in their principal components, and the share of the variance of each."""
    decomposition = optional("sklearn.decomposition", "scikit-learn", "plots", "PCA")
    rows = np.asarray(sample.images, np.float64).reshape(len(sample), -1)
    if sample.images.dtype == np.uint8:
        rows /= 255
    fit = decomposition.PCA(min(components, *rows.shape), random_state=sample.seed)
    points = fit.fit_transform(rows)
    return points, fit.explained_variance_ratio_


def _project_pca(sample: Sample) -> Projection:
    points, shares = _pca(sample, 2)
    axes = [f"component {k + 1} ({share:.1%} of the variance)" for k, share in enumerate(shares)]
    return Projection(sample, points, "PCA", _version("scikit-learn", "sklearn"), (axes[0], axes[1]))


def _project_tsne(sample: Sample) -> Projection:
    components, _ = _pca(sample, _COMPONENTS)
    perplexity = min(_PERPLEXITY, (len(sample) - 1) // 3)
    options = {"perplexity": perplexity, "random_state": sample.seed}
    if importlib.util.find_spec("openTSNE"):
        tsne = optional("openTSNE", "openTSNE", "plots", "t-SNE")
        points, library = np.asarray(tsne.TSNE(**options).fit(components)), _version("openTSNE", "openTSNE")
    else:
        manifold = optional("sklearn.manifold", "scikit-learn", "plots", "t-SNE")
        points = manifold.TSNE(init="pca", **options).fit_transform(components)
        library = _version("scikit-learn", "sklearn")
    return Projection(sample, points.astype(np.float64), "t-SNE", f"perplexity {perplexity}, {library}")


def _project_umap(sample: Sample) -> Projection:
    components, _ = _pca(sample, _COMPONENTS)
    umap = optional("umap", "umap-learn", "umap", "UMAP")
    neighbors = min(15, len(sample) - 1)
    # With a seed UMAP works on one thread, and says so unless it is told.
    model = umap.UMAP(n_neighbors=neighbors, random_state=sample.seed, n_jobs=1)
    points = np.asarray(model.fit_transform(components), np.float64)
    details = f"{neighbors} neighbors, {_version('umap-learn', 'umap')}"
    return Projection(sample, points, "UMAP", details)


def _version(library: str, module: str) -> str:
    imported: Any = importlib.import_module(module)
    return f"{library} {imported.__version__}"


_PROJECT: dict[str, Callable[[Sample], Projection]] = {
    "pca": _project_pca,
    "tsne": _project_tsne,
    "umap": _project_umap,
}
