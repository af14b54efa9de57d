"""The blocks of a guided session are the detector's prior in their time, whenever it hears of them.

A single bridge is a set only where it was prescribed, so the sets show which prior there was.
"""

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

from sqlalchemy import Engine, text

from guided import CLOCK, START_UTC, add_block, after, begin_session, block, found_with, guide
from ingested import commit, new_ingest, stored_findings
from lumbar_gateway.messages import ClockFit, ClockSource, LostSamples
from lumbar_server import workouts
from lumbar_server.database import reading, writing
from lumbar_server.ingest import Arrived, Committed, Ingest
from lumbar_server.prescribed import prescription_of
from lumbar_server.reanalysis import Outcome, reanalyse
from lumbar_server.replay import replay
from lumbar_server.store import blocks, record, sessions, wearers
from lumbar_server.store.results import Findings
from lumbar_signal import NOTHING_PRESCRIBED, Prescription
from lumbar_signal.events import Exercise, RepetitionCounted
from signal_traces import Wearer
from stream_messages import START_S, PublishedStream
from synthetic_bridge import RATE_HZ

BRIDGE, CAT_COW = Exercise.GLUTE_BRIDGE, Exercise.CAT_COW


def _alone() -> tuple[PublishedStream, tuple[float, float], tuple[float, float]]:
    """Return two single bridges, too far apart to be one set, and when they are done."""
    wearer = Wearer().stand(4.0).lie_down().rest(2.0)
    ((first, _, first_over),) = wearer.bridges(1, period_s=3.0)
    wearer.rest(24.0, breath_deg=0.5)
    ((second, _, second_over),) = wearer.bridges(1, period_s=3.0)
    wearer.rest(6.0, breath_deg=0.5)
    stream = PublishedStream("SIM-1", 0x51, wearer.samples(RATE_HZ))
    return stream, (first, first_over), (second, second_over)


STREAM, (FIRST_S, FIRST_OVER_S), (SECOND_S, SECOND_OVER_S) = _alone()
PAUSE_S = (FIRST_OVER_S + SECOND_S) / 2
LONG_S = len(STREAM.samples) / RATE_HZ
ALL = Prescription(((0, BRIDGE),))
TWIN = replace(STREAM, sensor_id="SIM-2", stream_id=0x52)


def first_only() -> Prescription:
    return prescription_of([block("glute_bridge", 0.0, PAUSE_S)], CLOCK)


def counted(done: Sequence[Committed]) -> list[float]:
    """Return where the repetitions began that were told live."""
    events = [event for one in done for event in one.events]
    return [one.repetition.start for one in events if isinstance(one, RepetitionCounted)]


def sets_of(found: Findings) -> list[tuple[Exercise, int]]:
    return [(one.exercise, len(one.repetitions)) for one in found.sets]


def send(
    ingest: Ingest, from_s: float = 0.0, to_s: float = LONG_S, stream: PublishedStream = STREAM
) -> list[Committed]:
    """Let a stretch of a stream arrive, a second a message."""
    cuts = [*range(round(from_s * RATE_HZ), round(to_s * RATE_HZ), 50), round(to_s * RATE_HZ)]
    done = []
    for first, end in pairwise(cuts):
        done += ingest.commit([Arrived(stream.topic, bytes(stream.batch(first, end)))])
    return done


def finish(ingest: Ingest, stream: PublishedStream = STREAM) -> None:
    ingest.commit([Arrived(stream.topic, bytes(stream.end()))])


def test_the_streams_of_these_tests_have_a_set_only_where_it_was_prescribed() -> None:
    assert sets_of(found_with(STREAM, NOTHING_PRESCRIBED)) == []
    assert sets_of(found_with(STREAM, first_only())) == [(BRIDGE, 1)]
    assert sets_of(found_with(STREAM, ALL)) == [(BRIDGE, 1), (BRIDGE, 1)]


def test_what_is_prescribed_before_it_is_done_has_the_prior(engine: Engine, ingest: Ingest) -> None:
    guide(engine, ("glute_bridge", 0.0, PAUSE_S))
    send(ingest)
    finish(ingest)
    assert stored_findings(engine, STREAM) == found_with(STREAM, first_only())


def test_blocks_that_begin_and_end_while_the_stream_comes_in(
    engine: Engine, ingest: Ingest
) -> None:
    with writing(engine) as connection:
        session_id = begin_session(connection)
    for at_s, exercise in [(0.0, "glute_bridge"), (PAUSE_S, "cat_cow"), (PAUSE_S + 5.0, None)]:
        with writing(engine) as connection:
            if exercise is None:
                blocks.end_all(connection, session_id, after(at_s))
            else:
                blocks.begin(connection, session_id, 0, exercise, after(at_s))
        upto_s = PAUSE_S if at_s == 0.0 else PAUSE_S + 5.0 if exercise else LONG_S
        send(ingest, at_s, upto_s)
    finish(ingest)
    lines = [block("glute_bridge", 0.0, PAUSE_S), block("cat_cow", PAUSE_S, PAUSE_S + 5.0)]
    found = stored_findings(engine, STREAM)
    assert found == found_with(STREAM, prescription_of(lines, CLOCK))
    assert sets_of(found) == [(BRIDGE, 1)]


def test_a_block_that_is_heard_of_late_counts_and_tells_nothing_of_the_past(
    engine: Engine, ingest: Ingest
) -> None:
    assert len(counted(send(ingest, to_s=PAUSE_S))) == 1
    assert stored_findings(engine, STREAM).sets == ()
    guide(engine, ("glute_bridge", 0.0, PAUSE_S))
    (second,) = counted(send(ingest, PAUSE_S))
    assert second > PAUSE_S * RATE_HZ
    finish(ingest)
    assert stored_findings(engine, STREAM) == found_with(STREAM, first_only())


def test_a_block_that_is_changed_counts_as_it_is_now(engine: Engine, ingest: Ingest) -> None:
    session_id = guide(engine, ("glute_bridge", 0.0, None))
    send(ingest, to_s=LONG_S - 2.0)
    assert len(stored_findings(engine, STREAM).sets) == 2
    with writing(engine) as connection:
        (begun,) = blocks.of_session(connection, session_id)
        blocks.end(connection, begun, None, after(PAUSE_S))
    send(ingest, LONG_S - 2.0)
    finish(ingest)
    assert stored_findings(engine, STREAM) == found_with(STREAM, first_only())


def test_a_session_that_is_gone_prescribes_nothing(engine: Engine, ingest: Ingest) -> None:
    session_id = guide(engine, ("glute_bridge", 0.0, None))
    send(ingest, to_s=LONG_S - 2.0)
    with writing(engine) as connection:
        sessions.remove(connection, session_id, START_UTC)
    send(ingest, LONG_S - 2.0)
    finish(ingest)
    assert stored_findings(engine, STREAM) == found_with(STREAM, NOTHING_PRESCRIBED)


def test_a_block_that_nobody_ended_lasts_as_long_as_its_session(
    engine: Engine, ingest: Ingest
) -> None:
    session_id = guide(engine, ("glute_bridge", 0.0, None))
    with writing(engine) as connection:
        workouts.stop(connection, sessions.one(connection, session_id), after(PAUSE_S))
    send(ingest)
    finish(ingest)
    assert stored_findings(engine, STREAM) == found_with(STREAM, first_only())


def test_the_prior_is_that_of_who_wears_the_sensor(engine: Engine, ingest: Ingest) -> None:
    send(ingest, 0.0, 1.0, TWIN)
    with writing(engine) as connection:
        ada = wearers.add(connection, "Ada", "Europe/London", 300.0, START_UTC).id
        workouts.assign(connection, TWIN.sensor_id, ada, after(-600.0), START_UTC)
    guide(engine, ("glute_bridge", 0.0, None), wearer_id=1)
    guide(engine, ("glute_bridge", 0.0, PAUSE_S), wearer_id=ada)
    send(ingest)
    send(ingest, 1.0, LONG_S, TWIN)
    for stream, prescription in ((STREAM, ALL), (TWIN, first_only())):
        finish(ingest, stream)
        assert stored_findings(engine, stream) == found_with(stream, prescription)


def test_a_sensor_that_turns_out_to_be_somebody_elses_has_their_prior(
    engine: Engine, ingest: Ingest
) -> None:
    with writing(engine) as connection:
        ada = wearers.add(connection, "Ada", "Europe/London", 300.0, START_UTC).id
    guide(engine, ("glute_bridge", 0.0, None), wearer_id=ada)
    send(ingest, to_s=LONG_S - 2.0)
    assert stored_findings(engine, STREAM).sets == ()
    with writing(engine) as connection:
        workouts.assign(connection, STREAM.sensor_id, ada, after(-600.0), START_UTC)
    send(ingest, LONG_S - 2.0)
    finish(ingest)
    assert stored_findings(engine, STREAM) == found_with(STREAM, ALL)


def test_whoever_looks_again_has_the_same_prior(engine: Engine, ingest: Ingest) -> None:
    guide(engine, ("glute_bridge", 0.0, PAUSE_S))
    send(ingest, to_s=PAUSE_S)
    other = new_ingest(engine)
    send(other, PAUSE_S)
    finish(other)
    expected = found_with(STREAM, first_only())
    assert stored_findings(engine, STREAM) == expected
    other.tidy(0)
    new_ingest(engine).analyse_again(STREAM.key)
    assert stored_findings(engine, STREAM) == expected
    with writing(engine) as connection:
        connection.execute(text("UPDATE analyses SET detector_version = '0.0.9'"))
    assert reanalyse(engine, STREAM.key, lambda: START_S).outcome is Outcome.ANALYSED
    assert stored_findings(engine, STREAM) == expected
    with reading(engine) as connection:
        (session,) = sessions.newest(connection, sessions.Wanted(), None, 10)
        (part,) = record.of(connection, session).parts
        shown = replay(connection, part)
    assert shown is not None
    assert shown.sets == expected.sets


def test_samples_that_come_late_are_looked_at_with_the_same_prior(
    engine: Engine, ingest: Ingest
) -> None:
    guide(engine, ("glute_bridge", 0.0, PAUSE_S))
    lost = LostSamples(STREAM.stream_id, 0, 400, "overwritten")
    commit(ingest, lost, topic=STREAM.topic)
    send(ingest, 8.0)
    finish(ingest)
    commit(ingest, STREAM.batch(0, 400, live=False), topic=STREAM.topic)
    assert stored_findings(engine, STREAM) == found_with(STREAM, first_only())


def test_a_clock_that_is_fitted_again_moves_the_prior(engine: Engine, ingest: Ingest) -> None:
    guide(engine, ("glute_bridge", 0.0, PAUSE_S))
    presumed = ClockFit(START_S + PAUSE_S, 1 / RATE_HZ, ClockSource.PRESUMED)
    for batch in STREAM.batches(50):
        ingest.commit([Arrived(STREAM.topic, bytes(replace(batch, fit=presumed)))])
    finish(ingest)
    assert stored_findings(engine, STREAM).sets == ()
    ingest.tidy(0)
    assert stored_findings(engine, STREAM) == found_with(STREAM, first_only())
    with reading(engine) as connection:
        assert len(sessions.parts_on(connection, STREAM.key)) == 1


def test_two_workers_hear_of_what_the_other_does(engine: Engine) -> None:
    workers = [new_ingest(engine), new_ingest(engine)]
    with writing(engine) as connection:
        session_id = begin_session(connection)
    for turn in range(int(LONG_S)):
        send(workers[turn % 2], turn, turn + 1)
        if turn == 5:
            with writing(engine) as connection:
                add_block(connection, session_id, "glute_bridge", 0.0, PAUSE_S)
    send(workers[0], int(LONG_S), LONG_S)
    finish(workers[1])
    assert stored_findings(engine, STREAM) == found_with(STREAM, first_only())


def test_what_is_begun_while_two_workers_store_is_seen_by_both(engine: Engine) -> None:
    with writing(engine) as connection:
        session_id = begin_session(connection)
    rng = random.Random(1)

    def store(stream: PublishedStream) -> Ingest:
        ingest = new_ingest(engine)
        send(ingest, 0.0, LONG_S - 1.0, stream)
        return ingest

    with ThreadPoolExecutor(2) as pool:
        storing = [pool.submit(store, stream) for stream in (STREAM, TWIN)]
        while not all(one.done() for one in storing):
            with writing(engine) as connection:
                exercise = rng.choice(["glute_bridge", "cat_cow"])
                begun_s = rng.uniform(0.0, LONG_S)
                add_block(connection, session_id, exercise, begun_s, begun_s + 10.0)
            time.sleep(0.05)
    with reading(engine) as connection:
        lines = blocks.of_session(connection, session_id)
    for stream, one in zip((STREAM, TWIN), storing, strict=True):
        send(one.result(), LONG_S - 1.0, LONG_S, stream)
        finish(one.result(), stream)
        expected = found_with(stream, prescription_of(lines, CLOCK))
        assert stored_findings(engine, stream) == expected
