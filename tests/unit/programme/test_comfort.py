from datetime import timedelta
from typing import Any

import pytest

from lumbar_server.programme.comfort import Limits, Zone, felt_of
from lumbar_server.programme.past import NextDay, StopReason
from programme_past import session

USUAL = Limits()


def zone(**said: Any) -> Zone:
    return felt_of(session(0, **said), USUAL).zone


@pytest.mark.parametrize(
    ("before", "during", "after", "expected"),
    [
        (0, 0, 0, Zone.GREEN),
        (2, 3, 2, Zone.GREEN),  # at most 3, and one more than before
        (3, 3, 3, Zone.GREEN),
        (3, 4, 3, Zone.AMBER),  # one more than before, but above 3
        (4, 4, 4, Zone.AMBER),
        (1, 3, 1, Zone.AMBER),  # two more than before
        (0, 2, 0, Zone.AMBER),
        (5, 5, 5, Zone.AMBER),
        (5, 6, 5, Zone.RED),
        (6, 6, 6, Zone.RED),
        (0, 3, 0, Zone.RED),  # three more than before
        (2, 5, 2, Zone.RED),
        (2, 4, 2, Zone.AMBER),
        (2, 3, 5, Zone.RED),  # after it counts as during it
        (2, 3, 4, Zone.AMBER),
        (10, 10, 10, Zone.RED),
    ],
)
def test_zones_at_their_borders(before: int, during: int, after: int, expected: Zone) -> None:
    assert zone(before=before, during=during, after=after) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (NextDay.USUAL, Zone.GREEN),
        (NextDay.BIT_MORE, Zone.AMBER),
        (NextDay.WORSE, Zone.RED),
        (None, Zone.UNKNOWN),
    ],
)
def test_next_day_decides_too(answer: NextDay | None, expected: Zone) -> None:
    assert zone(next_day=answer) is expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(17.99, Zone.UNKNOWN), (18.0, Zone.GREEN), (30.0, Zone.GREEN), (30.01, Zone.UNKNOWN)],
)
def test_back_to_usual_counts_18_to_30_hours_after(hours: float, expected: Zone) -> None:
    said_utc = session(0).ended_utc + timedelta(hours=hours)
    assert zone(next_day_utc=said_utc) is expected


@pytest.mark.parametrize("hours", [1.0, 40.0])
@pytest.mark.parametrize(("answer", "expected"), [("bit_more", "amber"), ("worse", "red")])
def test_a_bad_answer_counts_at_any_time(hours: float, answer: str, expected: str) -> None:
    said_utc = session(0).ended_utc + timedelta(hours=hours)
    assert zone(next_day=NextDay(answer), next_day_utc=said_utc) == expected


@pytest.mark.parametrize("missing", ["before", "during", "after", "next_day"])
def test_what_is_not_said_is_never_green(missing: str) -> None:
    felt = felt_of(session(0, **{missing: None}), USUAL)
    assert felt.zone is Zone.UNKNOWN
    assert felt.why


@pytest.mark.parametrize("missing", ["before", "during", "after", "next_day"])
def test_what_is_not_said_hides_nothing_that_was(missing: str) -> None:
    said = {"before": 6, "during": 6, "after": 6, "next_day": NextDay.WORSE} | {missing: None}
    assert zone(**said) is Zone.RED


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (StopReason.DONE, Zone.GREEN),
        (StopReason.OTHER, Zone.GREEN),
        (StopReason.TOO_MUCH, Zone.AMBER),
        (StopReason.SHARP, Zone.RED),
        (StopReason.LEGS, Zone.RED),
        (StopReason.DIZZY, Zone.RED),
    ],
)
def test_why_somebody_stopped_decides_too(stop: StopReason, expected: Zone) -> None:
    assert zone(stop=stop) is expected


def test_limits_can_only_be_lowered() -> None:
    lowered = Limits(amber_from=2, red_from=4)
    assert felt_of(session(0, before=1, during=2, after=1), lowered).zone is Zone.AMBER
    assert felt_of(session(0, before=3, during=4, after=3), lowered).zone is Zone.RED
    for amber, red in ((5, 6), (4, 7), (4, 4), (0, 6)):
        with pytest.raises(ValueError, match="lower"):
            Limits(amber, red)
