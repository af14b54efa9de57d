import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lumbar_gateway.profiles.lumbar import (
    BLOCK_SAMPLES,
    TICK_HZ,
    Channels,
    GapReason,
    LogBlock,
    LogGap,
    StreamDescription,
    StreamTime,
)
from lumbar_sim.flash_log import FlashLog

RATE_HZ = 52.0


def description(stream_id: int, rate_hz: float = RATE_HZ) -> StreamDescription:
    return StreamDescription(stream_id, rate_hz, 1 / 4096, 0.0, 8, Channels.ACC)


def samples(first_index: int, n: int) -> np.ndarray:
    index = np.arange(first_index, first_index + n)
    return np.stack([index % 32768, index % 101, -index % 103], axis=1).astype(np.int16)


def ticks(index: int) -> int:
    return round(index * TICK_HZ / RATE_HZ) % 2**32


def append(log: FlashLog, first_index: int, n: int) -> None:
    log.append(first_index, ticks(first_index), samples(first_index, n))


def account(
    log: FlashLog, stream_id: int, first_index: int, end_index: int
) -> list[LogBlock | LogGap]:
    records = []
    while first_index < end_index:
        record = log.read(stream_id, first_index, end_index)
        assert record.first_index == first_index
        assert first_index < record.end_index <= end_index
        records.append(record)
        first_index = record.end_index
    return records


def read(log: FlashLog, stream_id: int, first_index: int, end_index: int) -> list[LogBlock]:
    records = account(log, stream_id, first_index, end_index)
    return [record for record in records if isinstance(record, LogBlock)]


def absent(log: FlashLog, stream_id: int, end_index: int) -> list[tuple[int, int, GapReason]]:
    return [
        (record.first_index, record.end_index, record.reason)
        for record in account(log, stream_id, 0, end_index)
        if isinstance(record, LogGap)
    ]


class Ring(RuleBasedStateMachine):
    """The flash log against a list of everything that was ever written."""

    def __init__(self) -> None:
        super().__init__()
        self.capacity_blocks = 4
        self.log = FlashLog(self.capacity_blocks)
        self.blocks: list[tuple[int, list[int]]] = []  # (stream, indices), oldest first
        self.freed: dict[int, int] = {}
        self.lost: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.forgotten: set[int] = set()
        self.newest = 0
        self.new_stream()

    @rule()
    def new_stream(self) -> None:
        if self.ends.get(self.newest) == 0:
            self.forgotten.add(self.newest)
        self.newest += 1
        self.freed[self.newest] = self.lost[self.newest] = self.ends[self.newest] = 0
        self.log.open_stream(description(self.newest))

    @rule(gap=st.sampled_from([0, 0, 0, 1, 500]), n=st.integers(1, 2 * BLOCK_SAMPLES))
    def append(self, gap: int, n: int) -> None:
        first = self.ends[self.newest] + gap
        append(self.log, first, n)
        for index in range(first, first + n):
            self._write(index)
        self.ends[self.newest] = first + n

    def _write(self, index: int) -> None:
        if self.blocks:
            stream_id, written = self.blocks[-1]
            fits = len(written) < BLOCK_SAMPLES and written[-1] + 1 == index
            if stream_id == self.newest and fits:
                written.append(index)
                return
        if len(self.blocks) == self.capacity_blocks:
            stream_id, overwritten = self.blocks.pop(0)
            if overwritten[-1] >= self.freed[stream_id]:
                self.lost[stream_id] = overwritten[-1] + 1
        self.blocks.append((self.newest, [index]))

    @rule(data=st.data())
    def free(self, data: st.DataObject) -> None:
        stream_id = data.draw(st.sampled_from(self._remembered()))
        index = data.draw(st.integers(0, self.ends[stream_id]))
        self.log.free(stream_id, index)
        self.freed[stream_id] = max(self.freed[stream_id], index)
        if self.freed[stream_id] == self.ends[stream_id] and stream_id != self.newest:
            self.forgotten.add(stream_id)
        self.blocks = [b for b in self.blocks if b[0] != stream_id or b[1][-1] >= index]

    @rule(data=st.data())
    def any_range_is_accounted_for(self, data: st.DataObject) -> None:
        stream_id = data.draw(st.sampled_from(self._remembered()))
        first = data.draw(st.integers(0, self.ends[stream_id]))
        self._check(stream_id, first, data.draw(st.integers(first, self.ends[stream_id] + 10)))

    @invariant()
    def every_index_is_accounted_for(self) -> None:
        for stream_id in self._remembered():
            self._check(stream_id, 0, self.ends[stream_id] + 10)

    def _check(self, stream_id: int, first: int, end: int) -> None:
        accounted = {}
        for record in account(self.log, stream_id, first, end):
            what = record.reason if isinstance(record, LogGap) else None
            accounted.update(dict.fromkeys(range(record.first_index, record.end_index), what))
        assert accounted == {i: self._expected(stream_id, i) for i in range(first, end)}

    def _expected(self, stream_id: int, index: int) -> GapReason | None:
        if index < self.freed[stream_id]:
            return GapReason.FREED
        if index < self.lost[stream_id]:
            return GapReason.OVERWRITTEN
        written = any(s == stream_id and index in indices for s, indices in self.blocks)
        return None if written else GapReason.NEVER_MEASURED

    @invariant()
    def everything_kept_is_read_back_unchanged(self) -> None:
        for stream_id in self._remembered():
            blocks = read(self.log, stream_id, 0, self.ends[stream_id] + 10)
            for block in blocks:
                n = len(block.samples)
                np.testing.assert_array_equal(block.samples, samples(block.first_index, n))
                assert abs(block.first_ticks - ticks(block.first_index)) <= 1
                assert LogBlock.from_bytes(bytes(block)).first_index == block.first_index

    @invariant()
    def a_stream_is_remembered_until_all_of_it_is_freed_after_its_end(self) -> None:
        assert self.log.used_blocks == len(self.blocks) <= self.capacity_blocks
        listed = {record.description.stream_id: record for record in self.log.directory()}
        assert list(listed) == self._remembered()
        for stream_id, record in listed.items():
            kept = [i for s, indices in self.blocks for i in indices if s == stream_id]
            kept = [i for i in kept if i >= self.freed[stream_id]]
            assert record.oldest_index == (kept[0] if kept else record.end_index)
            assert record.lost_before_index == self.lost[stream_id]
            assert record.end_index == self.ends[stream_id]

    def _remembered(self) -> list[int]:
        return [stream_id for stream_id in self.ends if stream_id not in self.forgotten]


TestRing = Ring.TestCase


def test_overwriting_what_was_freed_loses_nothing():
    log = FlashLog(capacity_blocks=2)
    log.open_stream(description(1))
    append(log, 0, 2 * BLOCK_SAMPLES)
    log.free(1, 2 * BLOCK_SAMPLES)
    append(log, 2 * BLOCK_SAMPLES, 2 * BLOCK_SAMPLES)
    assert log.record(1).lost_before_index == 0


def test_ticks_of_a_cut_block_are_those_of_its_first_sample_and_wrap():
    log = FlashLog()
    log.open_stream(description(1))
    log.append(0, 2**32 - 100, samples(0, 60))
    [block] = read(log, 1, 30, 60)
    assert block.first_ticks == (2**32 - 100 + round(30 * TICK_HZ / RATE_HZ)) % 2**32


def test_a_freed_old_stream_is_forgotten_and_the_newest_is_kept():
    log = FlashLog()
    log.open_stream(description(1))
    append(log, 0, 10)
    log.open_stream(description(2))
    assert log.knows(1)
    log.free(1, 10)
    assert not log.knows(1)
    assert [record.description.stream_id for record in log.directory()] == [2]


def test_a_stream_freed_before_its_end_is_remembered_until_a_gateway_knows_the_end():
    log = FlashLog()
    log.open_stream(description(1))
    append(log, 0, 10)
    log.free(1, 10)  # nobody knows yet that nothing will follow
    log.open_stream(description(2))
    assert log.record(1).end_index == 10
    log.free(1, 10)
    assert not log.knows(1)


def test_an_overwritten_old_stream_is_remembered_until_a_gateway_heard_of_it():
    log = FlashLog(capacity_blocks=2)
    log.open_stream(description(1))
    append(log, 0, BLOCK_SAMPLES)
    log.open_stream(description(2))
    append(log, 0, 3 * BLOCK_SAMPLES)
    log.open_stream(description(3))
    assert absent(log, 1, BLOCK_SAMPLES) == [(0, BLOCK_SAMPLES, GapReason.OVERWRITTEN)]
    log.free(1, BLOCK_SAMPLES)
    assert [record.description.stream_id for record in log.directory()] == [2, 3]


def test_a_stream_without_a_sample_leaves_no_trace():
    log = FlashLog()
    log.open_stream(description(1))
    log.open_stream(description(2))
    assert [record.description.stream_id for record in log.directory()] == [2]


def test_a_damaged_block_is_said_to_be_unreadable():
    log = FlashLog()
    log.open_stream(description(1))
    append(log, 0, 3 * BLOCK_SAMPLES)
    log.damage(1, BLOCK_SAMPLES + 5)
    damaged = (BLOCK_SAMPLES, 2 * BLOCK_SAMPLES, GapReason.UNREADABLE)
    assert absent(log, 1, 3 * BLOCK_SAMPLES) == [damaged]


def test_misuse_is_refused_with_a_reason():
    with pytest.raises(ValueError, match="at least 1"):
        FlashLog(0)
    log = FlashLog()
    with pytest.raises(ValueError, match="open_stream"):
        append(log, 0, 1)
    log.open_stream(description(1))
    append(log, 5, 5)
    with pytest.raises(ValueError, match="below the end 10"):
        append(log, 9, 1)
    with pytest.raises(ValueError, match="already"):
        log.open_stream(description(1))
    with pytest.raises(KeyError):
        log.free(7, 1)


def times(log: FlashLog) -> list[StreamTime]:
    return [record.time for record in log.directory()]


def test_a_stream_keeps_the_time_that_was_set_before_its_first_sample():
    log = FlashLog()
    log.begin_boot()
    log.note_time_set(100, 1_000_000)
    log.open_stream(description(1))
    log.note_time_set(200, 2_000_000)
    log.note_start(300)
    log.note_time_set(400, 4_000_000)
    append(log, 0, 1)
    log.open_stream(description(2))
    log.note_start(500)
    assert log.record(1).time == StreamTime(1, 300, 200, 2_000_000)
    assert log.record(2).time == StreamTime(1, 500, 400, 4_000_000)


def test_a_time_that_was_set_wrongly_is_corrected_for_the_whole_boot():
    log = FlashLog()
    log.begin_boot()
    log.note_time_set(TICK_HZ, 1_000_000)  # in the seventies
    log.open_stream(description(1))
    log.note_start(2 * TICK_HZ)
    append(log, 0, 1)
    log.open_stream(description(2))
    hour = TICK_HZ * 3600
    log.note_start(hour)
    log.note_time_set(hour, 1_750_000_000_000_000)
    assert [time.set_ticks for time in times(log)] == [hour, hour]
    log.note_time_set(3 * hour, 1_750_007_201_000_000)  # the crystal lost a second since
    assert [time.set_ticks for time in times(log)] == [hour, hour]


def test_where_no_time_was_set_before_the_first_after_counts_but_none_of_another_boot():
    log = FlashLog()
    log.begin_boot()
    log.open_stream(description(1))
    log.note_start(300)
    append(log, 0, 1)
    log.begin_boot()
    log.open_stream(description(2))
    log.note_start(30)
    log.note_time_set(400, 4_000_000)
    log.note_time_set(500, 5_000_000)
    assert times(log) == [StreamTime(1, 300), StreamTime(2, 30, 400, 4_000_000)]
