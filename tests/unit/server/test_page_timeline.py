"""The timeline: a window over a workout, what lies in it, and why a movement counted or did not."""

from dataclasses import replace

import pytest

from lumbar_server.detected import DeviationSpan, PostureSpan, TimeView
from lumbar_server.errors import NotFoundError
from lumbar_server.pages.timeline_view import Lane, find_part, lanes_of, window_of
from lumbar_server.pages.why_view import counted_of, missed_of, position, why_not
from lumbar_server.record import RecordedSet
from lumbar_signal.events import Exercise, Posture
from lumbar_signal.near_miss import Feature, NearMiss, Reason
from recorded import WHOLE, detected, said, session

PART = replace(
    WHOLE,
    gaps_s=((100.0, 101.5),),
    postures=(PostureSpan(Posture.UPRIGHT, 0.0, 50.0), PostureSpan(Posture.SUPINE, 50.0, 900.0)),
    deviations=(DeviationSpan("slouch", 10.0, 45.0, 14.2),),
)
ALL = window_of(None, None, 0.0, 900.0)
MISS = NearMiss(100.0, 150.0, 200.0, 9.0, 2.0, Reason.SMALL, Exercise.GLUTE_BRIDGE)


def texts(lanes: tuple[Lane, ...]) -> dict[str, list[str]]:
    return {lane.id: [block.text for block in lane.blocks] for lane in lanes}


def test_window_goes_closer_wider_and_on_within_the_workout() -> None:
    assert ALL.is_whole
    closer = ALL.closer
    assert (closer.start_s, closer.end_s) == (225.0, 675.0)
    assert closer.wider == ALL
    assert (closer.later.start_s, closer.later.end_s) == (450.0, 900.0)
    assert closer.later.later == closer.later
    assert (closer.earlier.start_s, closer.earlier.end_s) == (0.0, 450.0)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ((-50.0, 1e6), (0.0, 900.0)),
        ((500.0, 400.0), (499.0, 501.0)),
        ((899.9, 899.95), (898.0, 900.0)),
        ((1e9, None), (898.0, 900.0)),
        ((None, -5.0), (0.0, 2.0)),
    ],
)
def test_window_that_was_asked_for_stays_within(
    asked: tuple[float | None, float | None], shown: tuple[float, float]
) -> None:
    found = window_of(*asked, 0.0, 900.0)
    assert (found.start_s, found.end_s) == shown


def test_lanes_say_what_counts_and_what_was_not_received() -> None:
    found = detected()
    removed = detected(start_s=300.0)
    whole = session(
        RecordedSet(found, said(found, exercise="pelvic_tilt")),
        RecordedSet(removed, said(removed, removed=True)),
        parts=(PART,),
        pauses_s=((200.0, None),),
    )
    lanes = texts(lanes_of(whole, PART, ALL))
    assert lanes["sets"] == ["Pelvic tilt"]
    assert lanes["repetitions"] == [f"Repetition {n}" for n in range(1, 6)]
    assert lanes["postures"] == ["Upright", "On the back"]
    assert lanes["deviations"] == ["slouched"]
    assert lanes["gaps"] == ["not received", "paused"]


def test_lanes_of_a_window_leave_out_what_lies_elsewhere() -> None:
    whole = session(RecordedSet(detected(), None), parts=(PART,))
    lanes = texts(lanes_of(whole, PART, window_of(66.0, 69.0, 0.0, 900.0)))
    assert lanes["repetitions"] == ["Repetition 3"]
    assert lanes["postures"] == ["On the back"]
    assert lanes["gaps"] == []


def test_part_of_another_sensor_is_not_found() -> None:
    whole = session(parts=(PART,))
    assert find_part(whole, None) is PART
    with pytest.raises(NotFoundError, match="nothing of that sensor"):
        find_part(whole, "00000000000000bb")


def test_repetition_is_told_by_its_number() -> None:
    one = counted_of(detected(), 2, (), PART.time)
    assert (one.start_s, one.peak_s, one.end_s, one.lift_cm) == (63.5, 64.5, 65.5, None)
    assert one.window_s == (61.5, 67.5)
    with pytest.raises(NotFoundError, match="has 5 repetitions"):
        counted_of(detected(), 6, (), PART.time)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"set_range_deg": 25.0}, "9° where the others had 25°"),
        ({"reason": Reason.GAP}, "samples are missing"),
        ({"reason": Reason.CALIBRATION}, "a bow that shows how the sensor sits"),
        ({"reason": Reason.FEW}, "like Glute bridge, but too few"),
        ({"reason": Reason.UNLIKE, "likest": None}, "unlike any exercise"),
        (
            {"reason": Reason.UNLIKE, "feature": Feature.DURATION, "is_more": True},
            "unlike Glute bridge: it was slower",
        ),
    ],
)
def test_reason_is_told_in_words(changed: dict[str, object], words: str) -> None:
    assert words in why_not(replace(MISS, **changed))  # type: ignore[arg-type]


def test_near_miss_is_told_in_seconds_of_the_session() -> None:
    missed = missed_of(MISS, TimeView(-10.0, 0.02))
    assert (missed.start_s, missed.peak_s, missed.end_s) == (-8.0, -7.0, -6.0)
    assert [position(at_s) for at_s in (missed.start_s, 0.0, 59.96, 125.24)] == [
        "\u22120:08.0",
        "0:00.0",
        "1:00.0",
        "2:05.2",
    ]
