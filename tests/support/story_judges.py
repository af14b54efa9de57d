"""What must hold in every story, worked out from the diary alone and not from the plan's code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from lumbar.stories.diary import Arrival, Diary, NextDay, Plan, Questions, Refusal, Session
from lumbar.stories.line import Line

GOOD_IN_ROW, GOOD_IN_ROW_WITH_CARE = 2, 3
MOST_AT_ONCE = 2  # movements that go up in one session
SHORTEST = timedelta(hours=48)
FULL_EVERY = timedelta(weeks=4, hours=3)  # a session takes a while
ON_THE_JOINTS = {"bird_dog", "cat_cow", "childs_pose", "forearm_plank"}
STRENGTH = {"glute_bridge", "side_lying_leg_raise", "modified_deadlift"}
TOO_LONG = 12  # good times on one step; five movements take turns in going on


@dataclass(frozen=True)
class Moment:
    """A session, and all that was known when it began."""

    at_utc: datetime
    session: Session
    earlier: tuple[Moment, ...]
    answers: dict[int, NextDay]  # by session, the latest
    questions: Questions | None  # the latest answers to all of them
    not_arrived: frozenset[int]  # sessions whose samples were not there yet

    @property
    def level(self) -> str:
        """What the answers ask for."""
        return self.questions.level if self.questions else "not asked"


def moments(diary: Diary) -> list[Moment]:
    """Return all sessions with what was known then."""
    found: list[Moment] = []
    answers: dict[int, NextDay] = {}
    questions: Questions | None = None
    waiting: set[int] = set()
    for entry in diary.entries:
        match entry.event:
            case NextDay():
                answers[entry.event.session_id] = entry.event
            case Questions():
                questions = entry.event
            case Arrival(session_ids):
                waiting -= set(session_ids)
            case Session():
                now = Moment(
                    entry.event.started_utc,
                    entry.event,
                    tuple(found),
                    dict(answers),
                    questions,
                    frozenset(waiting),
                )
                found.append(now)
                if entry.event.arrives_late:
                    waiting.add(entry.event.id)
    return found


def worked(session: Session) -> list[Line]:
    """Return the lines that were begun."""
    return [one for one in session.lines if not one.is_left_out][: session.begun]


def is_red(session: Session, answers: dict[int, NextDay]) -> bool:
    """Tell whether a session was too much, by what was said of it."""
    worst = max((n for n in (session.during, session.after) if n is not None), default=None)
    answer = answers.get(session.id)
    return (
        session.stop in ("sharp", "legs", "dizzy")
        or (answer is not None and answer.answer == "worse")
        or (worst is not None and worst >= 6)
        or (worst is not None and session.before is not None and worst >= session.before + 3)
    )


def is_good(session: Session, answers: dict[int, NextDay]) -> bool:
    """Tell whether everything was said of a session, in time, and all of it was fine."""
    before, during, after = session.before, session.during, session.after
    answer = answers.get(session.id)
    if before is None or during is None or after is None or answer is None:
        return False
    worst = max(during, after)
    in_time = answer.answer == "usual" and 18.0 <= answer.hours_after <= 30.0
    return in_time and worst <= 3 and worst <= before + 1 and session.stop is None


def rises(now: Moment) -> Iterator[tuple[Line, list[tuple[Moment, Line]]]]:
    """Yield the lines that are further up than the last time, and the times before."""
    for line in now.session.lines:
        before = [
            (one, other)
            for one in now.earlier
            for other in worked(one.session)
            if other.ladder == line.ladder
        ]
        if before and line.rung > before[-1][1].rung:
            yield line, before


def strained_rises(diary: Diary) -> Iterator[str]:
    """Yield each line that went up although something spoke against it."""
    for now in moments(diary):
        up = list(rises(now))
        if len(up) > MOST_AT_ONCE:
            yield f"{now.at_utc}: {len(up)} movements go up at once"
        against = list(_against(now))
        for line, before in up:
            where = f"{now.at_utc:%d %B}: {line.name} goes up"
            yield from (f"{where} although {why}" for why in against)
            if line.rung != before[-1][1].rung + 1:
                yield f"{where} by more than one step"
            wanted = GOOD_IN_ROW_WITH_CARE if now.level == "care" else GOOD_IN_ROW
            last = before[-wanted:]
            if len(last) < wanted or {other.rung for _, other in last} != {last[0][1].rung}:
                yield f"{where} after too few times on its step"
            for one, other in last:
                if not is_good(one.session, now.answers):
                    yield f"{where} although {one.at_utc:%d %B} was not good, or not told"
                if one.session.id in now.not_arrived:
                    yield f"{where} although nothing of {one.at_utc:%d %B} was received"
                if other.choice == "easier":
                    yield f"{where} although the easier form was done on {one.at_utc:%d %B}"


def _against(now: Moment) -> Iterator[str]:
    """Yield which refusing rules hold."""
    earlier = [one.session for one in now.earlier]
    before = now.session.before
    if now.level in ("see", "emergency"):
        yield "a question about health is open"
    if before is not None and before >= 6:
        yield "the discomfort before is 6 or more"
    lately = [
        one.session.before
        for one in now.earlier
        if one.session.before is not None and now.at_utc - one.at_utc <= timedelta(days=14)
    ]
    if before is not None and lately and before - median(lately) >= 2:
        yield "the discomfort before is 2 above the usual"
    due = earlier[-3:-1] if earlier and earlier[-1].id not in now.answers else earlier[-2:]
    if len(due) == 2 and not any(one.id in now.answers for one in due):
        yield "two next days were not told"
    week = timedelta(days=7)
    if any(
        is_red(one.session, now.answers) for one in now.earlier if now.at_utc - one.at_utc < week
    ):
        yield "it was too much within the last week"


def too_early_strength(diary: Diary) -> Iterator[str]:
    """Yield strength work within 48 hours of the last, by the true time."""
    strong = [
        one.began_utc
        for one in diary.sessions()
        if STRENGTH & {line.exercise for line in worked(one)}
    ]
    for earlier, later in pairwise(strong):
        if later - earlier < SHORTEST:
            yield f"strength {earlier:%d %B %H:%M} and again {later:%d %B %H:%M}"


def unheeded_reds(diary: Diary) -> Iterator[str]:
    """Yield each session after a red one that is not half of a step back."""
    for now in moments(diary):
        if not now.earlier or not is_red(now.earlier[-1].session, now.answers):
            continue
        for line in now.session.lines:
            before = [
                other
                for one in now.earlier
                for other in worked(one.session)
                if other.ladder == line.ladder
            ]
            was_in_it = any(
                other.ladder == line.ladder for other in worked(now.earlier[-1].session)
            )
            where = f"{now.at_utc:%d %B}: {line.name} after too much"
            if was_in_it and before[-1].rung > 0 and line.rung >= before[-1].rung:
                yield f"{where} is no step back"
            was_half = bool(before) and before[-1].is_reduced
            if was_in_it and not was_half and line.work_s > 0.7 * before[-1].work_s:
                yield f"{where} is {line.work_s:.0f} s of work after {before[-1].work_s:.0f} s"


def unheeded_pauses(diary: Diary) -> Iterator[str]:
    """Yield sessions within a week of the second red one of a week."""
    week = timedelta(days=7)
    for now in moments(diary):
        red = [one for one in now.earlier if is_red(one.session, now.answers)]
        for first, second in pairwise(red):
            if second.at_utc - first.at_utc <= week and now.at_utc - second.at_utc < week:
                yield f"{now.at_utc:%d %B}: a session soon after two red ones within a week"


def unheeded_answers(diary: Diary) -> Iterator[str]:
    """Yield sessions that the answers to the questions forbid, wholly or in part."""
    asked_utc: datetime | None = None
    for entry in diary.entries:
        if isinstance(entry.event, Questions) and entry.event.kind == "full":
            asked_utc = entry.at_utc
        is_late = asked_utc is None or entry.at_utc - asked_utc > FULL_EVERY
        if isinstance(entry.event, Session) and is_late:
            yield f"{entry.day}: the questions were not answered for four weeks"
    for now in moments(diary):
        if now.level not in ("none", "care"):
            yield f"{now.at_utc:%d %B}: a session although the level is {now.level}"
        if now.questions and "joints" in now.questions.cautions:
            for line in now.session.lines:
                if line.exercise in ON_THE_JOINTS:
                    yield f"{now.at_utc:%d %B}: {line.name} for somebody with sore joints"


def changes_of_two_things(diary: Diary) -> Iterator[str]:
    """Yield pairs of neighbouring steps of a ladder that differ in more than one thing."""
    steps: dict[tuple[str, int], Line] = {}
    for session in diary.sessions():
        for line in session.lines:
            if line.choice is None and not line.is_reduced:
                steps[line.ladder, line.rung] = line
    for (ladder, rung), low in steps.items():
        high = steps.get((ladder, rung + 1))
        if high is not None and _changed(low, high) > 1:
            yield f"{low.told} to {high.told}"


def _changed(low: Line, high: Line) -> int:
    """Return how many things are more; a new form begins with less of the rest."""
    if (low.exercise, low.form) != (high.exercise, high.form):
        more = high.sets > low.sets or (high.repetitions or 0) > (low.repetitions or 0)
        return 1 + (more or high.load != low.load)
    return (
        (low.load != high.load)
        + (low.sets != high.sets)
        + (low.repetitions != high.repetitions)
        + (low.hold_s != high.hold_s)
    )


def unexplained(diary: Diary) -> Iterator[str]:
    """Yield what was decided without a sentence that says why."""
    whys = [one.why for one in diary.decisions]
    for entry in diary.entries:
        if isinstance(entry.event, Session | Plan):
            whys += [line.why for line in entry.event.lines]
        if isinstance(entry.event, Plan | Questions | Refusal):
            whys.append(entry.event.why)
    yield from (repr(why) for why in dict.fromkeys(whys) if not _is_sentence(why))


def _is_sentence(why: str) -> bool:
    begins = why[:1].isupper() or why[:1].isdigit()
    return begins and why.endswith(".") and len(why.split()) >= 3


def held_back_for_nothing(diary: Diary) -> Iterator[str]:
    """Yield each movement that was good many times on one step, and was not let on."""
    good: dict[str, int] = {}
    answers = {
        one.event.session_id: one.event for one in diary.entries if isinstance(one.event, NextDay)
    }
    last: dict[str, Line] = {}
    for session in diary.sessions():
        for line in worked(session):
            is_same = line.ladder in last and last[line.ladder].rung == line.rung
            may_count = is_good(session, answers) and line.choice is None and line.rule != "goal"
            good[line.ladder] = (good.get(line.ladder, 0) if is_same else 0) + may_count
            last[line.ladder] = line
            if good[line.ladder] == TOO_LONG:
                yield f"{line.told} was good {TOO_LONG} times and went no further"


def all_faults(diary: Diary) -> Iterator[str]:
    """Yield all that must not be, in any story."""
    for judge in (
        strained_rises,
        too_early_strength,
        unheeded_reds,
        unheeded_pauses,
        unheeded_answers,
        changes_of_two_things,
        unexplained,
    ):
        yield from (f"{judge.__name__}: {fault}" for fault in judge(diary))
