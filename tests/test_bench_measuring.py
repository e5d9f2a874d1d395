"""Measuring in alternating pairs, and what is done before and with it."""

from __future__ import annotations

import gc
import os
from dataclasses import replace

import numpy as np
import pytest
from bench_samples import write_dataset

from fmnist_fast import backend, encode_idx
from fmnist_fast.benchmark import child, decode, duel, matrix, summary
from fmnist_fast.benchmark.contest import REFERENCE, Lab, Way, WrongResultError
from fmnist_fast.benchmark.contests import CONTESTS, find
from fmnist_fast.benchmark.duel import Duel
from fmnist_fast.benchmark.measure import Settings, rows_of
from fmnist_fast.benchmark.paired import Spread, compare, pinned
from fmnist_fast.benchmark.streams import Library, content


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    data = write_dataset(tmp_path_factory.mktemp("data"))
    library = Library(tmp_path_factory.mktemp("inputs"), str(data), say=lambda text: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decode, "ITEMS", 100)
        patch.setattr(Lab, "large", property(lambda self: self.library.get("fashion", "zlib-6", 600)))
        yield Lab(library, quick=True)


class Clock:
    """A clock that only calls move on."""

    def __init__(self):
        self.now = 0.0
        self.log = []

    def __call__(self):
        return self.now

    def call(self, name, seconds):
        def work():
            self.now += seconds
            self.log.append((name, gc.isenabled()))

        return work


@pytest.mark.once
def test_pairs_alternate_with_the_collector_off():
    clock = Clock()
    found = compare(clock.call("a", 1.0), clock.call("b", 3.0), pairs=3, warmup=1, clock=clock)
    assert clock.log == [("a", False), ("b", False)] * 10
    assert gc.isenabled()
    assert (found.ours.median, found.peer.median, found.ratio.median) == (1.0, 3.0, 3.0)
    assert found.ratio.count == 3


@pytest.mark.once
def test_the_shortest_of_three_turns_counts():
    clock = Clock()
    durations = iter([9, 1, 9, 9, 3, 9, 9, 2, 9, 9])  # the first warms up

    def uneven():
        clock.now += next(durations)

    found = compare(clock.call("a", 1.0), uneven, pairs=3, warmup=1, clock=clock)
    assert (found.ratio.count, found.ratio.median, found.ratio.quartiles) == (3, 2, (1.5, 2.5))


@pytest.mark.once
def test_short_calls_are_repeated_and_slow_ones_get_fewer_pairs():
    clock = Clock()
    found = compare(
        clock.call("a", 0.001), clock.call("b", 2.0), pairs=9, warmup=1, least=0.01, budget=8, clock=clock
    )
    assert found.ratio.count == 3
    assert [name for name, _ in clock.log].count("a") == 1 + 3 * 10
    assert found.ratio.median == pytest.approx(2000)


@pytest.mark.once
def test_a_spread_of_known_values():
    found = Spread.of(np.arange(101.0))
    assert (found.median, found.quartiles, found.count) == (50, (25, 75), 101)
    assert 30 < found.interval[0] < 50 < found.interval[1] < 70
    assert found == Spread.of(np.arange(101.0))
    assert found.scaled(2).quartiles == (50, 150)


@pytest.mark.once
@pytest.mark.skipif(not hasattr(os, "getsid"), reason="no sessions here")
def test_children_are_out_of_reach_of_ctrl_c():
    assert int(child.run("-c", "import os; print(os.getsid(0))")) != os.getsid(0)


@pytest.mark.once
def test_a_cpu_that_is_not_there_pins_nothing():
    with pinned(10**6) as held:
        assert not held


@pytest.mark.parametrize("name", CONTESTS)
def test_every_way_does_its_job(lab, name):
    contest = CONTESTS[name]
    with contest.around():
        stream = contest.job(lab)
        names = [way for way in contest.ways if backend == "native" or way.startswith(REFERENCE)]
        proven = [way for way in names if not contest.ways[way].absent]
        for way in proven:
            contest.prove(stream, way)
    assert REFERENCE in proven


@pytest.mark.parametrize("name", ["decode", "decode-normalized", "encode-6", "stream", "epoch"])
def test_a_wrong_result_of_ours_stops_everything(lab, name):
    contest = CONTESTS[name]
    wrong = Way(lambda stream: lambda: np.zeros((1, 28, 28), np.float32))
    if name.startswith("encode"):
        wrong = Way(lambda stream: lambda: encode_idx(np.zeros(stream.shape, np.uint8), compress="gzip"))
    broken = replace(contest, ways={**contest.ways, REFERENCE: wrong})
    with pytest.raises(WrongResultError, match=f"{name}, {REFERENCE}"):
        list(rows_of(broken, lab, Settings(pairs=3, peers=())))


def test_peers_that_are_wrong_broken_or_absent_are_named(lab):
    ways = {
        REFERENCE: Way(decode.fresh),
        "wrong": Way(lambda stream: lambda: np.zeros(stream.shape, np.uint8)),
        "broken": Way(lambda stream: lambda: 1 / 0),
        "absent": Way(decode.fresh, "no_such_module_at_all"),
        "right": Way(decode.fresh),
    }
    contest = replace(CONTESTS["decode"], ways=ways)
    found = {row.way: row for row in rows_of(contest, lab, Settings(pairs=3))}
    assert list(found) == list(ways)
    assert "not what" in found["wrong"].note
    assert "ZeroDivisionError" in found["broken"].note
    assert "no_such_module_at_all" in found["absent"].note
    assert found["right"].ratio.count == 3
    assert found[REFERENCE].value.median > 0
    assert found[REFERENCE].rate == pytest.approx(40 * 784 / found[REFERENCE].value.median / 1e3)
    assert [way for way, row in found.items() if row.value is None] == ["wrong", "broken", "absent"]


def test_one_way_against_another_at_every_level(lab):
    below = duel.levels()[-2:]
    duels = [Duel("decode", "fmnist_fast, out=", "zlib", level) for level in ("", *below, "no such level")]
    *found, impossible = duel.rows_of(duels, lab, Settings(pairs=3))
    assert [row.against for row in found] == [str(it) for it in duels[:-1]]
    assert [row.way for row in found] == ["zlib"] * len(found)
    assert all(row.ratio.count == 3 for row in found)
    assert (impossible.value, impossible.note) == (None, "no no such level here")


def test_a_wrong_result_in_a_duel_stops_it(lab):
    wrong = Way(lambda stream: lambda: np.zeros(stream.shape, np.uint8))
    broken = replace(CONTESTS["decode"], ways={REFERENCE: Way(decode.fresh), "zlib": wrong})
    with pytest.raises(WrongResultError, match="decode, zlib"):
        Duel("decode", REFERENCE, "zlib").compare(lab, Settings(pairs=3), broken)


def test_the_summary_names_ways_that_there_are(lab, monkeypatch):
    monkeypatch.setattr(summary, "rows_of", lambda duels, *rest: iter(asked.extend(duels) or ()))
    monkeypatch.setattr(summary, "memory_of_ours", lambda lab: ())
    asked: list[Duel] = []
    (reopened,) = summary.summary(lab, Settings(pairs=3))
    assert reopened.against.startswith("opening again")
    for it in asked:
        assert {it.ours, it.peer} <= set(find(it.contest).ways)
    assert len({(it.title, it.peer) for it in asked}) == len(asked) > 10


@pytest.mark.once
def test_every_content_by_every_encoder_is_a_contest(lab):
    names = list(matrix.names(quick=True))
    assert {"fashion by stored", "text by zlib-6", "labels by fixed"} <= set(names)
    assert len(names) < len(list(matrix.names(quick=False)))
    contest = find("labels by zlib-6")
    stream = contest.job(lab)
    for way in contest.ways:
        if not contest.ways[way].absent:
            contest.prove(stream, way)
    with pytest.raises(KeyError):
        find("labels by nobody")


def test_only_the_peers_asked_for(lab):
    settings = Settings(pairs=3, peers=["zlib"])
    ways = [row.way for row in rows_of(CONTESTS["labels"], lab, settings)]
    assert ways == [REFERENCE, "zlib"]


@pytest.mark.once
def test_the_collector_stays_off_where_it_was_off():
    clock = Clock()
    gc.disable()
    try:
        compare(clock.call("a", 1.0), clock.call("b", 1.0), pairs=1, clock=clock)
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.once
@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system pins no process")
def test_a_pin_is_taken_off_again():
    before = os.sched_getaffinity(0)
    with pinned(min(before)) as held:
        assert held
        assert os.sched_getaffinity(0) == {min(before)}
    assert os.sched_getaffinity(0) == before


def test_the_clock_of_the_cpu_says_nothing_of_threads(lab):
    settings = Settings(pairs=3, clock="cpu", peers=())
    threaded = [row for row in rows_of(CONTESTS["decode"], lab, settings) if "threads" in row.way]
    assert threaded
    two = next(way for way in CONTESTS["decode"].ways if way.endswith("2 threads"))
    for row in (*threaded, *duel.rows_of([Duel("decode", two, "zlib")], lab, settings)):
        assert row.value is None
        assert "adds up threads" in row.note


@pytest.mark.once
def test_an_error_of_ours_stops_everything(lab):
    ways = {REFERENCE: Way(lambda stream: lambda: 1 / 0)}
    with pytest.raises(ZeroDivisionError):
        list(rows_of(replace(CONTESTS["decode"], ways=ways), lab, Settings(pairs=3)))


@pytest.mark.once
@pytest.mark.parametrize("name", ["epoch", "stream"])
def test_what_is_timed_is_not_what_is_proven(lab, name):
    """These calls go through everything and return nothing; every way that is there gets its figure."""
    ways = CONTESTS[name].ways
    rows = list(rows_of(CONTESTS[name], lab, Settings(pairs=3, budget=0.1)))
    assert [row.way for row in rows] == list(ways)
    assert {row.way for row in rows if row.value} == {way for way in ways if not ways[way].absent}


@pytest.mark.once
def test_what_counts_as_a_wrong_result(lab):
    stream = lab.images
    pixels = content(stream)
    normalized, header = CONTESTS["decode-normalized"], CONTESTS["header"]
    exact = normalized.ways[REFERENCE].make(stream)()
    normalized.check(stream, exact + np.float32(1e-7))
    for wrong in (exact + np.float32(1e-4), exact[1:], exact.astype(np.float64)):
        with pytest.raises(WrongResultError):
            normalized.check(stream, wrong)
    header.check(stream, pixels.shape)
    with pytest.raises(WrongResultError, match="expected the shape"):
        header.check(stream, (1, 2))
