"""Exercise without the plan: the sensor is worn, and nothing is pressed."""

from __future__ import annotations

from lumbar.stories.diary import OnTheirOwn
from lumbar.stories.doing import Effort, doings
from lumbar.stories.home import Home
from lumbar.stories.line import Line
from lumbar.stories.person import Person
from lumbar.stories.worn import record

STREAMS = 0x5EED0000A10E0000


def exercise_alone(person: Person, home: Home) -> OnTheirOwn:
    """Do some bridges and hinges, and let their samples arrive."""
    lines = [_of_ones_own(exercise) for exercise in ("glute_bridge", "modified_deadlift")]
    recording = record(
        [doings(one, Effort(), person.rng) for one in lines],
        sensor_id=f"SIM-{person.character.name.upper()}",
        stream_id=STREAMS + person.day,
        started_s=home.clock.true_s,
        wearer=person.character.wearer,
        placement=person.character.placement,
        rng=person.rng,
    )
    home.clock.true_s += recording.duration_s
    home.receive([*recording.arrived(0.0, recording.duration_s), recording.ended()])
    home.tidy()
    return OnTheirOwn(tuple(one.exercise for one in lines))


def _of_ones_own(exercise: str) -> Line:
    """Return two sets of ten, which nobody has set out."""
    return Line(
        slot=exercise,
        ladder=exercise,
        rung=0,
        exercise=exercise,
        name=exercise,
        form="",
        load=None,
        sets=2,
        repetitions=10,
        hold_s=None,
        per_side=False,
        rest_s=40.0,
        repetition_s=None,
        counting="high",
        why="",
        rule="",
        change=None,
        choice=None,
        is_reduced=False,
    )
