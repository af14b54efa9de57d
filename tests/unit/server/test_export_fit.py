"""FIT files, written by one library and read back by Garmin's own."""

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from garmin_fit_sdk import Decoder, Stream
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from household import LATER_UTC, START_UTC, all_records, fill
from lumbar_server import workouts
from lumbar_server.database import reading, writing
from lumbar_server.errors import ConflictError
from lumbar_server.exports.as_fit import export_fit, fit_file
from lumbar_server.exports.selection import Selection
from lumbar_server.record import Correction, RecordedSet, SessionRecord
from lumbar_signal.events import Exercise

Message = dict[str, Any]

CODES = {
    "dead_bug": ("hip_stability", 1),
    "bird_dog": ("core", 48),
    "pelvic_tilt": ("core", None),
    "wall_plank": ("plank", 0),
    "forearm_plank": ("plank", 43),
    "glute_bridge": ("hip_raise", 11),
    "side_lying_leg_raise": ("hip_stability", 21),
    "modified_deadlift": ("deadlift", 23),
    "knees_to_chest": ("warm_up", 52),
    "cat_cow": ("warm_up", 38),
    "childs_pose": ("warm_up", 39),
    "seated_hamstring_stretch": ("warm_up", 44),
    "supine_spinal_twist": ("warm_up", 54),
    "unknown": ("unknown", None),
}
"""Category and number as the FIT profile 21.218 has them."""


def read_back(data: bytes) -> dict[str, list[Message]]:
    # Each look takes a stream of its own: one that was checked reads as empty, without an error.
    assert Decoder(Stream.from_byte_array(bytearray(data))).check_integrity()
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    found: dict[str, list[Message]] = messages
    return found


def active_sets(data: bytes) -> list[Message]:
    return [one for one in read_back(data).get("set_mesgs", []) if one["set_type"] == "active"]


def said(exercise: str, start_s: float, end_s: float, n: int, holds_s: Iterable[float]) -> Any:
    made_utc = LATER_UTC
    holds = tuple(holds_s)
    correction = Correction(
        1, None, None, None, False, exercise, n, holds, start_s, end_s, made_utc
    )
    return RecordedSet(None, correction)


def session_of(sets: Iterable[RecordedSet], started_utc: datetime = START_UTC) -> SessionRecord:
    ordered = sorted(sets, key=lambda one: one.start_s)
    return SessionRecord(
        id=12,
        wearer_id=1,
        wearer_name="Me",
        time_zone="America/New_York",
        kind="explicit",
        started_utc=started_utc,
        ended_utc=started_utc + timedelta(minutes=20),
        pauses_s=((60.0, 90.0),),
        comfort_before=None,
        comfort_during=None,
        comfort_after=None,
        effort=None,
        note="",
        discarded=False,
        version=1,
        parts=(),
        sets=tuple(ordered),
    )


def test_sets_as_their_wearer_says_are_read_back(engine: Engine) -> None:
    fill(engine)
    mine = next(one for one in all_records(engine) if one.wearer_name == "Me")
    found = active_sets(fit_file(mine))
    assert [(one["category"], one.get("repetitions"), one["duration"]) for one in found] == [
        ("hip_raise", 7, pytest.approx(16.1, abs=0.01)),  # corrected from 5
        ("plank", None, 31.5),  # said, not seen
        ("hip_raise", 3, pytest.approx(12.08, abs=0.01)),
        ("plank", None, 14.0),
        ("plank", None, 12.25),
        ("warm_up", 3, pytest.approx(13.69, abs=0.01)),
    ]


def test_a_set_that_was_removed_is_not_in_the_file() -> None:
    gone = said("cat_cow", 10.0, 20.0, 4, ())
    removed = RecordedSet(
        None, Correction(2, None, None, None, True, "cat_cow", 4, (), 10.0, 20.0, LATER_UTC)
    )
    assert len(active_sets(fit_file(session_of([gone, removed])))) == 1


def test_every_exercise_has_its_code() -> None:
    assert CODES.keys() == {one.value for one in Exercise}
    for exercise, (category, name) in CODES.items():
        (found,) = active_sets(fit_file(session_of([said(exercise, 1.0, 9.0, 3, ())])))
        assert (found["category"], found.get("category_subtype")) == (category, name), exercise


def test_totals_pauses_and_local_time() -> None:
    found = read_back(fit_file(session_of([said("dead_bug", 5.0, 50.0, 8, ())])))
    (session,) = found["session_mesgs"]
    assert (session["sport"], session["sub_sport"]) == ("training", "strength_training")
    assert (session["total_elapsed_time"], session["total_timer_time"]) == (1200.0, 1170.0)
    assert session["start_time"] == START_UTC.replace(microsecond=0)
    kinds = [one["event_type"] for one in found["event_mesgs"]]
    assert kinds == ["start", "stop", "start", "stop_all"]
    (whole,) = found["activity_mesgs"]
    at_utc = (whole["timestamp"] - datetime(1989, 12, 31, tzinfo=UTC)).total_seconds()
    assert whole["local_timestamp"] - at_utc == -4 * 3600.0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(CODES)),
            st.floats(-3600, 86_400),
            st.floats(0, 3600),
            st.integers(0, 10_000),
            st.lists(st.floats(0, 86_400), max_size=3),
        ),
        max_size=6,
    )
)
def test_counts_and_holds_of_any_session_are_read_back(drawn: list[Any]) -> None:
    sets = [said(name, at_s, at_s + s, n, holds_s) for name, at_s, s, n, holds_s in drawn]
    found = active_sets(fit_file(session_of(sets)))
    counted = sorted(one.repetitions for one in sets if one.repetitions or not one.holds_s)
    held = sorted(s for one in sets if not one.repetitions for s in one.holds_s)
    assert sorted(one["repetitions"] for one in found if "repetitions" in one) == counted
    durations_s = sorted(one["duration"] for one in found if "repetitions" not in one)
    assert durations_s == pytest.approx(held, abs=0.0011)


@pytest.mark.parametrize("start_s", [-1.5e9, 1.5e9, -41 * 86_400.0, 41 * 86_400.0])
def test_a_set_that_is_too_far_away_is_told(start_s: float) -> None:
    far = session_of([said("dead_bug", start_s, start_s + 1.0, 1, ())])
    with pytest.raises(ConflictError, match="take it as JSON or CSV"):
        fit_file(far)


def test_all_sessions_come_in_one_zip_without_those_that_fit_cannot_tell(engine: Engine) -> None:
    fill(engine)
    old_utc = datetime(1985, 1, 1, tzinfo=UTC)
    with writing(engine) as connection:
        old = workouts.start(connection, 1, old_utc, old_utc, LATER_UTC)
    with reading(engine) as connection:
        data = b"".join(export_fit(connection, Selection()))
        with pytest.raises(ConflictError, match="take it as JSON or CSV"):
            b"".join(export_fit(connection, Selection(session_id=old.id)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 3
        for name in archive.namelist():
            assert name.endswith(".fit")
            assert read_back(archive.read(name))["activity_mesgs"]
