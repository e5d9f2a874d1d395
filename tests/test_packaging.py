"""What is shipped: contents of sdist and wheel, symbols of the compiled modules, and life without them.

The distributions come from the folder `FMNIST_FAST_TEST_DIST` where that is set; else they are built here,
from a copy of the source tree.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest
from distributions import ROOT, Dist, copy_of_source, is_compiled, only, run, run_python, unpack

import fmnist_fast as ff

pytestmark = pytest.mark.once
CC_DECIDES = pytest.mark.skipif(os.name == "nt", reason="here the compiler is not found through CC")
SHIPPED = r"fmnist_fast/(\w+/)*(\w+\.(pyi?|h|toml|html|css|js)|py\.typed)"
ROUND_TRIP = """
import numpy, fmnist_fast as ff
array = numpy.arange(24, dtype=numpy.int16).reshape(2, 3, 4)
for compress in (False, "gzip"):
    assert numpy.array_equal(ff.decode_idx(ff.encode_idx(array, compress=compress)), array)
print(ff.backend)
"""


def sources(*tops: str) -> set[str]:
    """Paths of the source files below the named folders, as far as they lie here."""
    paths = [path for top in tops for path in ROOT.glob(f"{top}/**/*") if path.name != "_build.py"]
    kept = (".py", ".pyi", ".pyx", ".pxd", ".c", ".h", ".toml", ".typed", ".html", ".css", ".js")
    return {path.relative_to(ROOT).as_posix() for path in paths if path.suffix in kept}


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Dist:
    """Return an sdist, and the wheel that was built from it."""
    given = os.environ.get("FMNIST_FAST_TEST_DIST")
    folder = Path(given) if given else tmp_path_factory.mktemp("dist")
    if not given:
        if importlib.util.find_spec("fmnist_fast._codec") is None:
            pytest.skip("this copy was installed without a compiler")
        source = copy_of_source(tmp_path_factory.mktemp("source"))
        code = f"from setuptools import build_meta; build_meta.build_sdist({str(folder)!r})"
        built = run(sys.executable, "-c", code, cwd=source)
        assert built.returncode == 0, built.stdout
        command = (sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--wheel-dir")
        sdist = only(list(folder.glob("*.tar.gz")))
        built = run(*command, folder, sdist, cwd=folder, FMNIST_FAST_REQUIRE_NATIVE="1")
        assert built.returncode == 0, built.stdout
    return Dist(only(list(folder.glob("*.tar.gz"))), only(list(folder.glob("*.whl"))))


@pytest.fixture(scope="module")
def without_compiler(tmp_path_factory) -> tuple[Path, str]:
    """Return an unpacked wheel, built with no compiler but an older build about, and what the build said."""
    source = copy_of_source(tmp_path_factory.mktemp("no_compiler"))
    build_lib = f"build/lib.{sysconfig.get_platform()}-{sys.implementation.cache_tag}"
    stale = source / build_lib / "fmnist_fast" / "_codec.abi3.so"
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"from an older build")
    built = run(sys.executable, "setup.py", "bdist_wheel", cwd=source, CC="no-such-compiler")
    assert built.returncode == 0, built.stdout
    return unpack(only(list(source.glob("dist/*.whl"))), tmp_path_factory.mktemp("numpy_only")), built.stdout


def test_wheel_contents(dist):
    with zipfile.ZipFile(dist.wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        metadata = {name.partition(".dist-info/")[2] for name in archive.namelist()}
        marker = archive.read("fmnist_fast/_build.py").decode()
    compiled = sorted(name.split("/")[1].split(".")[0] for name in names if is_compiled(name))
    assert compiled == ["_codec", "_native", "_normalize"]
    others = {name for name in names if not is_compiled(name)} - {"fmnist_fast/_build.py"}
    assert all(re.fullmatch(SHIPPED, name) for name in others)
    if (ROOT / "fmnist_fast").is_dir():
        assert others == sources("fmnist_fast")
    assert "NATIVE = True" in marker
    assert {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"} <= metadata


def test_wheel_tag(dist):
    """One wheel for all CPythons with a GIL."""
    free_threaded = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    assert ("-cp311-abi3-" in dist.wheel.name) is not free_threaded


def test_sdist_contents(dist):
    with tarfile.open(dist.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "setup.py", "README.md", "LICENSE", "CHANGELOG.md", "MANIFEST.in"} <= names
    left_out = {"benchmarks/classifiers/report.html"}  # two megabytes that `classify report` makes anew
    assert sources("src", "fmnist_fast", "tests", "benchmarks", "examples") - names <= left_out
    made = re.compile(r"build/.*|src/_\w+\.c|.*/_build\.py|.*\.(so|pyd|pyc|o)")
    assert not [name for name in names if made.fullmatch(name)]


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("nm"), reason="needs nm and ELF")
def test_exported_symbols(dist, tmp_path):
    """Only the module's entry is visible: nothing of the core can clash with another library's."""
    modules = list(unpack(dist.wheel, tmp_path).glob("fmnist_fast/*.so"))
    assert len(modules) == 3
    for module in modules:
        listing = run("nm", "-D", "--defined-only", module, cwd=tmp_path).stdout
        assert [line.split()[-1] for line in listing.splitlines()] == [f"PyInit_{module.name.split('.')[0]}"]


@pytest.mark.parametrize("deleted", ["_codec", "_native", "_normalize"])
@pytest.mark.parametrize("wanted", ["auto", "native"])
def test_deleted_extension_is_loud(dist, tmp_path, deleted, wanted):
    folder = unpack(dist.wheel, tmp_path)
    only([path for path in folder.glob(f"fmnist_fast/{deleted}.*") if is_compiled(path.name)]).unlink()
    result = run_python(folder, "import fmnist_fast", FMNIST_FAST_BACKEND=wanted)
    assert result.returncode == 1
    assert "ImportError" in result.stdout
    assert "FMNIST_FAST_BACKEND=numpy" in result.stdout
    result = run_python(folder, ROUND_TRIP, FMNIST_FAST_BACKEND="numpy")
    assert (result.returncode, result.stdout) == (0, "numpy\n")


@CC_DECIDES
def test_no_compiler_gives_the_numpy_backend(without_compiler):
    folder, output = without_compiler
    assert "WARNING: fmnist_fast gets its NumPy backend only" in output
    assert not [path for path in folder.glob("**/*") if is_compiled(path.name)]
    result = run_python(folder, ROUND_TRIP)
    assert (result.returncode, result.stdout) == (0, "numpy\n")


@CC_DECIDES
def test_no_compiler_leaves_its_reason(without_compiler):
    folder, _ = without_compiler
    result = run_python(folder, "from fmnist_fast import _build; print(_build.NATIVE, _build.REASON)")
    assert result.stdout.startswith("False CompileError: ")
    assert "no-such-compiler" in result.stdout


@CC_DECIDES
def test_native_can_be_required(tmp_path):
    source = copy_of_source(tmp_path)
    env = {"CC": "no-such-compiler", "FMNIST_FAST_REQUIRE_NATIVE": "1"}
    built = run(sys.executable, "setup.py", "build", cwd=source, **env)
    assert built.returncode != 0
    assert "no-such-compiler" in built.stdout


@pytest.mark.parametrize("switch", ["REQUIRE_NATIVE", "DEBUG", "SANITIZE", "COVERAGE"])
def test_switches_are_strict(tmp_path, switch):
    source = copy_of_source(tmp_path)
    result = run(sys.executable, "setup.py", "--version", cwd=source, **{f"FMNIST_FAST_{switch}": "yes"})
    assert result.returncode != 0
    assert 'must be "0" or "1"' in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.12", "3.13", "3.14"])
def test_wheel_on_other_cpythons(dist, tmp_path, version):
    """The abi3 wheel from this Python on others; those that are here, or under the usual folder of pyenv."""
    name = f"python{version}"
    places = [shutil.which(name), *Path.home().glob(f".pyenv/versions/{version}.*/bin/{name}")]
    check = "import sys, sysconfig; sys.exit(bool(sysconfig.get_config_var('Py_GIL_DISABLED')))"
    found = [place for place in places if place and run(place, "-c", check, cwd=tmp_path).returncode == 0]
    if not found or "abi3" not in dist.wheel.name:
        pytest.skip(f"no {name} here, or no abi3 wheel for it")
    made = run(found[0], "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    assert made.returncode == 0, made.stdout
    python = only([*tmp_path.glob("venv/bin/python"), *tmp_path.glob("venv/Scripts/python.exe")])
    if run(python, "-m", "pip", "install", "--only-binary=:all:", "numpy>=2", cwd=tmp_path).returncode:
        pytest.skip(f"NumPy cannot be installed for {name}")
    installed = run(python, "-m", "pip", "install", "--no-index", "--no-deps", dist.wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stdout
    result = run(python, "-P", "-W", "error", "-c", ROUND_TRIP, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "native\n")


def test_version_is_the_installed_one():
    try:
        version = importlib.metadata.version("fmnist-fast")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package is not installed")
    assert version == ff.__version__


@pytest.mark.skipif(os.environ.get("FMNIST_FAST_TEST_INSTALLED") != "1", reason="asked for by .ci/run")
def test_the_installed_package_is_tested():
    """The source tree holds a folder of the package's name, which shadows the installed one but for -P."""
    assert not Path(ff.__file__).is_relative_to(ROOT)


def test_import_is_light():
    """NumPy and nothing else that is heavy; extras only when they are called for."""
    loaded = run_python(Path(ff.__file__).parents[1], "import sys, fmnist_fast; print(*sys.modules)")
    modules = set(loaded.stdout.split())
    assert "fmnist_fast" in modules
    assert (
        not {
            "PIL",
            "rich",
            "pyarrow",
            "argparse",
            "urllib.request",
            "ssl",
            "asyncio",
            "sklearn",
            "joblib",
            "psutil",
        }
        & modules
    )
