"""Three months of one person, one day after another, through the API alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lumbar.stories.character import Character, What
from lumbar.stories.diary import (
    Arrival,
    Diary,
    Entry,
    Event,
    Life,
    NextDay,
    Plan,
    Questions,
    Refusal,
)
from lumbar.stories.guided import Played, play
from lumbar.stories.home import Home, RefusedError
from lumbar.stories.person import Person
from lumbar.stories.shown import decision_shown, plan_shown
from lumbar.stories.unplanned import exercise_alone

STARTED_ON = date(2026, 3, 2)  # a Monday; Vienna's clocks go forward on the 29th
DAYS = 91
NOON_H = 14.0  # when they are asked for the next day: 18 to 30 hours after an evening or a morning
WAITS = timedelta(hours=2)  # for strength to be set out, who has come to train
SEEN_AFTER_DAYS = 5  # until a health professional has time


class Living:
    """One person at home, and the diary of it."""

    def __init__(self, character: Character, home: Home, days: int = DAYS) -> None:
        self.person, self.home = Person(character), home
        self.diary = Diary(character.name, character.about, STARTED_ON, days)
        self._zone = character.time_zone
        self._next_day: dict[int, str] = {}  # how it truly was, by session
        self._done_on: dict[int, date] = {}
        self._said: dict[int, str] = {}
        self._waiting: list[Played] = []
        self._seen_on: int | None = None  # day on which a health professional has time

    def run(self) -> Diary:
        """Live all days."""
        self._settle_in()
        for number in range(self.diary.days):
            self.person.wake(number)
            self._day(number)
        decided = self.home.api.get("/wearers/1/programme/decisions")
        self.diary.decisions += [decision_shown(one) for one in decided]
        return self.diary

    def _settle_in(self) -> None:
        character = self.person.character
        self._go_to(0, 7.0)
        known = {"name": character.name, "time_zone": character.time_zone}
        self.home.api.patch("/wearers/1", known)

    def _day(self, number: int) -> None:
        character = self.person.character
        self._travel(number)
        ahead = character.spell(What.CLOCK_AHEAD, number)
        if ahead is not None:
            self._note(
                number, Life(f"the computer's clock is {ahead.size:g} hours ahead for a day")
            )
        self.home.clock.ahead_s = 3600.0 * ahead.size if ahead else 0.0
        for at_h, doing in sorted(self._agenda(number), key=lambda one: one[0]):
            self._go_to(number, at_h)
            doing(number)

    def _agenda(self, number: int) -> Iterator[tuple[float, Any]]:
        character, person = self.person.character, self.person
        if self._waiting and not person.has(What.OUT_OF_RANGE):
            yield 8.0, self._send_late
        if person.has(What.LEG) and character.spell(What.LEG, number - 1) is None:
            yield character.hour, self._something_in_the_leg
            return
        if self._seen_on == number:
            yield 12.0, self._cleared
        if person.has(What.AWAY) or (self._seen_on is not None and number <= self._seen_on):
            return
        yield self._asked_at_h(), self._answer
        if self._is_last(What.TAKES_BACK, number):
            yield NOON_H + 1.0, self._take_back
        if person.has(What.ALONE):
            yield character.hour, self._alone
            return
        is_day = (STARTED_ON + timedelta(days=number)).weekday() in character.weekdays
        chance = character.habits.comes if is_day else character.habits.moves
        if person.happens(chance):
            late_h = float(person.rng.uniform(-0.5, 0.5))
            yield character.hour + late_h, self._exercise if is_day else self._move

    def _asked_at_h(self) -> float:
        """Return when they look at the page again: within 18 to 30 hours after their hour."""
        hour = self.person.character.hour
        return hour - 3.0 if hour > NOON_H else hour + 5.0

    def _is_last(self, what: What, number: int) -> bool:
        spell = self.person.character.spell(what, number)
        return spell is not None and spell.last == number

    # -- what they do -----------------------------------------------------------------------

    def _exercise(self, number: int) -> None:
        self._session(number, "full")

    def _move(self, number: int) -> None:
        self._session(number, "five")

    def _session(self, number: int, length: str) -> None:
        self._answer(number)
        plan = self._plan(length)
        if length == "full" and self._waits(plan):
            plan = self._plan(length)
        if plan["state"] == "screening_due":
            self._note(number, plan_shown(plan))
            self._answer_questions(number)
            plan = self._plan(length)
        shown = plan_shown(plan)
        self._note(number, shown)
        if plan["state"] == "locked":
            self._seen_on = number + SEEN_AFTER_DAYS
        if plan["state"] != "ready":
            return
        if plan["kind"] == "strength" and length == "five":
            return  # between training days they only move
        self._choose(plan, shown)
        try:
            played = play(self.person, self.home, length, any_change=False)
        except RefusedError as refused:
            self._note(number, Refusal(refused.detail))
            return
        self.person.trained(played.strains)
        self._note(number, played.session)
        self._next_day[played.session.id] = played.course.next_day
        self._done_on[played.session.id] = STARTED_ON + timedelta(days=number)
        if played.waiting is not None:
            self._waiting.append(played)

    def _waits(self, plan: dict[str, Any]) -> bool:
        """Wait for strength where it is a matter of an hour or so; tell whether they did."""
        free = plan.get("next_strength_utc")
        if plan["state"] != "ready" or free is None:
            return False
        free_utc = datetime.fromisoformat(free)
        wait = free_utc - self.home.clock.now_utc
        if wait > WAITS:
            return False
        self.home.clock.true_s += wait.total_seconds() + 60.0
        return True

    def _choose(self, plan: dict[str, Any], shown: Plan) -> None:
        """Take the easier form of what is hard today, sometimes something else."""
        for line in shown.lines:
            choice = None
            if self.person.strain(line) > 1.3:
                choice = "easier"
            elif self.person.happens(0.02):
                choice = "swap"
            elif self.person.happens(0.01):
                choice = "skip"
            if choice is not None:
                path = f"/wearers/1/plan/{plan['day']}/choices/{line.slot}"
                self.home.api.put(path, {"choice": choice})

    def _answer_questions(self, number: int, cleared_on: date | None = None) -> None:
        yes = sorted(self.person.answers_yes_to())
        body: dict[str, Any] = {"kind": "full", "yes": yes}
        if cleared_on is not None:
            body = {"kind": "line", "yes": [], "cleared_on": cleared_on.isoformat()}
        said = self.home.api.post("/wearers/1/screenings", body)
        cautions = tuple(said["cautions"])
        told = Questions(
            body["kind"],
            tuple(body["yes"]),
            said["level"],
            cautions,
            said["why"],
            cleared_on is not None,
        )
        self._note(number, told)

    def _something_in_the_leg(self, number: int) -> None:
        """Say at Start that something has changed, answer all questions, and be sent away."""
        self._note(number, Life("tingling down a leg since this morning"))
        plan = self._plan("full")
        if plan["state"] == "ready":
            try:
                play(self.person, self.home, "full", any_change=True)
            except RefusedError as refused:
                self._note(number, Refusal(refused.detail))
        self._answer_questions(number)
        self._note(number, plan_shown(self._plan("full")))
        spell = self.person.character.spell(What.LEG, number)
        assert spell is not None
        self._seen_on = spell.last

    def _cleared(self, number: int) -> None:
        day, self._seen_on = STARTED_ON + timedelta(days=number), None
        self._note(number, Life("a health professional has said that exercise is fine"))
        self._answer_questions(number, cleared_on=day)

    def _answer(self, number: int) -> None:
        """Say how the day after the last session is, where the plan asks for it."""
        session_id = self._plan("full")["next_day_of"]
        habits = self.person.character.habits
        if session_id is None or self.person.has(What.SILENT):
            return
        if self.person.happens(habits.answers_next_day):
            self._say_next_day(number, session_id, self._next_day.get(session_id, "usual"))

    def _take_back(self, number: int) -> None:
        """Find that a day was worse than they had said."""
        spell = self.person.character.spell(What.TAKES_BACK, number)
        assert spell is not None
        first = STARTED_ON + timedelta(days=spell.first)
        said = [one for one, day in self._done_on.items() if day >= first and one in self._said]
        if said:
            self._say_next_day(number, said[0], "worse")

    def _say_next_day(self, number: int, session_id: int, answer: str) -> None:
        self.home.api.put(f"/sessions/{session_id}/next-day", {"answer": answer})
        ended = self.home.api.get(f"/sessions/{session_id}")["ended_utc"]
        after = self.home.clock.now_utc - datetime.fromisoformat(ended)
        before = self._said.get(session_id)
        self._said[session_id] = answer
        self._note(number, NextDay(session_id, answer, after.total_seconds() / 3600.0, before))

    def _alone(self, number: int) -> None:
        self._note(number, exercise_alone(self.person, self.home))

    def _send_late(self, number: int) -> None:
        """Let the samples of the last days arrive, the newest session first."""
        for played in reversed(self._waiting):
            recording = played.waiting
            assert recording is not None
            whole = recording.arrived(0.0, recording.duration_s, live=False)
            self.home.receive([*whole, recording.ended()])
            self.home.tidy()
        self._note(number, Arrival(tuple(one.session.id for one in reversed(self._waiting))))
        self._waiting.clear()

    # -- what they see ----------------------------------------------------------------------

    def _plan(self, length: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.home.api.get(f"/wearers/1/plan?length={length}")
        return shown

    def _travel(self, number: int) -> None:
        zone = self.person.character.zone_on(number)
        if zone != self._zone:
            self._zone = zone
            self._go_to(number, 7.0)
            self.home.api.patch("/wearers/1", {"time_zone": zone})
            self._note(number, Life(f"is in {zone.split('/')[-1].replace('_', ' ')} now"))
        away = self.person.character.spell(What.AWAY, number)
        if away is not None and number == away.first:
            self._go_to(number, 7.0)
            self._note(number, Life(f"goes on holiday for {away.last - away.first + 1} days"))

    def _go_to(self, number: int, at_h: float) -> None:
        """Move the clock to an hour of a day where the person is, never back."""
        day = STARTED_ON + timedelta(days=number)
        local = datetime.combine(day, time(), ZoneInfo(self._zone)) + timedelta(hours=at_h)
        self.home.clock.true_s = max(self.home.clock.true_s, local.timestamp())

    def _note(self, number: int, event: Event) -> None:
        true_utc = datetime.fromtimestamp(self.home.clock.true_s, UTC)
        day = STARTED_ON + timedelta(days=number)
        self.diary.entries.append(Entry(true_utc, day, number, event))
