"""Whatever comes in whatever order, what was deleted is gone and all else is as it was measured."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine

from compacted import chunks, compact
from ingested import commit, new_ingest, stored_samples
from lumbar_gateway.messages import IndexRanges, LostSamples
from lumbar_server import deletion, remains
from lumbar_server.database import reading, writing
from lumbar_server.store import incidents, results, sessions, streams, wearers
from lumbar_server.store.results import Findings
from lumbar_server.store.streams import StreamRecord
from signal_traces import Wearer
from stream_messages import START_S, PublishedStream, changed
from synthetic_bridge import RATE_HZ

START_UTC = datetime.fromtimestamp(START_S, UTC)
STEPS = 25


def workouts_apart() -> PublishedStream:
    wearer = Wearer().stand(3.0).lie_down().rest(2.0)
    for repetitions in (3, 2, 4):
        wearer.bridges(repetitions, period_s=3.0)
        wearer.rest(40.0)
    return PublishedStream("SIM-1", 0x1234, wearer.samples(RATE_HZ, seed=3))


STREAM = workouts_apart()
N = len(STREAM.samples)


class Story:
    """Random steps, and what must be true after each."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._engine = engine
        self._rng = np.random.default_rng(seed)
        self._ingest = new_ingest(engine)
        self._sent = IndexRanges()
        self._erased = IndexRanges()
        self._forgotten = IndexRanges()
        self._gone_sessions: set[int] = set()
        self._past = Findings()  # what must stay although its samples are gone
        with writing(engine) as connection:
            wearers.change(connection, 1, {"quiet_s": 30.0}, START_UTC)

    def go(self) -> None:
        """Take the steps, then send everything once more as a gateway would."""
        steps: list[Callable[[], None]] = [
            *[self._come_live] * 6,
            self._come_late,
            self._be_lost,
            self._contradict,
            self._restart,
            self._analyse_again,
            self._make_compact,
            self._delete_session,
            self._delete_raw,
        ]
        for _ in range(STEPS):
            step = steps[self._rng.integers(len(steps))]
            step()
            self._check(step.__name__)
        self._send(0, N, live=False)
        commit(self._ingest, STREAM.end())
        self._check("the end")
        self._analyse_again()
        self._check("the last analysis")

    def _come_live(self) -> None:
        """Go on where it stopped, or at the first hole."""
        first = self._sent.contiguous_end()
        if self._rng.random() < 0.2:
            first = self._sent.end + 100
        self._send(first, min(N, first + int(self._rng.integers(200, 2500))), live=True)

    def _come_late(self) -> None:
        first = int(self._rng.integers(0, N - 1))
        self._send(first, min(N, first + int(self._rng.integers(1, 900))), live=False)

    def _send(self, first: int, end: int, *, live: bool) -> None:
        for at in range(first, end, 150):
            stop = min(at + 150, end)
            commit(self._ingest, STREAM.batch(at, stop, live=live))
            self._sent.add(at, stop)

    def _be_lost(self) -> None:
        first = int(self._rng.integers(0, N - 1))
        commit(self._ingest, LostSamples(STREAM.stream_id, first, min(N, first + 60), "aged"))

    def _contradict(self) -> None:
        """Other samples under indices that were deleted."""
        for first, end in self._erased:
            if end <= N:
                commit(self._ingest, changed(STREAM.batch(first, min(end, first + 150))))
                self._sent.add(first, min(end, first + 150))

    def _restart(self) -> None:
        self._ingest = new_ingest(self._engine)

    def _analyse_again(self) -> None:
        self._ingest.analyse_again(STREAM.key)

    def _make_compact(self) -> None:
        if chunks(self._engine):
            compact(self._engine)

    def _delete_session(self) -> None:
        listed = self._sessions()
        if listed:
            one = int(self._rng.choice(sorted(listed)))
            deletion.delete_session(self._engine, one, self._now_utc)
            self._gone_sessions.add(one)

    def _delete_raw(self) -> None:
        before_utc = None
        if self._rng.random() < 0.8:
            before_utc = self._now_utc - timedelta(seconds=float(self._rng.uniform(5, 120)))
        deletion.delete_raw(self._engine, 1, before_utc, self._now_utc)

    @property
    def _now_utc(self) -> datetime:
        return START_UTC + timedelta(seconds=self._sent.end / RATE_HZ)

    def _sessions(self) -> set[int]:
        with reading(self._engine) as connection:
            return set(sessions.all_of(connection, 1))

    def _check(self, after: str) -> None:
        with reading(self._engine) as connection:
            record = streams.read(connection, [STREAM.key]).get(STREAM.key)
            found = results.newest(connection, STREAM.key)
            set_aside = incidents.quarantined_total(connection)
        if record is None:
            return
        assert self._erased.less(record.erased).count == 0, after
        assert self._forgotten.less(record.forgotten).count == 0, after
        assert list(record.stored) == list(self._sent), after
        assert list(record.lost) == list(record.lost.less(record.stored)), after
        assert record.coverage == record.stored.count / record.expected_end, after
        assert set_aside == 0, after
        self._check_samples(record, after)
        self._check_findings(record, found, after)
        self._erased, self._forgotten = record.erased.copy(), record.forgotten.copy()

    def _check_samples(self, record: StreamRecord, after: str) -> None:
        kept = IndexRanges()
        for at, rows in stored_samples(self._engine, STREAM):
            assert rows == STREAM.samples[at : at + len(rows)].tolist(), after
            kept.add(at, at + len(rows))
        assert list(kept) == list(self._sent.less(record.erased)), after

    def _check_findings(self, record: StreamRecord, found: Findings, after: str) -> None:
        assert remains.within(found, record.forgotten).sets == (), after
        raw_only = record.erased.less(record.forgotten)
        still = remains.within(self._past, raw_only)
        now = remains.within(found, raw_only)
        assert set(still.sets) <= set(now.sets), after
        self._past = now
        assert not self._sessions() & self._gone_sessions, after


@pytest.mark.parametrize("seed", range(6))
def test_nothing_deleted_comes_back_and_nothing_else_is_lost(engine: Engine, seed: int) -> None:
    Story(engine, seed).go()
