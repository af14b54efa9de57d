"""Cutting batches to what is new."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar_gateway.messages import LostSamples
from lumbar_server.intake import Intake, contradicts
from lumbar_server.store.samples import Run
from lumbar_server.store.streams import StreamRecord
from stream_messages import PublishedStream, changed

STREAM = PublishedStream("S1", 0xABC, np.arange(900, dtype=np.int16).reshape(300, 3))


@pytest.fixture
def intake() -> Intake:
    return Intake(StreamRecord(STREAM.key, STREAM.sensor_id))


def take(intake: Intake, message: object) -> None:
    intake.take(STREAM.sensor_id, message, bytes(message))  # type: ignore[arg-type, call-overload]


def indices(intake: Intake) -> list[tuple[int, int]]:
    return [(piece.run.first_index, piece.run.end_index) for piece in intake.pieces]


def test_overlapping_batch_is_cut_to_its_new_samples(intake: Intake) -> None:
    take(intake, STREAM.batch(0, 100))
    take(intake, STREAM.batch(150, 200))
    take(intake, STREAM.batch(50, 250))
    assert indices(intake) == [(0, 100), (150, 200), (100, 150), (200, 250)]
    assert [(r.first_index, r.end_index) for r, _ in intake.repeats] == [(50, 100), (150, 200)]


@given(st.lists(st.tuples(st.integers(0, 299), st.integers(1, 120)), min_size=1, max_size=20))
def test_any_borders_give_each_sample_once(cuts: list[tuple[int, int]]) -> None:
    intake = Intake(StreamRecord(STREAM.key, STREAM.sensor_id))
    for first, n in cuts:
        take(intake, STREAM.batch(first, min(first + n, 300)))
    got = sorted(i for piece in intake.pieces for i in range(*_span(piece.run)))
    assert got == sorted({i for first, n in cuts for i in range(first, min(first + n, 300))})
    for piece in intake.pieces:
        assert np.array_equal(piece.run.samples, STREAM.samples[slice(*_span(piece.run))])


def _span(run: Run) -> tuple[int, int]:
    return run.first_index, run.end_index


def test_record_given_to_the_intake_is_left_alone() -> None:
    record = StreamRecord(STREAM.key, STREAM.sensor_id)
    take(Intake(record), STREAM.batch(0, 10))
    assert not record.stored


def test_lost_range_leaves_out_what_is_stored(intake: Intake) -> None:
    take(intake, STREAM.batch(50, 100))
    take(intake, LostSamples(STREAM.stream_id, 0, 120, "log overwritten"))
    assert list(intake.record.lost) == [(0, 50), (100, 120)]


def test_sample_that_arrives_after_all_is_lost_no_longer(intake: Intake) -> None:
    take(intake, LostSamples(STREAM.stream_id, 0, 120, "log overwritten"))
    take(intake, STREAM.batch(100, 130))
    assert list(intake.record.lost) == [(0, 100)]
    assert list(intake.record.stored) == [(100, 130)]


def test_settled_end_stops_at_the_first_open_hole(intake: Intake) -> None:
    take(intake, STREAM.batch(0, 50))
    take(intake, LostSamples(STREAM.stream_id, 50, 60, "radio"))
    take(intake, STREAM.batch(60, 100))
    take(intake, STREAM.batch(110, 120))
    assert intake.record.settled_end == 100
    assert not intake.record.is_settled


def test_batch_of_another_format_is_set_aside_whole(intake: Intake) -> None:
    other = PublishedStream("S1", STREAM.stream_id, STREAM.samples, rate_hz=100.0)
    take(intake, STREAM.batch(0, 50))
    take(intake, other.batch(50, 100))
    assert list(intake.record.stored) == [(0, 50)]
    assert [one.first_index for one in intake.contradictions] == [50]


def test_stream_of_another_sensor_is_set_aside(intake: Intake) -> None:
    batch = STREAM.batch(0, 50)
    intake.take("S2", batch, bytes(batch))
    assert not intake.record.stored
    assert "S1" in intake.contradictions[0].reason


def test_older_fit_does_not_replace_a_newer_one(intake: Intake) -> None:
    take(intake, STREAM.batch(100, 200))
    newest = intake.record.clock
    take(intake, STREAM.batch(0, 100, live=False))
    assert intake.record.clock == newest


def test_one_differing_sample_contradicts() -> None:
    batch = STREAM.batch(0, 50)
    known = [Run(0, STREAM.samples[:30]), Run(30, STREAM.samples[30:])]
    assert not contradicts(known, Run(0, batch.samples))
    assert contradicts(known, Run(0, changed(batch).samples))


@pytest.mark.parametrize(
    ("observed_s", "moved_s", "is_taken"),
    [(60.0, 0.0005, False), (60.0, 0.002, True), (60.0, -3600.0, True), (30.0, 0.0005, True)],
)
def test_settled_fit_stays_until_it_moves(
    intake: Intake, observed_s: float, moved_s: float, is_taken: bool
) -> None:
    first, second = STREAM.batch(0, 100), STREAM.batch(100, 200)
    known = replace(first.fit, observed_s=observed_s)
    newer = replace(known, wall_at_zero_s=known.wall_at_zero_s + moved_s, observed_s=61.0)
    take(intake, replace(first, fit=known))
    take(intake, replace(second, fit=newer))
    assert intake.record.clock == (newer if is_taken else known)
