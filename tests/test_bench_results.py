"""What a run leaves behind: files, a history, comparisons, Markdown, a chart and a page."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace

import pytest
from bench_samples import made_up_run

from fmnist_fast.benchmark import comparison, document, passes, results
from fmnist_fast.errors import FormatError

pytestmark = pytest.mark.once


def test_a_run_survives_its_file(tmp_path):
    run = made_up_run(factor=1 / 3)
    results.save(run, tmp_path / "run.json")
    found = results.find(str(tmp_path / "run.json"))
    assert found.rows[1].ratio.median == pytest.approx(run.rows[1].ratio.median, rel=1e-5)
    results.save(found, tmp_path / "again.json")
    assert results.find(str(tmp_path / "again.json")) == found


def test_a_history_keeps_every_run(tmp_path):
    path = tmp_path / "runs@home.jsonl"
    runs = [made_up_run("one"), made_up_run("two", 2.0), made_up_run("one", 3.0)]
    for run in runs:
        results.append(run, path)
    assert [run.label for run in results.history(path)] == ["one", "two", "one"]
    assert results.find(str(path)).rows[1].ratio.median == 9.0
    assert results.find(f"{path}@two").rows[1].ratio.median == 6.0
    with pytest.raises(FormatError, match="no run labeled three"):
        results.find(f"{path}@three")


@pytest.mark.parametrize("text", ["", "not JSON", "[]", '{"version": 99}', '{"version": 1, "rows": []}'])
def test_a_file_that_holds_no_run(tmp_path, text):
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(FormatError, match=r"run\.json"):
        results.find(str(path))


def test_two_runs_side_by_side():
    lines = comparison.lines(made_up_run(), made_up_run("two", 2.0))
    twice = ("3.00 x", "2.90 - 3.10", "6.00 x", "+100.0%", "surely")
    memory = ("0.40 MiB", "0.40 - 0.40", "0.40 MiB", "+0.0%", "")
    assert lines == [
        ("decode", "fmnist_fast", "2.00 ms", "1.90 - 2.10", "2.00 ms", "+0.0%", ""),
        ("decode", "isal", *twice),
        ("decode", "memcpy", *twice),
        ("summary", "isal : `out=`, avx2", *twice),
        ("summary", " : memory", *memory),
        ("memory", "fmnist_fast", *memory),
    ]
    assert comparison.conclusion(lines) == "3 of 6 figures of B lie within the interval of A"
    near = comparison.lines(made_up_run(), made_up_run("two", 1.05))
    assert [line[-1] for line in near] == ["", "outside", "outside", "outside", "", ""]


def test_several_runs_are_one_with_the_interval_of_a_further_one():
    runs = [made_up_run(label, factor) for label, factor in (("one", 1.0), ("two", 1.2), ("three", 1.1))]
    found = passes.combined(runs)
    assert (found.label, found.rows[0].value.median) == ("three", 2.0)
    ratio = found.rows[1].ratio
    assert (ratio.median, ratio.count) == (pytest.approx(3.3), 9)
    assert ratio.quartiles == runs[2].rows[1].ratio.quartiles
    # By hand: the factors' logarithms have a standard deviation of 0.0912; times 4.30 * sqrt(4 / 3), 0.453.
    middle = 3 * (1.0 * 1.2 * 1.1) ** (1 / 3)
    assert ratio.interval == pytest.approx((middle * math.exp(-0.453), middle * math.exp(0.453)), rel=1e-3)
    assert "rapidgzip" in [row.way for row in found.rows if row.value is None]
    assert found.facts["passes"].startswith("3")
    assert passes.combined(runs[:1]) is runs[0]


def test_the_interval_is_never_narrower_than_that_of_each_run():
    found = passes.combined([made_up_run()] * 3)
    assert found.rows[1].ratio.interval == made_up_run().rows[1].ratio.interval


def test_runs_that_do_not_belong_together_are_refused():
    one = made_up_run()
    with pytest.raises(FormatError, match="differ in CPU"):
        passes.combined([replace(one, facts={"CPU": "another"}), one])
    with pytest.raises(FormatError, match="measured different things"):
        passes.combined([replace(one, rows=one.rows[1:]), one])


def test_figures_in_a_document_are_rewritten_in_place(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(
        "# A\n<!-- bench: decode -->\nold\n<!-- /bench -->\nB\n<!-- bench: other -->\nkept\n<!-- /bench -->\n"
    )
    document.check(path)
    document.write(made_up_run(), path)
    once = path.read_text()
    assert "old" not in once
    assert "kept" in once
    assert "| isal | 6.00 ms | 333 | 3.00x | 2.90 - 3.10 |" in once
    assert "Without figures: rapidgzip (not installed (ImportError: none))." in once
    document.write(made_up_run(), path)
    assert path.read_text() == once


def test_what_stands_against_what_has_columns_of_its_own(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("<!-- bench: summary -->\n<!-- /bench -->\n")
    document.write(made_up_run(), path)
    assert "| ours | against | figure | 95 % interval | quartiles |" in path.read_text()
    assert "| `out=`, avx2 | isal | 3.00x | 2.90 - 3.10 |" in path.read_text()
    assert "| memory |  | 0.40 MiB | 0.40 - 0.40 |" in path.read_text()


def test_facts_in_a_document_cannot_break_its_table(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("<!-- bench: all -->\n<!-- /bench -->\n")
    document.write(made_up_run(), path)
    assert r"| CPU | one \| of a kind |" in path.read_text()


def test_a_document_without_a_place_for_figures(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("# A\n")
    with pytest.raises(FormatError, match=r"page\.md.*bench: all"):
        document.check(path)


def test_the_chart_is_a_picture_with_our_color(tmp_path):
    pytest.importorskip("matplotlib")
    image = pytest.importorskip("PIL.Image")
    from fmnist_fast.benchmark import plot

    plot.write(made_up_run(), tmp_path / "chart.png")
    with image.open(io.BytesIO((tmp_path / "chart.png").read_bytes())) as picture:
        colors = {color: count for count, color in picture.convert("RGB").getcolors(1 << 24)}
    assert colors[(0x00, 0x72, 0xB2)] > 2 * colors[(0xB8, 0xB8, 0xB8)] > 0


def test_results_are_plain_json(tmp_path):
    results.append(made_up_run(), tmp_path / "runs.jsonl")
    line = json.loads((tmp_path / "runs.jsonl").read_text())
    assert line["rows"][1]["ratio"]["median"] == 3.0


def test_a_document_of_what_has_no_figures(tmp_path):
    page = tmp_path / "figures.md"
    page.write_text("<!-- bench: decode -->\n<!-- /bench -->\n")
    run = made_up_run()
    document.write(replace(run, rows=[row for row in run.rows if not row.value]), page)
    assert "Without figures: rapidgzip (not installed (ImportError: none))." in page.read_text()
    assert "|" not in page.read_text().partition("Without")[0]
