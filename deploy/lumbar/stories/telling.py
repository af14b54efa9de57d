"""A diary told in plain English, week by week; the sentences in quotes are the plan's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise

from lumbar.stories.diary import (
    Arrival,
    Diary,
    Entry,
    Life,
    NextDay,
    OnTheirOwn,
    Plan,
    Questions,
    Refusal,
    Session,
)
from lumbar.stories.line import Line

_ANSWERS = {"usual": "usual", "bit_more": "a bit more", "worse": "clearly worse"}
_ORDINARY = "The same again: "  # more good sessions lead on: needs no word each time
_QUIET = {"one_more", "waits", "goal"}
_INSTEAD = "In place of "
_WORTH_TELLING = 5  # discomfort
_STOPS = {"too_much": "because it was too much", "sharp": "for something sharp"}


def told(diary: Diary) -> str:
    """Return a person's three months in Markdown."""
    teller = _Teller(diary)
    weeks = groupby(diary.entries, key=lambda one: one.number // 7)
    parts = [f"## {diary.name}\n\n{diary.about}", teller.in_short()]
    for number, entries in weeks:
        days = "\n".join(teller.week(list(entries)))
        if days:
            parts.append(f"### Week {number + 1}, {_span(diary.started_on, number)}\n\n{days}")
    return "\n\n".join(parts)


class _Teller:
    """Remembers what was told, so that only what is another is told again."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._last: dict[str, Line] = {}  # as set out the last time, by ladder
        self._days = {
            one.event.id: one.day for one in diary.entries if isinstance(one.event, Session)
        }
        self._answers: dict[int, list[Entry]] = {}
        for one in diary.entries:
            if isinstance(one.event, NextDay):
                self._answers.setdefault(one.event.session_id, []).append(one)
        self._assumed: set[str] = set()
        self._whys: dict[str, str] = {}  # as told the last time, by ladder
        self._places: dict[str, str] = {}  # what a ladder stood in for, and why
        self._is_news = False
        self._no_session = ""  # why there was none the last time

    def in_short(self) -> str:
        """Return figures of all of it, and a table of where each movement came from and to."""
        sessions = self._diary.sessions()
        strong = sum(one.kind == "strength" for one in sessions)
        full = sum(_is_whole(one) for one in sessions)
        answered = sum(one.id in self._answers for one in sessions)
        said = sum(one.confirmed for one in sessions)
        rows = [
            "| movement | sessions | up, back | first | last |",
            "| :-- | --: | --: | :-- | :-- |",
            *(_row(lines) for lines in _by_ladder(sessions)),
        ]
        return (
            f"{_n(len(sessions), 'planned session')} in {self._diary.days // 7} weeks: {strong} of "
            f"strength and control, {len(sessions) - strong} of mobility; {full} done in full, the "
            f"day after told of {answered}, the counts of {_n(said, 'set')} confirmed or put right."
            "\n\n" + "\n".join(rows)
        )

    def week(self, entries: Sequence[Entry]) -> Iterator[str]:
        """Yield what is worth telling of a week, an item a day; days without news share one."""
        quiet: list[str] = []
        for day, of_day in groupby(entries, key=lambda one: one.day):
            self._is_news = False
            said = [text for one in of_day for text in self._entry(one)]
            if self._is_news:
                text = " ".join(_sentence(one) for one in said)
                yield f"- **{day:%a} {day.day} {day:%B}.** {text}"
            elif said:
                quiet.append(f"{day:%a} {day.day} {' '.join(said)}")
        if quiet:
            yield f"- As before: {'; '.join(quiet)}."

    def _entry(self, entry: Entry) -> Iterator[str]:
        news = list(self._news(entry))
        if isinstance(entry.event, Session):
            changed, went = self._set_out(entry.event), self._how_it_went(entry.event)
            self._is_news |= bool(changed) or self._is_special(entry.event)
            kind = "five minutes of mobility" if entry.event.length == "five" else entry.event.kind
            if changed or self._is_special(entry.event):
                yield f"{kind.capitalize()}: {changed or 'as before;'} {went}"
            else:
                yield f"{kind}, {self._comfort(entry.event)}"
        self._is_news |= bool(news)
        yield from news

    def _news(self, entry: Entry) -> Iterator[str]:
        match entry.event:
            case Life(text):
                yield f"*{text[0].upper()}{text[1:]}.*"
            case Questions():
                yield _questions(entry.event)
            case Plan():
                yield from self._plan(entry.event)
            case Refusal(why):
                yield f"Wants to begin; refused: “{why}”"
            case OnTheirOwn(exercises):
                names = " and ".join(one.replace("_", " ") for one in exercises)
                yield f"Exercises without the plan: {names}."
            case NextDay():
                yield from self._edited(entry.event)
            case Arrival(session_ids):
                days = ", ".join(_short(self._days[one]) for one in session_ids)
                yield f"The samples of {days} arrive, in this order."

    def _plan(self, plan: Plan) -> Iterator[str]:
        if plan.state == "screening_due":
            yield f"“{plan.why}”"
        elif plan.state != "ready" and plan.why != self._no_session:
            yield f"No session; the plan says: “{plan.why}”"
        self._no_session = "" if plan.state in ("ready", "screening_due") else plan.why
        news = [one for one in plan.assumptions if one not in self._assumed]
        self._assumed.update(news)
        if news:
            yield f"The plan assumes: “{' '.join(news)}”"

    def _set_out(self, session: Session) -> str:
        """Return the lines that are another than the last time, and what keeps others back."""
        first, parts, kept = [], [], []
        for line in session.lines:
            before, self._last[line.ladder] = self._last.get(line.ladder), line
            why = self._news_of(line)
            if line.rule == "first":
                first.append(line.told)
            elif before is None or before.told != line.told or line.choice is not None:
                parts.append(f"{line.told_after(before)} “{why or line.why}”")
            elif why and not why.startswith(_ORDINARY) and line.rule not in _QUIET:
                kept.append((line.name.lower(), why))
        if first:
            parts.insert(0, f"for the first time {_listed(first)}")
        for why in dict.fromkeys(why for _, why in kept):
            names = _listed([name for name, its_why in kept if its_why == why])
            parts.append(f"{names} as before “{why}”")
        return f"{'; '.join(parts)};" if parts else ""

    def _news_of(self, line: Line) -> str:
        """Return a line's reason without what was said of it the last time, too."""
        place, _, rest = line.why.partition(". ")
        if rest and place.startswith(_INSTEAD):
            is_known = self._places.get(line.ladder) == place
            self._places[line.ladder] = place
            if is_known:
                return self._unless_told(line.ladder, rest)
        return self._unless_told(line.ladder, line.why)

    def _unless_told(self, ladder: str, why: str) -> str:
        was_told = self._whys.get(ladder) == why
        self._whys[ladder] = why
        return "" if was_told else why

    def _how_it_went(self, session: Session) -> str:
        parts = [] if _is_whole(session) else [_undone(session)]
        too_much = [
            line.name.lower()
            for line, felt in zip(_worked(session), session.felt, strict=False)
            if felt == "too_much"
        ]
        if too_much:
            parts.append(f"{_listed(too_much)} felt too much")
        if session.arrives_late:
            parts.append("the samples are still on the way")
        parts.append(self._comfort(session))
        return f"{'; '.join(parts)}."

    def _is_special(self, session: Session) -> bool:
        """Tell whether a session deserves a day of its own although nothing was changed."""
        return (
            not _is_whole(session)
            or session.arrives_late
            or "too_much" in session.felt
            or (session.during or 0) >= _WORTH_TELLING
            or self._day_after(session) in (_ANSWERS["bit_more"], _ANSWERS["worse"])
        )

    def _comfort(self, session: Session) -> str:
        """Return discomfort before, during, after, and how the day after was."""
        numbers = ", ".join(
            "?" if one is None else str(one)
            for one in (session.before, session.during, session.after)
        )
        return f"*{numbers} → {self._day_after(session)}*"

    def _day_after(self, session: Session) -> str:
        answers = self._answers.get(session.id)
        if not answers or not isinstance(answers[0].event, NextDay):
            return "?"
        return _ANSWERS[answers[0].event.answer]

    def _edited(self, said: NextDay) -> Iterator[str]:
        if said.instead_of is not None and said.instead_of != said.answer:
            yield (
                f"Takes an answer back: the day after {_short(self._days[said.session_id])} was "
                f"{_ANSWERS[said.answer]}, not {_ANSWERS[said.instead_of]}."
            )


def _questions(said: Questions) -> str:
    if said.cleared:
        return f"Says so; “{said.why}”"
    yes = f"yes to {_listed([one.replace('_', ' ') for one in said.yes])}" if said.yes else "all no"
    return f"Answers the questions: {yes}. “{said.why}”"


def _worked(session: Session) -> list[Line]:
    return [one for one in session.lines if not one.is_left_out][: session.begun]


def _is_whole(session: Session) -> bool:
    wanted = [one for one in session.lines if not one.is_left_out]
    return session.begun == len(wanted) and all(share >= 1.0 for share in session.shares)


def _undone(session: Session) -> str:
    wanted = [one for one in session.lines if not one.is_left_out]
    why = f" {_STOPS[session.stop]}" if session.stop else ""
    at = wanted[session.begun - 1].name.lower()
    return f"**Broken off{why}** in the midst of {at}, {session.begun} of {len(wanted)} movements"


def _by_ladder(sessions: Iterable[Session]) -> list[list[Line]]:
    found: dict[str, list[Line]] = {}
    for session in sessions:
        for line in _worked(session):
            found.setdefault(line.ladder, []).append(line)
    return list(found.values())


def _row(lines: Sequence[Line]) -> str:
    first, last = lines[0], lines[-1]
    up = sum(later.rung > earlier.rung for earlier, later in pairwise(lines))
    back = sum(later.rung < earlier.rung for earlier, later in pairwise(lines))
    return (
        f"| {first.name} | {len(lines)} | {up}, {back} "
        f"| {first.form}, {first.dose} | {_changed_name(first, last)}{last.form}, {last.dose} |"
    )


def _changed_name(first: Line, last: Line) -> str:
    return "" if first.exercise == last.exercise else f"{last.name.lower()}, "


def _sentence(text: str) -> str:
    """Return a quiet session as a sentence; all else is one already."""
    if not text[0].islower():
        return text
    kind, _, comfort = text.partition(", ")
    return f"{kind.capitalize()} as before, {comfort}."


def _span(started_on: date, week: int) -> str:
    first = started_on + timedelta(days=7 * week)
    last = first + timedelta(days=6)
    begins = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{begins} to {last.day} {last:%B}"


def _short(day: date) -> str:
    return f"{day.day} {day:%B}"


def _n(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
