"""The grids of the classifier benchmark: all settings are there, and scikit-learn takes them."""

from __future__ import annotations

import itertools
import warnings
from collections import Counter

import numpy as np
import pytest

from fmnist_fast.baselines.grid import BUILTIN, GridError, Setting, load_grid, select

pytestmark = pytest.mark.once
ORIGINAL = load_grid("original")
MODERN = load_grid("modern")
#: Settings of each classifier in the benchmark of 2017.
COUNTS = {
    "PassiveAggressiveClassifier": 3,
    "SGDClassifier": 15,
    "Perceptron": 3,
    "DecisionTreeClassifier": 12,
    "RandomForestClassifier": 18,
    "LogisticRegression": 12,
    "MLPClassifier": 8,
    "KNeighborsClassifier": 12,
    "SVC": 12,
    "GaussianNB": 1,
    "ExtraTreeClassifier": 12,
    "GaussianProcessClassifier": 2,
    "GradientBoostingClassifier": 9,
    "LinearSVC": 24,
}


def test_the_original_settings():
    assert Counter(setting.name for setting in ORIGINAL) == COUNTS
    assert len({str(setting) for setting in ORIGINAL}) == sum(COUNTS.values()) == 143
    impossible = [setting for setting in ORIGINAL if setting.impossible]
    assert [str(setting) for setting in impossible] == [
        f"LinearSVC(C={c}, loss='hinge', multi_class='ovr', penalty='l1')" for c in (1, 10, 100)
    ]
    changed = Counter(setting.name for setting in ORIGINAL if setting.change)
    assert changed == {
        "PassiveAggressiveClassifier": 3,
        "SGDClassifier": 3,
        "LogisticRegression": 12,
        "GradientBoostingClassifier": 9,
    }
    capped = {setting.name for setting in ORIGINAL if setting.max_train}
    assert capped == {"GaussianProcessClassifier"}


def test_the_modern_settings():
    assert len({str(setting) for setting in MODERN}) == len(MODERN) >= 12
    assert not [setting for setting in MODERN if setting.impossible or setting.change]


@pytest.mark.parametrize(
    ("text", "recipe"),
    [
        (
            "PassiveAggressiveClassifier(C=10)",
            "SGDClassifier(eta0=10, learning_rate='pa1', loss='hinge', penalty=None)",
        ),
        ("SGDClassifier(loss='log', penalty='l1')", "SGDClassifier(loss='log_loss', penalty='l1')"),
        (
            "LogisticRegression(C=1, multi_class='ovr', penalty='l1')",
            "OneVsRestClassifier(LogisticRegression(C=1, l1_ratio=1.0, solver='liblinear'))",
        ),
        (
            "LogisticRegression(C=1, multi_class='multinomial', penalty='l1')",
            "LogisticRegression(C=1, l1_ratio=1.0, solver='saga')",
        ),
        ("LogisticRegression(C=1, multi_class='multinomial', penalty='l2')", "LogisticRegression(C=1)"),
        (
            "HOG + calibrated LinearSVC(C=1)",
            "make_pipeline(hog(), CalibratedClassifierCV(LinearSVC(C=1), cv=3))",
        ),
    ],
)
def test_what_is_fitted(text, recipe):
    (setting,) = [setting for setting in ORIGINAL + MODERN if str(setting) == text]
    assert setting.recipe == recipe
    assert Setting.from_json(setting.as_json()) == setting


#: Values of parameters that decide how long a fit takes.
SMALL = {"n_estimators": 2, "max_iter": 2, "max_depth": 3}


def a_few(grid):
    """One setting for each way of constructing something: class, argument names and values that are text."""

    def way(setting):
        texts = [f"{k}={v}" if isinstance(v, str) else k for k, v in setting.classifier.arguments.items()]
        return setting.name, setting.classifier.path, str(setting.wrap), tuple(texts)

    possible = [setting for setting in grid if not setting.impossible]
    return [next(group) for _, group in itertools.groupby(sorted(possible, key=way), way)]


@pytest.mark.parametrize("setting", a_few(ORIGINAL) + a_few(MODERN), ids=str)
def test_scikit_learn_takes_it(setting, rng):
    """Nothing is refused, and nothing is said to go away in a later version."""
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    if any("hog" in step.path for step in setting.steps):
        pytest.importorskip("skimage", reason="scikit-image is not installed")
    from fmnist_fast.baselines.estimator import build

    setting = Setting.from_json(setting.as_json())  # a copy, in which what takes long is made small
    for part, limits in (
        (setting.classifier, SMALL),
        *((step, {"n_components": 4}) for step in setting.steps),
    ):
        part.arguments.update({key: value for key, value in limits.items() if key in part.arguments})
    labels = np.arange(150) % 10
    images = rng.normal(0, 0.3, (150, 64)) + rng.normal(0, 1, (10, 64))[labels]
    if setting.input == "images":
        images = np.clip(60 * images + 100, 0, 255).astype(np.uint8)
    estimator = build(setting, 5)
    states = [value for key, value in estimator.get_params().items() if key.endswith("random_state")]
    assert set(states) <= {5}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*(converge|[Mm]aximum (number of )?iteration)")
        estimator.fit(images, labels)
    assert estimator.predict(images[:3]).shape == (3,)


def test_select():
    assert len(select(ORIGINAL, "*")) == 143
    assert len(select(ORIGINAL, "svc")) == 12
    assert {setting.name for setting in select(ORIGINAL, "*svc(*C=100,*")} == {"SVC", "LinearSVC"}
    assert select(ORIGINAL, "nothing") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("classifier = 3", "there is no"),
        ("x = 1", "there is no"),
        ("[[classifier", "not a grid of classifiers"),
        ("[[classifier]]\nname = 'A'\nclass = 'b.C'", "'grid' is missing"),
        ("[[classifier]]\nname = 'A'\nclass = 'b.C'\nfixd = {}\n[classifier.grid]", "unknown key 'fixd'"),
        ("[[classifier]]\nname = 'A'\nclass = 'b.C'\ninput = 'x'\n[classifier.grid]", "input must be one of"),
        (2 * "[[classifier]]\nname = 'A'\nclass = 'b.C'\n[classifier.grid]\n", "there are two settings"),
    ],
)
def test_bad_grid_files(tmp_path, text, sentence):
    path = tmp_path / "grid.toml"
    path.write_text(text)
    with pytest.raises(GridError, match=sentence) as caught:
        load_grid(path)
    assert str(path) in str(caught.value)


def test_own_grid_has_the_name_of_its_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        "[[classifier]]\nname = 'A'\nclass = 'b.C'\nfixed = { y = 1 }\n[classifier.grid]\nx = [1, 2]\n"
    )
    settings = load_grid(path)
    assert [(s.grid, str(s), s.recipe) for s in settings] == [
        ("mine", "A(x=1)", "C(x=1, y=1)"),
        ("mine", "A(x=2)", "C(x=2, y=1)"),
    ]
    assert "mine" not in BUILTIN
