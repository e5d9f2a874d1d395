"""What the commands refuse, in one sentence and before any work is done; and failures of the machine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import fmnist_fast as ff
from fmnist_fast.baselines import machine, supervise
from fmnist_fast.cli import _classify_run, _console, _demo_rows, _info, main
from fmnist_fast.datasets.registry import FILES

pytestmark = pytest.mark.once


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with images, a NumPy file and a folder, as the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FMNIST_FAST_DATA", raising=False)
    ff.write_idx("images.gz", np.zeros((3, 2, 2), np.uint8))
    np.save("images.npy", np.zeros((3, 2, 2), np.uint8))
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.npy").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("decode images.gz -o folder.npy", "folder.npy: is a folder, the output must be a file"),
        ("encode images.npy -o x.gz --labels y.gz", "--labels goes with a folder whose subfolders"),
        ("encode images.npy -o x.gz --key a", "an npy file holds one array"),
        ("encode folder -o x.gz --key a", "--key goes with an npz file, not with a folder"),
        ("sample -o images.gz", "images.gz: is not a folder"),
        ("plot sprite --data . -o images.gz", "images.gz: is not a folder"),
        ("classify run --out x.jsonl --only *NB*", "which dataset? --data DIR names its folder"),
        ("classify run --out x.jsonl --data . --repeat 0", "invalid positive int value"),
        ("classify run --out x.jsonl --data . --timeout -1", "invalid seconds value"),
        ("classify run --out x.jsonl --data . --grid none.toml", "none.toml"),
    ],
)
def test_refused(here, capsys, arguments, sentence):
    if "classify" in arguments:
        pytest.importorskip("sklearn")
    before = sorted(here.rglob("*"))
    try:
        code = main(arguments.split())
    except SystemExit as end:  # argparse's own
        code = end.code
    assert code in (1, 2)
    assert sentence in capsys.readouterr().err
    assert sorted(here.rglob("*")) == before


def test_too_many_classes(here, capsys):
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    for number in range(257):
        (here / "folder" / f"{number}").mkdir()
        image.new("L", (1, 1)).save(here / "folder" / f"{number}" / "a.png")
    assert main(["encode", "folder", "-o", "x.gz"]) == 2
    assert "257 subfolders are too many classes" in capsys.readouterr().err


def test_picture_that_cannot_be_opened(here, capsys):
    pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    (here / "folder" / "a.png").symlink_to("nowhere")
    assert main(["encode", "folder", "-o", "x.gz"]) == 1
    assert "a.png: No such file or directory" in capsys.readouterr().err


def test_parquet_of_numbers_and_of_nothing(here, capsys):
    parquet = pytest.importorskip("pyarrow.parquet")
    ff.write_idx("numbers", np.arange(5, dtype=np.int32))
    assert main(["decode", "numbers", "-o", "x.parquet"]) == 0
    assert parquet.read_table("x.parquet")["data"].to_pylist() == [0, 1, 2, 3, 4]
    ff.write_idx("nothing", np.zeros((4, 0, 7), np.uint8))
    assert main(["decode", "nothing", "-o", "y.parquet"]) == 2
    assert "hold nothing to put into a column" in capsys.readouterr().err


def test_not_enough_memory(here, capsys, monkeypatch):
    for error, words in ((MemoryError(), "not enough memory\n"), (MemoryError("for 9"), "memory: for 9\n")):
        with monkeypatch.context() as patch:
            patch.setattr("fmnist_fast.cli._info.scan", lambda *arguments, error=error: raising(error))
            assert main(["info", "images.gz"]) == 1
        assert capsys.readouterr().err.endswith(words)


def raising(error: BaseException):
    raise error


def test_known_files_are_named(here, capsys):
    facts = _info.scan(str(here / "images.gz"), lambda count: None)
    _info._show(replace(facts, known=FILES[0]))
    assert f"{FILES[0]}" in capsys.readouterr().out


def test_verify_json_of_good_and_bad(here, capsys):
    (here / "bad").write_bytes(b"x")
    assert main(["verify", "--json", "images.gz", "bad"]) == 1
    out = capsys.readouterr().out
    assert '"ok": true' in out
    assert '"ok": false' in out


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 s"), (99, "99 s"), (600, "10 min"), (7200, "2 h"), (86_400, "24 h")]
)
def test_durations(seconds, words):
    assert _classify_run._duration(seconds) == words


def test_why_there_is_no_native_backend(monkeypatch):
    monkeypatch.setattr(_demo_rows, "backend", "numpy")
    monkeypatch.setenv("FMNIST_FAST_BACKEND", "numpy")
    assert _demo_rows._why_not_native() == "FMNIST_FAST_BACKEND=numpy"
    monkeypatch.delenv("FMNIST_FAST_BACKEND")
    assert _demo_rows._why_not_native().startswith("not built")
    monkeypatch.setitem(_demo_rows.sys.modules, "fmnist_fast._build", None)
    assert _demo_rows._why_not_native() == "not built"


def test_a_timing_process_that_ends(here):
    def ask_one_that_is_gone():
        with _demo_rows._worker(_demo_rows.Row("none", "no_reader", "numpy"), here) as worker:
            worker.wait()
            _demo_rows._ask(worker, "time")

    with pytest.raises(OSError, match="a timing process ended with exit code"):
        ask_one_that_is_gone()


def test_demo_of_no_images(here, capsys):
    empty = {"images": np.zeros((0, 28, 28), np.uint8), "labels": np.zeros(0, np.uint8)}
    for split in ("train", "t10k"):
        for kind, array in empty.items():
            ff.write_idx(f"folder/{split}-{kind}-idx{array.ndim}-ubyte.gz", array)
    assert main(["demo", "--data", "folder"]) == 1
    assert "there is nothing to show" in capsys.readouterr().err


def test_a_table_has_the_same_words_on_a_terminal(capsys, monkeypatch):
    pytest.importorskip("rich")
    found = []
    for rich in (False, True):
        monkeypatch.setattr(_console, "_rich", lambda stream, rich=rich: rich)
        _console.table(("way", "ms"), [("one", "1.5"), ("the other [one]", "20")])
        found.append(capsys.readouterr().out.split())
    assert [word for word in found[1] if word.strip("\u2500")] == found[0]


def test_names_of_signals():
    assert supervise._signal_name(9) == "SIGKILL"
    assert supervise._signal_name(12345) == "signal 12345"


def test_a_cpu_without_a_name(monkeypatch):
    monkeypatch.setattr(machine.Path, "read_text", lambda *arguments, **options: raising(OSError()))
    assert machine._cpu_name() == (machine.platform.processor() or machine.platform.machine())
