"""What all tests share: the backend under test, reproducible randomness, and real files where there are any.

`FMNIST_FAST_BACKEND` decides, as it does for users: under `numpy` or `native` only that backend is tested,
under `auto` the public functions run on the one the package chose and the contract tests run on both. Under
`native` a missing extension is an error here, not a skip.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import numpy as np
import pytest
from backends import SEED, WANTED, backend_names, load_backend
from builders import idx_gz
from samples import images

import fmnist_fast as ff

# Nothing of Hypothesis looks at the clock: a busy machine is no fault of the tests.
hypothesis.settings.register_profile(
    "default",
    max_examples=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "ci", hypothesis.settings.get_profile("default"), max_examples=150, derandomize=True
)
hypothesis.settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default")
)


if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell starts what runs beside it like that, and every process of the tests would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> list[str]:
    """Say what is being tested; the first thing to look at when a run surprises."""
    level = ff.cpu_features()["level"]
    return [
        f"fmnist_fast {ff.__version__}: backend {ff.backend} (wanted {WANTED}), cpu level {level}, "
        f"contract tests on {', '.join(backend_names())}, from {Path(ff.__file__).parent}",
        f"FMNIST_FAST_TEST_SEED={SEED}, FMNIST_FAST_DATA={os.environ.get('FMNIST_FAST_DATA', '')}",
    ]


@pytest.fixture(params=backend_names(), scope="session")
def backend(request) -> SimpleNamespace:
    """One backend's modules as a namespace."""
    return load_backend(request.param)


@pytest.fixture
def rng(request) -> np.random.Generator:
    """Randomness that depends only on the seed shown in the header and on the test's name."""
    return np.random.default_rng([SEED, *request.node.name.encode()])


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """The folder of real files, or a skip."""
    folder = os.environ.get("FMNIST_FAST_DATA")
    if not folder:
        pytest.skip("FMNIST_FAST_DATA is not set")
    path = Path(folder)
    assert path.is_dir(), f"FMNIST_FAST_DATA names no folder: {folder}"
    return path


@pytest.fixture
def cache_home(tmp_path_factory, monkeypatch):
    """The cache folder of a user who is not the tester."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def packed(tmp_path):
    """A compressed file in a folder of its own, to be read with a cache."""
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "images.gz"
    file.write_bytes(idx_gz(images(30)))
    return file


@pytest.fixture
def isolated(tmp_path, monkeypatch) -> Path:
    """A home and a working directory of the test's own, so that no dataset of this machine is found."""
    for variable in ("FMNIST_FAST_DATA", "KERAS_HOME", "SCIKIT_LEARN_DATA", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def server():
    """A web server with the published files of the toy dataset."""
    from file_server import file_server
    from toy_datasets import ARRAYS, packed

    with file_server() as state:
        state.files = {f"{stem}.gz": packed(array) for stem, array in ARRAYS.items()}
        yield state
