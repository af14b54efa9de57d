"""A household's record with a bit of everything: two wearers, three workouts, corrections, gaps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from ingested import new_ingest
from lumbar_gateway.messages import LostSamples
from lumbar_server import workouts
from lumbar_server.database import reading, writing
from lumbar_server.exports.selection import Selection, records
from lumbar_server.ingest import Arrived
from lumbar_server.prescribed_lines import plain_of
from lumbar_server.programme.movement import Counting, Dose
from lumbar_server.programme.past import Choice, Felt, NextDay, StopReason
from lumbar_server.programme.plan import PlanLine
from lumbar_server.record import Correction, SessionRecord
from lumbar_server.store import (
    blocks,
    next_days,
    outgoing,
    plan_choices,
    prescriptions,
    programme_settings,
    record,
    screenings,
    sessions,
    stops,
    wearers,
)
from lumbar_server.store.next_days import NextDayRow
from lumbar_server.store.plan_choices import PlanChoiceRow
from lumbar_server.store.prescriptions import PrescriptionRow
from lumbar_server.store.screenings import ScreeningKind
from lumbar_server.store.sessions import SessionRow
from lumbar_server.store.stops import StopRow
from signal_traces import programme
from stream_messages import START_S, PublishedStream
from synthetic_bridge import RATE_HZ, bridge_samples

START_UTC = datetime.fromtimestamp(START_S, UTC)
LATER_UTC = START_UTC + timedelta(hours=1)
NOTE = '=1+1 "quoted", a comma\nand a second line ☃'

SET_OUT = PlanLine(
    ladder="glute_bridge",
    slot="glute_bridge",
    rung=2,
    exercise="glute_bridge",
    form="both legs",
    load=None,
    dose=Dose(2, 8, 2.0, per_side=False),
    rest_s=60.0,
    repetition_s=7.5,
    counting=Counting.HIGH,
    purpose="Lifts the pelvis from the ground.",
    why="The first time: a gentle start.",
    rule="first",
    change="+1 repetition",
    choice=None,
    is_reduced=False,
)
BRIDGES = PublishedStream("SIM-1", 0x1234, bridge_samples(5))
GAPPY = PublishedStream("back-2", 0x99, bridge_samples(6, seed=2))
PLANK = PublishedStream(
    "SIM-1",
    0xFEDCBA9876543210,
    programme(plank_s=14.0).wearer.samples(RATE_HZ, seed=3),
)


def fill(engine: Engine) -> None:
    """Let two wearers have worked out, and have said something of it."""
    ingest = new_ingest(engine)
    n = len(GAPPY.samples)
    for stream in (BRIDGES, PLANK):
        ingest.commit([Arrived(stream.topic, bytes(one)) for one in stream.batches(50)])
        ingest.commit([Arrived(stream.topic, bytes(stream.end()))])
    lost = LostSamples(GAPPY.stream_id, 700, 740, "overwritten")
    live, late = GAPPY.batch(0, 700), GAPPY.batch(740, n, live=False)
    ingest.commit([Arrived(GAPPY.topic, bytes(one)) for one in (live, lost, late, GAPPY.end())])
    with writing(engine) as connection:
        ada = wearers.add(connection, "Ada", "Europe/London", 240.0, LATER_UTC)
        workouts.assign(connection, "back-2", ada.id, START_UTC - timedelta(1), LATER_UTC)
        _speak_of(connection, ada.id)


def _speak_of(connection: Connection, ada_id: int) -> None:
    for wearer_id in (1, ada_id):
        (row,) = outgoing.session_rows(connection, wearer_id)
        first = record.of(connection, row).sets[0].detected
        assert first is not None
        said = Correction(
            id=0,
            stream_id=first.stream_id,
            start=first.start,
            end=first.end,
            removed=False,
            exercise=None,
            repetitions=7,
            holds_s=None,
            start_s=None,
            end_s=None,
            made_utc=LATER_UTC,
        )
        workouts.correct(connection, row, said, LATER_UTC)
        unseen = replace(
            said,
            stream_id=None,
            exercise="forearm_plank",
            repetitions=0,
            holds_s=(31.5, 12.25),
            start_s=2.0,
            end_s=50.0,
        )
        workouts.correct(connection, sessions.one(connection, row.id), unseen, LATER_UTC)
        values = {
            "comfort_before": 6,
            "comfort_during": 9,
            "comfort_after": 8,
            "effort": 3,
            "note": NOTE,
        }
        workouts.change(connection, sessions.one(connection, row.id), values, LATER_UTC)
        _follow_a_plan(connection, row)
    past_utc = START_UTC - timedelta(days=2)
    workouts.start(connection, ada_id, past_utc, past_utc + timedelta(minutes=9), LATER_UTC)


def _follow_a_plan(connection: Connection, row: SessionRow) -> None:
    """Let a session have followed a plan, with all that can be said of it."""
    lines = [plain_of(SET_OUT), plain_of(replace(SET_OUT, choice=Choice.SKIP, load="1 kg"))]
    set_out = PrescriptionRow(row.id, "strength", "full", lines, "ab" * 32, row.started_utc)
    prescriptions.add(connection, set_out)
    begun_utc = row.started_utc + timedelta(seconds=10)
    blocks.begin(connection, row.id, 0, "glute_bridge", begun_utc)
    block = blocks.begin(connection, row.id, 0, "glute_bridge", begun_utc + timedelta(minutes=1))
    blocks.end(connection, block, Felt.BIT_MORE, begun_utc + timedelta(minutes=2))
    stops.put(connection, StopRow(row.id, StopReason.TOO_MUCH, 9, LATER_UTC))
    next_days.put(connection, NextDayRow(row.id, NextDay.BIT_MORE, LATER_UTC))
    wearer_id, day = row.wearer_id, START_UTC.date()
    full, line = ScreeningKind.FULL, ScreeningKind.LINE
    screenings.add(connection, wearer_id, full, ["bladder", "heart"], None, START_UTC)
    screenings.add(connection, wearer_id, line, [], day, LATER_UTC)
    plan_choices.put(connection, PlanChoiceRow(wearer_id, day, "plank", Choice.EASIER), LATER_UTC)
    settings = programme_settings.of_wearer(connection, wearer_id)
    changed = {"amber_from": 3, "is_sedentary": True}
    programme_settings.change(connection, settings, changed, LATER_UTC)


def all_rows(engine: Engine) -> list[SessionRow]:
    with reading(engine) as connection:
        return outgoing.session_rows(connection, None)


def all_records(engine: Engine) -> list[SessionRecord]:
    with reading(engine) as connection:
        return list(records(connection, Selection()))
