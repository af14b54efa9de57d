"""What is published next: once in order, again only where the server's word is overdue."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_streams import GATEWAY_BOOT, STREAM, WALL_OFFSET_S, packet
from lumbar_gateway.messages import IndexRanges, PacketStamp, SampleBatch
from lumbar_gateway.outbox import (
    MAX_FRESH,
    MAX_RETRY_S,
    MAX_UNACKED,
    MERGED_SAMPLES,
    RETRY_S,
    TOGETHER_S,
    StreamOutbox,
    batches,
    message,
)
from lumbar_gateway.packet_table import SpooledPacket


def rows(*spans: tuple[int, int], live: bool = True) -> list[SpooledPacket]:
    return [
        SpooledPacket(i, packet(start, end, live=live)) for i, (start, end) in enumerate(spans, 1)
    ]


def joined_message(batch: list[SpooledPacket], stale_row: int = 0) -> SampleBatch:
    return message(STREAM, batch, stale_row, lambda _boot: WALL_OFFSET_S)


def spans(batch: list[SpooledPacket]) -> tuple[int, int]:
    return batch[0].packet.first_index, batch[-1].packet.end_index


def test_neighbours_travel_together() -> None:
    assert [spans(b) for b in batches(rows((0, 5), (5, 10), (20, 25)), 0)] == [(0, 10), (20, 25)]


def test_merged_batches_are_bounded() -> None:
    many = rows(*((i, i + 7) for i in range(0, 700, 7)))
    sizes = [spans(b)[1] - spans(b)[0] for b in batches(many, 0)]
    assert sum(sizes) == 700
    assert max(sizes) == MERGED_SAMPLES - MERGED_SAMPLES % 7


def test_fresh_and_stale_samples_do_not_mix() -> None:
    live = rows((0, 5), (5, 10), (10, 15))
    assert [joined_message(b, 2).live for b in batches(live, 2)] == [False, True]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 255)), min_size=1, max_size=20))
def test_batches_keep_every_row_in_order(pieces: list[tuple[int, int]]) -> None:
    given_rows = rows(*((start, start + n) for start, n in pieces))
    assert [row for batch in batches(given_rows, 0) for row in batch] == given_rows


def test_message_joins_bodies_and_carries_the_fit() -> None:
    (batch,) = batches(rows((10, 15), (15, 20)), 0)
    joined = joined_message(batch)
    assert joined.samples[:, 0].tolist() == list(range(10, 20))
    assert joined.samples.dtype == np.int16
    assert (joined.first_index, joined.gateway_boot) == (10, GATEWAY_BOOT)
    assert joined.wall_offset_s == WALL_OFFSET_S
    assert joined.fit == STREAM.clock.fit(WALL_OFFSET_S)


def test_every_packet_of_a_merged_message_keeps_its_own_ticks_and_arrival() -> None:
    live = rows((10, 15), (15, 20))
    logged = SpooledPacket(3, packet(20, 30, live=False))
    joined = joined_message([*live, logged])
    assert joined.packets == (
        PacketStamp(5, live[0].packet.ticks, live[0].packet.monotonic_s),
        PacketStamp(5, live[1].packet.ticks, live[1].packet.monotonic_s),
        PacketStamp(10, logged.packet.ticks, None),
    )


def test_arrivals_of_different_runs_of_the_gateway_do_not_mix() -> None:
    before = SpooledPacket(1, replace(packet(0, 5), gateway_boot=1))
    assert [len(batch) for batch in batches([before, *rows((5, 10), (10, 15))], 0)] == [1, 2]


def sent_box() -> StreamOutbox:
    box = StreamOutbox(newest_row=3)
    for i, row in enumerate(rows((0, 5), (5, 10), (10, 15))):
        box.published([row], i, 0.0).puback_s = 100.0 + i
    return box


def test_everything_is_published_once() -> None:
    box = sent_box()
    assert not box.has_unpublished
    assert not box.rewind_if_overdue(100.0 + RETRY_S - 0.1)


def test_overdue_acknowledgement_publishes_again_from_there_and_waits_longer() -> None:
    box = sent_box()
    box.acked(IndexRanges([(0, 5)]))
    assert box.rewind_if_overdue(101.0 + RETRY_S)
    assert box.cursor == 1
    box.published(rows((5, 10)), 9, 0.0).puback_s = 200.0
    assert not box.rewind_if_overdue(200.0 + 1.9 * RETRY_S)
    assert box.rewind_if_overdue(200.0 + 2.0 * RETRY_S)


def test_waiting_is_bounded_and_short_again_after_an_acknowledgement() -> None:
    box = sent_box()
    for _ in range(20):
        box.rewind_if_overdue(1e9)
        box.published(rows((0, 5)), 9, 0.0).puback_s = 0.0
    assert box.retry_s == MAX_RETRY_S
    box.acked(IndexRanges([(0, 5)]))
    assert box.retry_s == RETRY_S


def test_what_the_broker_has_not_confirmed_is_not_overdue() -> None:
    box = StreamOutbox(newest_row=1)
    box.published(rows((0, 5)), 9, 0.0)
    assert not box.rewind_if_overdue(1e9)


def test_new_connection_publishes_everything_again() -> None:
    box = sent_box()
    box.rewind()
    assert box.cursor == 0
    assert box.may_publish


def test_a_silent_server_stops_the_stream_not_the_memory() -> None:
    box = StreamOutbox(newest_row=MAX_UNACKED + 1)
    for _ in range(MAX_UNACKED):
        box.published(rows((0, 5)), 9, 0.0)
    box.newest_row += 1
    assert box.has_unpublished
    assert not box.may_publish
    box.acked(IndexRanges([(0, 5)]))
    assert box.may_publish


def test_only_the_refused_message_is_let_go_of() -> None:
    box = sent_box()
    assert [(sent.first_row, sent.last_row) for sent in box.refused({1, 7})] == [(2, 2)]
    assert box.refused({1}) == []
    assert box.rewind_if_overdue(100.0 + RETRY_S)


def test_rows_with_nothing_in_front_need_not_be_read() -> None:
    box = StreamOutbox()
    first, second, third = rows((0, 5), (5, 10), (10, 15))
    box.committed([first])
    box.committed([second])
    assert box.fresh == [first, second]
    box.published([first], 1, 0.0)
    assert box.fresh == [second]
    box.committed([third])
    assert box.fresh == [second, third]
    box.rewind()
    assert box.fresh == []
    box.committed(rows((15, 20)))
    assert box.fresh == []


def test_rows_in_memory_are_bounded() -> None:
    box = StreamOutbox()
    many = rows(*((i, i + 1) for i in range(MAX_FRESH + 1)))
    box.committed(many)
    assert box.fresh == []
    assert box.has_unpublished


def test_notifications_close_together_wait_for_one_another_only_shortly() -> None:
    box = StreamOutbox()
    first, second = rows((0, 5), (5, 10))
    box.committed([first])
    assert box.waits_s(100.0) == 0.0
    box.published([first], 1, 100.0)
    box.committed([second])
    assert box.waits_s(100.01) == pytest.approx(TOGETHER_S - 0.01)
    assert box.waits_s(100.1) == 0.0
