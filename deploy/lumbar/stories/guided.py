"""A session that the plan leads through, from pressing Start to confirming the counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lumbar.stories.character import What
from lumbar.stories.diary import Session
from lumbar.stories.doing import doings
from lumbar.stories.home import Home
from lumbar.stories.line import Line
from lumbar.stories.person import Course, Person
from lumbar.stories.worn import Recording, WornLine, record

GETS_UP_S = 5.0  # after the last line, before Stop is pressed
OVERLAP = 0.3  # of a true set that a found one must share to be the same
STREAMS = 0x5EED000000000000

Json = dict[str, Any]


@dataclass(frozen=True)
class Played:
    """A session, and what of its recording is still to come."""

    session: Session
    course: Course
    strains: dict[str, float]  # by exercise
    waiting: Recording | None


def play(person: Person, home: Home, length: str, any_change: bool) -> Played:
    """Begin a planned session and do it; raises ``RefusedError`` where the server says no."""
    habits, api = person.character.habits, home.api
    is_silent = person.has(What.SILENT)
    before = person.says() if not is_silent and person.happens(habits.answers_before) else None
    begun = api.post(
        "/wearers/1/planned-sessions",
        {"length": length, "comfort_before": before, "any_change": any_change},
    )
    session_id = begun["id"]
    shown = api.get(f"/sessions/{session_id}/prescription")
    lines = tuple(Line.of(one) for one in shown["lines"])
    began_utc, started_utc = home.clock.true_utc, home.clock.now_utc
    todo = [(number, one) for number, one in enumerate(lines) if not one.is_left_out]
    course = person.course([one for _, one in todo])
    todo = todo[: len(course.efforts)]
    recording = _recorded(person, home, [one for _, one in todo], course, session_id)
    late = person.has(What.OUT_OF_RANGE)
    ended_s = _through(home, recording, session_id, todo, course, is_silent=is_silent, late=late)
    if course.stop is not None:
        stopped = {"reason": course.stop, "discomfort": course.during}
        api.put(f"/sessions/{session_id}/stop-reason", stopped)
    api.post(f"/sessions/{session_id}/stop")
    answers = not is_silent and person.happens(habits.answers_after)
    if answers:
        felt = {"comfort_during": course.during, "comfort_after": course.after}
        api.patch(f"/sessions/{session_id}", felt)
    if not late:
        rest = recording.arrived(ended_s, recording.duration_s, ahead_s=home.clock.ahead_s)
        home.receive([*rest, recording.ended()])
        home.tidy()
    home.clock.true_s += 60.0
    confirms = not is_silent and not person.has(What.UNCONFIRMED) and not late
    confirmed = unseen = 0
    if confirms and person.happens(habits.confirms):
        confirmed, unseen = confirm(home, session_id, recording, [one for _, one in todo])
    session = Session(
        id=session_id,
        began_utc=began_utc,
        started_utc=started_utc,
        kind=shown["kind"],
        length=shown["length"],
        lines=lines,
        begun=len(todo),
        shares=tuple(
            len(worn.sets) / (line.sets * _activities_a_set(line))
            for worn, (_, line) in zip(recording.lines, todo, strict=True)
        ),
        felt=(None,) * len(todo) if is_silent else course.felt,
        before=before,
        during=course.during if answers else None,
        after=course.after if answers else None,
        stop=course.stop,
        confirmed=confirmed,
        unseen=unseen,
        arrives_late=late,
    )
    strains = {
        line.exercise: effort.strain * effort.share
        for (_, line), effort in zip(todo, course.efforts, strict=True)
    }
    return Played(session, course, strains, recording if late else None)


def _activities_a_set(line: Line) -> int:
    return 2 if line.exercise == "side_lying_leg_raise" else 1


def _recorded(
    person: Person, home: Home, lines: Sequence[Line], course: Course, session_id: int
) -> Recording:
    return record(
        [doings(one, how, person.rng) for one, how in zip(lines, course.efforts, strict=True)],
        sensor_id=f"SIM-{person.character.name.upper()}",
        stream_id=STREAMS + (person.character.seed << 16) + session_id,
        started_s=home.clock.true_s,
        wearer=person.character.wearer,
        placement=person.character.placement,
        rng=person.rng,
    )


def _through(
    home: Home,
    recording: Recording,
    session_id: int,
    todo: Sequence[tuple[int, Line]],
    course: Course,
    *,
    is_silent: bool,
    late: bool,
) -> float:
    """Lead through the lines, samples and presses in their order; return when the last is over."""
    at_s, ahead_s = 0.0, home.clock.ahead_s
    for (number, _), worn, felt in zip(todo, recording.lines, course.felt, strict=True):
        path = f"/sessions/{session_id}/blocks"
        for until_s in (worn.start_s, worn.end_s):
            if not late:
                home.receive(recording.arrived(at_s, until_s, ahead_s=ahead_s))
            at_s, home.clock.true_s = until_s, recording.started_s + until_s
            if until_s == worn.start_s:
                block = home.api.post(path, {"line": number})
        said = {} if is_silent else {"felt": felt}
        home.api.post(f"{path}/{block['id']}/end", said)
    home.clock.true_s = min(at_s + GETS_UP_S, recording.duration_s) + recording.started_s
    return at_s


def confirm(
    home: Home, session_id: int, recording: Recording, lines: Sequence[Line]
) -> tuple[int, int]:
    """Put counts right, and confirm those that the sensor sees little of.

    Returns how many sets something was said of, and of how many nothing was seen.
    """
    detail = home.api.get(f"/sessions/{session_id}")
    offset_s = min(
        (
            part["start_s"] - part["first_index"] / part["sampling_rate_hz"]
            for part in detail["parts"]
        ),
        default=0.0,
    )
    found = [one for one in detail["sets"] if not one["removed"]]
    said = unseen = 0
    taken: set[int] = set()
    for line, worn in zip(lines, recording.lines, strict=True):
        for mine in _by_set(line, worn):
            start_s, end_s = mine.start_s + offset_s, mine.end_s + offset_s
            i = _found(found, taken, start_s, end_s)
            correction = _correction(line, mine, start_s, end_s, None if i is None else found[i])
            if i is not None:
                taken.add(i)
            else:
                unseen += 1
            if correction is not None:
                home.api.post(f"/sessions/{session_id}/corrections", correction)
                said += 1
    return said, unseen


@dataclass(frozen=True, slots=True)
class _Mine:
    """A set as its wearer remembers it."""

    start_s: float
    end_s: float
    repetitions: int | None
    holds_s: tuple[float, ...]


def _by_set(line: Line, worn: WornLine) -> Iterator[_Mine]:
    for one, n in zip(worn.sets, worn.repetitions, strict=True):
        held = tuple(round(hold.duration_s, 1) for hold in one.holds)
        yield _Mine(one.start_s, one.end_s, n if line.repetitions is not None else None, held)


def _found(found: list[Json], taken: set[int], start_s: float, end_s: float) -> int | None:
    for i, one in enumerate(found):
        shared_s = min(end_s, one["end_s"]) - max(start_s, one["start_s"])
        if i not in taken and shared_s > OVERLAP * (end_s - start_s):
            return i
    return None


def _correction(
    line: Line, mine: _Mine, start_s: float, end_s: float, found: Json | None
) -> Json | None:
    """Return what to say of a set; nothing where it was seen as it was."""
    said: Json = {"exercise": line.exercise}
    if mine.repetitions is None:
        said["holds_s"] = list(mine.holds_s)
    else:
        said["repetitions"] = mine.repetitions
    if found is None or found["detected"] is None:
        return {**said, "start_s": max(0.0, start_s), "end_s": end_s}
    is_right = found["exercise"] == line.exercise and (
        found["repetitions"] == mine.repetitions
        if mine.repetitions is not None
        else len(found["holds_s"]) == len(mine.holds_s)
    )
    if is_right and line.counting != "ask":
        return None
    place = {name: found["detected"][name] for name in ("stream_id", "start_index", "end_index")}
    return {**place, **said}
