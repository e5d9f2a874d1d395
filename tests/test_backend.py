"""Which backend runs is never a surprise: it is asked for, visible, and a broken one is an error.

The danger is a wheel whose extension does not load and a suite that is green because everything silently ran
on NumPy; or a misspelt environment variable that silently means "default".
"""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import sysconfig

import pytest
from backends import MODULES, NAMES, WANTED, load_backend

import fmnist_fast as ff

PUBLIC = {
    *(
        "read_idx",
        "write_idx",
        "decode_idx",
        "encode_idx",
        "open_idx",
        "IdxReader",
        "normalize",
        "Batches",
        "load_mnist",
    ),
    *("backend", "cpu_features", "__version__", "FmnistFastError", "FormatError", "CorruptDataError"),
    *("TruncatedError", "OutputError", "MismatchError", "DatasetError"),
}


def run_python(code: str, cwd, **env: str) -> subprocess.CompletedProcess:
    """Run `code` in a fresh interpreter, away from the source tree."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **env},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_wanted_backend_really_loaded():
    if WANTED == "auto":
        assert ff.backend in ("native", "numpy")
    else:
        assert ff.backend == WANTED
    if ff.backend == "native":
        for module in MODULES["native"]:
            assert not sys.modules[f"fmnist_fast.{module}"].__file__.endswith(".py")


def test_native_results_do_not_come_from_the_twin(tmp_path):
    if ff.backend != "native":
        pytest.skip("the native backend is not under test")
    code = "import sys, fmnist_fast as ff; print(ff.backend, 'fmnist_fast._numpy' in sys.modules)"
    result = run_python(code, tmp_path, FMNIST_FAST_BACKEND="native")
    assert result.stdout.split() == ["native", "False"], result.stderr


@pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this interpreter has a GIL")
def test_nothing_brings_the_gil_back(tmp_path):
    code = "import sys, fmnist_fast as ff; print(ff.backend, sys._is_gil_enabled())"
    result = run_python(code, tmp_path, PYTHON_GIL="")
    assert result.stdout.split() == [ff.backend, "False"], result.stderr


def test_numpy_backend_can_always_be_asked_for(tmp_path):
    code = "import sys, fmnist_fast as ff; print(ff.backend, 'fmnist_fast._codec' in sys.modules)"
    result = run_python(code, tmp_path, FMNIST_FAST_BACKEND="numpy")
    assert result.stdout.split() == ["numpy", "False"], result.stderr


@pytest.mark.parametrize("value", ["0", "1", "cython", "Native", "numpy "])
def test_unknown_backend_is_an_error(value, tmp_path):
    result = run_python("import fmnist_fast", tmp_path, FMNIST_FAST_BACKEND=value)
    assert result.returncode != 0
    assert "ValueError" in result.stderr
    assert "FMNIST_FAST_BACKEND" in result.stderr
    for legal in ("auto", "native", "numpy"):
        assert legal in result.stderr


def test_unknown_cpu_level_is_an_error(tmp_path):
    if ff.backend != "native":
        pytest.skip("the NumPy backend has no CPU levels of its own")
    result = run_python("import fmnist_fast", tmp_path, FMNIST_FAST_CPU="sse9", FMNIST_FAST_BACKEND="native")
    assert result.returncode != 0
    assert "FMNIST_FAST_CPU" in result.stderr


def test_forced_cpu_level_is_the_level_that_runs(tmp_path):
    if ff.backend != "native":
        pytest.skip("the NumPy backend has no CPU levels of its own")
    code = "import fmnist_fast as ff; print(ff.cpu_features()['level'])"
    foreign = "neon" if "neon" not in ff.cpu_features()["detected"] else "avx2"
    for level in ("generic", foreign):  # kernels of another architecture are none: the generic ones are left
        result = run_python(code, tmp_path, FMNIST_FAST_CPU=level, FMNIST_FAST_BACKEND="native")
        assert result.stdout.strip() == "generic", result.stderr


def test_cpu_features_says_what_is_there(backend):
    features = backend.cpu_features()
    assert isinstance(features["level"], str)
    assert isinstance(features["detected"], list)
    if backend.name == "numpy":
        assert features["level"] == "numpy"


def test_backend_has_every_name(backend):
    for name in NAMES:
        assert callable(getattr(backend, name)), name


def test_importing_the_package_is_light(tmp_path):
    code = (
        "import sys, fmnist_fast;"
        "print([m for m in ('rich','PIL','matplotlib','torch','sklearn','pandas','pyarrow','urllib.request',"
        "'fmnist_fast.cli') if m in sys.modules])"
    )
    result = run_python(code, tmp_path)
    assert result.stdout.strip() == "[]", result.stderr


def test_every_public_name_is_there():
    for name in PUBLIC:
        assert hasattr(ff, name), name
        assert name == "__version__" or name in ff.__all__, name


@pytest.mark.skipif(WANTED == "numpy", reason="needs both backends")
def test_twins_have_the_same_signatures():
    if ff.backend != "native":
        pytest.skip("the native backend is not installed")
    numpy, native = load_backend("numpy"), load_backend("native")
    for name in NAMES:
        if name != "GzipDecoder":
            left, right = (list(inspect.signature(getattr(b, name)).parameters) for b in (numpy, native))
            assert left == right, name
    left, right = ({n for n in dir(b.GzipDecoder) if not n.startswith("_")} for b in (numpy, native))
    assert left == right == {"copy", "decode", "decode_affine", "member", "offset", "shared"}


def test_a_package_that_was_not_built_has_one_backend(tmp_path):
    """setup.py notes what it has built; nothing notes anything in a source tree."""
    code = "import sys; sys.modules['fmnist_fast._build'] = None; import fmnist_fast as ff; print(ff.backend)"
    result = run_python(code, tmp_path, FMNIST_FAST_BACKEND="auto")
    assert result.stdout.strip() == "numpy", result.stderr
