"""`adapters.sklearn` beside scikit-learn's `fetch_openml`, which finds the same data in its cache."""

from __future__ import annotations

import numpy as np
import pytest
from openml_cache import write_cache
from published import pair, small_datasets  # noqa: F401  (a fixture)
from side_by_side import IMAGES, LABELS, assert_same, described, peer

from fmnist_fast.adapters import sklearn as ours

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("small_datasets")]
KEYS = ("data", "target", "frame", "categories", "feature_names", "target_names", "url")
FORMS = [
    {"as_frame": False},
    {"as_frame": False, "parser": "liac-arff"},
    {"as_frame": False, "return_X_y": True},
    {},
    {"as_frame": True, "parser": "liac-arff"},
    {"return_X_y": True},
]


@pytest.fixture(scope="module")
def theirs():
    return peer("sklearn.datasets")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("openml")
    write_cache(home, "Fashion-MNIST", 40996, IMAGES, LABELS)
    write_cache(home, "mnist_784", 554, IMAGES // 2, LABELS)
    write_cache(home, "another", 7, IMAGES[:3], LABELS[:3])
    return home


def plain(value):
    """A DataFrame or Series as data that can be compared with all its dtypes."""
    kind = type(value).__name__
    if kind in ("DataFrame", "Series"):
        dtypes = value.dtypes.tolist() if kind == "DataFrame" else [value.dtype]
        names = list(value) if kind == "DataFrame" else value.name
        return kind, names, list(map(str, dtypes)), value.index.tolist(), value.to_numpy().tolist()
    if isinstance(value, np.ndarray) and value.dtype == object:
        return kind, value.shape, value.tolist()
    return described(value)


def parts(found):
    return [plain(found[key]) for key in KEYS] if hasattr(found, "data") else [plain(part) for part in found]


def pandas_of_openml(form):
    """Skip what needs pandas, and the text parser that scikit-learn 1.9 has not for pandas 3."""
    if form.get("parser") == "liac-arff" and form["as_frame"] is False:
        return
    if int(peer("pandas").__version__.partition(".")[0]) > 2:
        pytest.skip("fetch_openml of scikit-learn 1.9 cannot read integer categories with pandas 3")


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize(
    "choice", [{"name": "Fashion-MNIST", "version": 1}, {"name": "mnist_784"}, {"data_id": 40996}], ids=str
)
def test_result(theirs, home, choice, form):
    pandas_of_openml(form)
    options = {**choice, **form, "data_home": home}
    assert_same(lambda: parts(ours.fetch_openml(**options)), lambda: parts(theirs.fetch_openml(**options)))


def test_result_by_itself():
    peer("sklearn")
    bunch = ours.fetch_openml("mnist_784", as_frame=False)
    assert bunch.data.shape == (70, 784)
    assert bunch.data.flags.writeable
    assert np.array_equal(bunch.data[60:], pair("mnist", "test")[0].reshape(10, 784))
    assert bunch.target.tolist() == [str(label) for label in LABELS]
    assert set(KEYS) | {"DESCR", "details"} == set(bunch)


@pytest.mark.parametrize(
    "options",
    [
        {"name": "another", "as_frame": False, "parser": "liac-arff"},
        {"data_id": 40996, "target_column": None, "as_frame": False, "parser": "liac-arff"},
        {"name": "Fashion-MNIST", "data_id": 40996},
        {"name": "mnist_784", "as_fram": False},
        {"name": "mnist_784", "as_frame": "no"},
        {"name": "mnist_784", "parser": "arff"},
        {},
    ],
    ids=str,
)
def test_everything_else_is_theirs(theirs, home, options):
    def call(library):
        return plain(library.fetch_openml(**options, data_home=home).data)

    assert_same(lambda: call(ours), lambda: call(theirs))


def test_install(theirs):
    before = theirs.fetch_openml
    with ours.install():
        from sklearn.datasets import fetch_openml

        assert fetch_openml is ours.fetch_openml
    assert theirs.fetch_openml is before
