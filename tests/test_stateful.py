"""One reader through thousands of calls in any order: each answers as it would on a fresh reader.

Hypothesis picks the calls, among them ones that the file's damage or a file object's failure ends, and
shortens what it finds to the calls that matter. `FMNIST_FAST_TEST_STEPS=100000` is the long form.
"""

from __future__ import annotations

import os

import hypothesis
import numpy as np
import pytest
from backends import SEED
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from reader_model import AHEAD, ROWS, SPACING, Flaky, make_files
from samples import same

import fmnist_fast as ff
from fmnist_fast import _restart, _rows

STEPS = int(os.environ.get("FMNIST_FAST_TEST_STEPS", "2000"))
CALLS = 50  # of one reader, at most
FILES = make_files()
FAILURES = [OSError("the network is gone"), MemoryError("no memory"), None]
MEAN, STD = 3.5, 1234.0

a_count = st.one_of(st.integers(0, 5), st.integers(-1, len(ROWS) + 1))
a_row = st.integers(0, len(ROWS))


class Calls(RuleBasedStateMachine):
    """A reader, and what it has to answer."""

    taken = 0

    @initialize(name=st.sampled_from(sorted(FILES)), in_memory=st.booleans())
    def open(self, name, in_memory):
        self.file = FILES[name]
        self.source = Flaky(self.file.data)
        in_memory = in_memory and name != "raw, cut"  # whose size alone would be enough to refuse it
        self.reader = ff.open_idx(self.file.data if in_memory else self.source)
        self.row = 0
        self.place = "known"  # or "lost" until a seek; or "either", after a seek that failed

    def teardown(self):
        if hasattr(self, "reader"):
            self.reader.close()
            with pytest.raises(ValueError, match="closed"):
                self.reader.read(0)

    def _attempt(self, call):
        """What a call returns or raises, and whether the file object is to blame for that."""
        Calls.taken += 1
        self.source.failed = False
        try:
            return call(), None, False
        except (ff.FmnistFastError, OSError, MemoryError) as error:
            return None, error, self.source.failed and isinstance(error, OSError | MemoryError)

    def _read(self, count: int, call) -> None:
        """Call something that reads rows and returns them, as they are in the file."""
        last = len(ROWS) if count < 0 else min(self.row + count, len(ROWS))
        rows, error, excused = self._attempt(lambda: call(last - self.row))
        if error is not None:
            if self.place == "known" and not excused:
                assert self.file.may_fail(self.row, last), error
                assert type(error) is self.file.error
            self.place = "lost"
        else:
            assert self.place != "lost", "a reader that has failed reads on"
            assert not self.file.must_fail(self.row, last), "rows that cannot be known"
            assert same(rows, self.file.rows[self.row : last])
            self.row, self.place = last, "known"
        assert self.reader.tell() == self.row

    @rule(count=a_count)
    def read(self, count):
        self._read(count, lambda _: self.reader.read(count))

    @rule(count=st.integers(0, 300))
    def readinto(self, count):
        out = np.full((count, *ROWS.shape[1:]), -77, "i2")

        def call(rows):
            assert self.reader.readinto(out) == rows
            assert (out[rows:] == -77).all()
            return out[:rows]

        self._read(count, call)

    @rule(size=st.integers(1, 200), batches=st.integers(1, 4))
    def batches(self, size, batches):
        iterator = self.reader.batches(size)
        for _ in range(batches):
            self._read(size, lambda _: next(iterator, ROWS[:0]))
            if self.place != "known":
                return

    @rule(count=st.integers(1, 100))
    def normalized(self, count):
        out = np.zeros((count, *ROWS.shape[1:]), "f8")

        def call(rows):
            batch = next(self.reader.batches(count, out, (MEAN, STD)), out[:0])
            return np.rint(batch * STD + MEAN).astype("i2")

        self._read(count, call)

    @rule(row=a_row)
    def seek(self, row):
        _, error, excused = self._attempt(lambda: self.reader.seek(row))
        if error is None:
            self.row, self.place = row, "known"
            assert self.reader.tell() == row
        else:
            assert excused or (self.file.may_fail(0, row) and type(error) is self.file.error), error
            self.row, self.place = self.reader.tell(), "either"

    @rule(row=st.sampled_from([-1, len(ROWS) + 1]))
    def seek_out_of_the_file(self, row):
        with pytest.raises(ValueError, match="is not between"):
            self.reader.seek(row)

    @rule(shape=st.sampled_from([(3, 5, 6), (3, 6), ()]), dtype=st.sampled_from(["i2", "u1"]))
    def refused(self, shape, dtype):
        with pytest.raises(ff.OutputError):
            self.reader.readinto(np.zeros(shape, dtype))

    @rule(left=st.integers(0, 6), error=st.sampled_from(FAILURES))
    def source_fails(self, left, error):
        self.source.arm(left, error)

    @rule(name=st.sampled_from(sorted(FILES)))
    def another_file(self, name):
        """Memory of decoders that have failed goes to others."""
        Calls.taken += 1
        file = FILES[name]
        if file.error is None:
            assert same(ff.decode_idx(file.data), ROWS)
        else:
            with pytest.raises(file.error):
                ff.decode_idx(file.data)


def test_any_order_of_calls(monkeypatch):
    monkeypatch.setattr(_restart, "_SPACING", SPACING)
    monkeypatch.setattr(_rows, "_BUFFER", AHEAD)
    Calls.taken = rounds = 0
    while Calls.taken < STEPS:
        settings = hypothesis.settings(
            max_examples=min(STEPS // CALLS, 400), stateful_step_count=CALLS, deadline=None, database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )  # fmt: skip
        run_state_machine_as_test(hypothesis.seed(SEED + rounds)(Calls), settings=settings)
        rounds += 1
    print(Calls.taken, "calls")
