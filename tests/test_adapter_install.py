"""`install` reaches those who look a name up in a module, and undoing it leaves no trace."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from types import ModuleType

import pytest

from fmnist_fast.adapters import _install
from fmnist_fast.adapters._install import Installation, install
from fmnist_fast.adapters.mnist_reader import install as install_reader
from fmnist_fast.adapters.mnist_reader import load_mnist

pytestmark = pytest.mark.once


@pytest.fixture
def library(monkeypatch):
    module = ModuleType("a_library")
    module.read = "theirs"
    monkeypatch.setitem(sys.modules, "a_library", module)
    return module


def test_until_undone(library):
    handle = install({"a_library": {"read": "ours", "write": "ours too"}})
    assert (library.read, library.write) == ("ours", "ours too")
    handle.undo()
    assert library.read == "theirs"
    assert not hasattr(library, "write")
    handle.undo()
    assert library.read == "theirs"


def test_context_manager(library):
    with install({"a_library": {"read": "ours"}}) as handle:
        assert library.read == "ours"
    assert library.read == "theirs"
    assert isinstance(handle, Installation)
    with pytest.raises(ZeroDivisionError), install({"a_library": {"read": "ours"}}):
        1 / 0  # noqa: B018
    assert library.read == "theirs"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_twice_lasts_until_both_are_undone(library, order):
    ours = object()
    handles = [install({"a_library": {"read": ours}}) for _ in range(2)]
    handles[order[0]].undo()
    assert library.read is ours
    handles[order[1]].undo()
    assert library.read == "theirs"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("name", ["a_library", "no_such.reader"])
def test_several_are_undone_in_any_order(library, name, order):
    """What counts is the last one that is still there; no trace is left of those that are not."""
    before = set(sys.modules)
    handles = [install({name: {"read": k, f"read_{k}": k}}) for k in range(3)]
    left = {0, 1, 2}
    for number in order:
        assert importlib.import_module(name).read == max(left)
        handles[number].undo()
        left.remove(number)
        if left:
            names = vars(importlib.import_module(name))
            assert {key for key in names if key.startswith("read_")} == {f"read_{k}" for k in left}
    assert library.read == "theirs"
    assert set(sys.modules) == before
    assert not _install._live
    assert not _install._made


def test_a_part_outlives_its_sibling():
    first, second = install({"no_such.one": {"read": 1}}), install({"no_such.two": {"read": 2}})
    first.undo()
    from no_such import two

    assert two.read == 2
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such.one")
    second.undo()
    assert "no_such" not in sys.modules


def test_what_others_have_put_there_since_stays(library):
    handle = install({"a_library": {"read": "ours"}})
    library.read = "a third"
    handle.undo()
    assert library.read == "a third"


def test_missing_library_and_its_parents():
    before = set(sys.modules)
    with install({"no_such.examples.reader": {"read": "ours"}}):
        from no_such.examples import reader
        from no_such.examples.reader import read

        assert (reader.read, read) == ("ours", "ours")
        assert importlib.util.find_spec("no_such.examples") is not None
    assert set(sys.modules) == before
    with pytest.raises(ModuleNotFoundError):
        import no_such  # noqa: F401


def test_missing_part_of_a_library_that_is_there(library):
    library.__path__ = []
    with install({"a_library.old_part": {"read": "ours"}}):
        import a_library.old_part

        assert a_library.old_part.read == "ours"
    assert not hasattr(library, "old_part")
    assert "a_library.old_part" not in sys.modules


def test_broken_library_is_not_covered_up(tmp_path, monkeypatch):
    """A module that lacks something it needs is there: replacing it would hide why it does not work."""
    (tmp_path / "broken_library.py").write_text("import a_module_that_is_missing\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="a_module_that_is_missing"):
        install({"broken_library": {"read": "ours"}})
    assert "broken_library" not in sys.modules


def test_failure_takes_everything_back(library, tmp_path, monkeypatch):
    (tmp_path / "broken_library.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ZeroDivisionError):
        install({"a_library": {"read": "ours"}, "broken_library": {"read": "ours"}})
    assert library.read == "theirs"


def test_mnist_reader(tmp_path, monkeypatch):
    """As in a checkout of the Fashion-MNIST repository, and without one."""
    (tmp_path / "utils").mkdir()
    (tmp_path / "utils" / "mnist_reader.py").write_text("load_mnist = str\n")
    with install_reader():
        from utils import mnist_reader

        assert mnist_reader.load_mnist is load_mnist
    assert "utils" not in sys.modules
    monkeypatch.syspath_prepend(tmp_path)
    try:
        from utils import mnist_reader

        with install_reader():
            assert mnist_reader.load_mnist is load_mnist
        assert mnist_reader.load_mnist is str
        with install_reader("mnist_reader"):
            assert importlib.import_module("mnist_reader").load_mnist is load_mnist
    finally:
        for name in ("utils", "utils.mnist_reader"):
            sys.modules.pop(name, None)
