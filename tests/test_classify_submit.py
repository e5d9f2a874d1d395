"""`fmnist-fast classify submit` and `merge`: good results go in once, others are refused with a sentence."""

from __future__ import annotations

import json

import pytest
from benchmark_data import true_line, write_lines
from command import run

from fmnist_fast.baselines.plausible import problems
from fmnist_fast.baselines.schema import parse_line

pytestmark = pytest.mark.once


def inside(outer: str, **changes) -> dict:
    """Return a true line with changes inside one of its objects."""
    return true_line(**{outer: true_line()[outer] | changes})


def without(field: str) -> dict:
    line = true_line()
    del line[field]
    return line


def test_the_line_to_start_from_is_good():
    assert problems(parse_line(json.dumps(true_line()))) == []


BAD = {
    "accuracy above 1": (
        true_line(score=[1.2, 1.2], mean_accuracy=1.2, std_accuracy=0.0),
        "the accuracy 1.2 is not between 0 and 1",
    ),
    "accuracy below 0": (true_line(score=[-0.1, 0.5]), "the accuracy -0.1 is not between 0 and 1"),
    "not a share of the rows": (
        true_line(score=[0.81234567, 0.81234567]),
        "an accuracy on 10,000 rows is a whole number of them",
    ),
    "another mean": (true_line(mean_accuracy=0.99), "mean_accuracy is 0.99, but the scores give 0.897200"),
    "another deviation": (true_line(std_accuracy=0.0001), "std_accuracy is 0.0001"),
    "more scores than repeats": (true_line(num_repeat=1), "there must be a score for each repeat"),
    "no scores": (true_line(score=[], num_repeat=0), "there must be a score for each repeat"),
    "negative time": (true_line(wall_time=-5.0), "wall_time must be a positive number, not -5.0"),
    "no time at all": (true_line(fit_time=[0.0, 1.0]), "each fit_time must be a positive number, not 0.0"),
    "missing time": (true_line(time_per_repeat=None), "time_per_repeat must be a positive number"),
    "too few times": (true_line(fit_time=[1.0]), "one fit_time and one predict_time for each score"),
    "times that do not fit": (true_line(time_per_repeat=10.0), "is not wall_time"),
    "parts longer than the whole": (true_line(fit_time=[3000.0, 3000.0]), "longer than the whole"),
    "more than all cores": (true_line(cpu_time=9000.0), "cpu_time is more than all cores can give"),
    "the end before the start": (true_line(done_time=1_789_999_999), "done_time is before start_time"),
    "a short span": (true_line(done_time=1_790_000_100), "100 s from start_time to done_time cannot hold"),
    "before the dataset": (true_line(start_time=1_400_000_000), "before Fashion-MNIST was published"),
    "the future": (true_line(done_time=4_000_000_000), "done_time is in the future"),
    "unknown dataset": (
        inside("dataset", name="fashion900", known=False),
        "'fashion900' is not a dataset that results are compared on; those are fashion-mnist, mnist, kmnist",
    ),
    "other files": (
        inside("dataset", files={"train-images-idx3-ubyte.gz": "0" * 64}),
        "its files do not have the published checksums of fashion-mnist",
    ),
    "MNIST under another name": (
        inside("dataset", name="mnist"),
        "its files do not have the published checksums of mnist",
    ),
    "a subset": (inside("dataset", train=6000), "60,000 rows to fit and 10,000 to score on, not 6,000"),
    "rows it does not have": (true_line(train_rows=70_000), "fitted on 70,000 of 60,000 rows"),
    "no such setting": (true_line(parameter={"C": 11, "kernel": "rbf"}), "has no such setting"),
    "another estimator": (true_line(estimator="SVC(C=1e9)"), "fits SVC(C=10, kernel='rbf') here, not SVC"),
    "failed": (true_line(status="timeout", score=[]), "it has no scores, its status is timeout"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_true(name):
    line, sentence = BAD[name]
    found = problems(parse_line(json.dumps(line)))
    assert any(sentence in text for text in found), found
    assert all("\n" not in text for text in found)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not JSON"),
        ("[]", "expected a JSON object, found list"),
        (json.dumps(true_line(schema=2)), "expected a result of schema 1, found schema 2"),
        (json.dumps(without("score")), "the field 'score' is missing"),
        (json.dumps(true_line(extra=1)), "unknown field 'extra'"),
        (json.dumps(true_line(num_repeat=True)), "the field 'num_repeat' must be int, found bool True"),
        (json.dumps(true_line(score=["0.9"])), "score must be a list of finite numbers"),
        (
            json.dumps(true_line(mean_accuracy=float("nan"))),
            "the field 'mean_accuracy' must be int or float or NoneT",
        ),
        (json.dumps(true_line(status="fine")), "status must be one of ok, error"),
        (json.dumps(inside("dataset", sha256=5)), "the field 'dataset.sha256' must be str, found int 5"),
    ],
)
def test_what_is_no_result(text, sentence):
    with pytest.raises(ValueError, match="^" + sentence.replace("(", r"\(")):
        parse_line(text)


def test_submit_and_merge(tmp_path):
    """A file becomes an entry and a text, and the entry gets onto the leaderboard once."""
    better = true_line(parameter={"C": 100, "kernel": "rbf"}, estimator="SVC(C=100, kernel='rbf')")
    better |= {"score": [0.9], "num_repeat": 1, "mean_accuracy": 0.9, "std_accuracy": 0.0}
    better |= {"fit_time": [1500.0], "predict_time": [490.0], "time_per_repeat": 3998.0}
    failed = true_line(status="crashed", reason="it crashed", score=[], num_repeat=0, seed=3)
    write_lines(tmp_path / "r.jsonl", true_line(), failed, better)
    result = run("classify", "submit", "r.jsonl", "-o", "entries", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert "2 results, 1 settings that failed are left out" in result.stdout
    (entry,) = (tmp_path / "entries").glob("fashion-mnist-20260921-*.jsonl")
    text = entry.with_suffix(".md").read_text()
    assert text.startswith("Add 2 classifier results on fashion-mnist\n\n")
    assert entry.name in text
    assert '| fashion-mnist | SVC | {"C": 100, "kernel": "rbf"} | 0.9000 | 3998.0 |' in text
    assert "scikit-learn 1.9.1" in text

    result = run("classify", "merge", entry, "--into", "board.jsonl", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "board.jsonl: 2 results\n")
    board = [json.loads(line) for line in (tmp_path / "board.jsonl").read_text().splitlines()]
    assert board == [better, true_line()]

    before = (tmp_path / "board.jsonl").read_bytes()
    write_lines(tmp_path / "again.jsonl", true_line(seed=8), true_line())
    for arguments in (
        ("merge", "again.jsonl", "--into", "board.jsonl"),
        ("submit", "again.jsonl", "--leaderboard", "board.jsonl"),
    ):
        result = run("classify", *arguments, cwd=tmp_path)
        assert result.returncode == 1
        expected = "again.jsonl: line 2, SVC: the same result is on the leaderboard already"
        assert result.stderr == f"fmnist-fast: {expected}\n"
    assert (tmp_path / "board.jsonl").read_bytes() == before
    assert not (tmp_path / "submission").exists()

    write_lines(tmp_path / "other.jsonl", inside("dataset", sha256="6" * 64))
    result = run("classify", "merge", "other.jsonl", "--into", "board.jsonl", cwd=tmp_path)
    assert "its arrays are not those of the other results on fashion-mnist" in result.stderr


def test_refused_with_a_sentence_each(tmp_path):
    lines = [BAD["accuracy above 1"][0], true_line(seed=1), BAD["negative time"][0], true_line(seed=1)]
    write_lines(tmp_path / "r.jsonl", *lines)
    result = run("classify", "submit", "r.jsonl", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "fmnist-fast: r.jsonl: line 1, SVC: the accuracy 1.2 is not between 0 and 1",
        "fmnist-fast: r.jsonl: line 3, SVC: wall_time must be a positive number, not -5.0",
        "fmnist-fast: r.jsonl: line 3, SVC: the same result is in line 1 already",
        "fmnist-fast: r.jsonl: line 4, SVC: the same result is in line 2 already",
    ]
    assert not (tmp_path / "submission").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "there is no result in it"),
        ("hello\n", "line 1 is not a result: not JSON"),
        (json.dumps(true_line(status="error", score=[])) + "\n", "there is no result in it"),
    ],
)
def test_nothing_to_submit(tmp_path, text, sentence):
    (tmp_path / "r.jsonl").write_text(text)
    result = run("classify", "submit", "r.jsonl", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"fmnist-fast: r.jsonl: {sentence}")


def test_settings_of_another_grid_are_not_judged():
    line = true_line(grid="one of my own", parameter={"C": 11, "kernel": "rbf"})
    assert problems(parse_line(json.dumps(line))) == []
