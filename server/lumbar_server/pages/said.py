"""From one tap on the summary to the whole of what the wearer says of a set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from lumbar_server.errors import BadRequestError
from lumbar_server.pages import words
from lumbar_server.pages.forms import first, position_s, seconds, whole
from lumbar_server.pages.rendering import clock
from lumbar_server.record import Correction, RecordedSet

MOST_REPETITIONS = 10_000
_MOST_HOLDS = 100

Fields = Mapping[str, Sequence[str]]


def said_of(one: RecordedSet, form: Fields, now_utc: datetime) -> Correction:
    """Return what the wearer says of a set after a form: what was said before, and the change.

    Raises ``BadRequestError`` for a form that says nothing, or what cannot be.
    """
    said = one.correction or _nothing_said(one, now_utc)
    changed = said
    for name, change in _CHANGES.items():
        text = first(form, name)
        if text is not None:
            changed = change(changed, one, text)
    if "hold_s" in form:
        changed = replace(changed, holds_s=_holds(form["hold_s"]))
    if not form.keys() & (_CHANGES.keys() | {"hold_s"}):
        raise BadRequestError("say what to change: repetitions, exercise, holds or times")
    after = RecordedSet(one.detected, changed)
    if after.end_s < after.start_s:
        raise BadRequestError("to: a set cannot end before it begins")
    return replace(changed, made_utc=now_utc)


def unseen(form: Fields, now_utc: datetime) -> Correction:
    """Return a set that nothing was seen of, as the wearer tells it; raises ``BadRequestError``."""
    start_s = position_s(first(form, "start") or "", "start")
    end_s = start_s + seconds(first(form, "lasted") or "0", "lasted")
    repetitions, hold = first(form, "repetitions") or "", first(form, "hold_s") or ""
    if not repetitions and not hold:
        raise BadRequestError("how many repetitions, or for how long was it held?")
    holds_s = _holds([hold]) if hold else None
    return Correction(
        id=0,
        stream_id=None,
        start=None,
        end=None,
        removed=False,
        exercise=_exercise(first(form, "exercise") or ""),
        repetitions=whole(repetitions, "repetitions", MOST_REPETITIONS) if repetitions else None,
        holds_s=holds_s,
        start_s=start_s,
        end_s=max(end_s, start_s + sum(holds_s or ())),
        made_utc=now_utc,
    )


def _nothing_said(one: RecordedSet, now_utc: datetime) -> Correction:
    assert one.detected is not None
    found = one.detected
    blank = (None, None, None, None, None)
    return Correction(0, found.stream_id, found.start, found.end, False, *blank, now_utc)


def _with_repetitions(said: Correction, _one: RecordedSet, text: str) -> Correction:
    return replace(said, repetitions=whole(text, "repetitions", MOST_REPETITIONS))


def _with_exercise(said: Correction, _one: RecordedSet, text: str) -> Correction:
    return replace(said, exercise=_exercise(text))


def _with_hold(said: Correction, one: RecordedSet, text: str) -> Correction:
    """Change one hold of several: ``number:seconds``, counted from 0."""
    number, _, hold = text.partition(":")
    holds_s = list(one.holds_s)
    if not holds_s:
        raise BadRequestError("hold: this set has none")
    holds_s[whole(number, "hold", len(holds_s) - 1)] = seconds(hold, "hold")
    return replace(said, holds_s=tuple(holds_s))


def _with_removed(said: Correction, _one: RecordedSet, text: str) -> Correction:
    return replace(said, removed=bool(whole(text, "removed", 1)))


def _with_start(said: Correction, one: RecordedSet, text: str) -> Correction:
    return said if text == clock(one.start_s) else replace(said, start_s=position_s(text, "from"))


def _with_end(said: Correction, one: RecordedSet, text: str) -> Correction:
    return said if text == clock(one.end_s) else replace(said, end_s=position_s(text, "to"))


_CHANGES = {
    "repetitions": _with_repetitions,
    "exercise": _with_exercise,
    "hold": _with_hold,
    "removed": _with_removed,
    "start": _with_start,
    "end": _with_end,
}


def _exercise(name: str) -> str:
    if name not in words.EXERCISES:
        raise BadRequestError("exercise: choose one of the list")
    return name


def _holds(texts: Sequence[str]) -> tuple[float, ...]:
    """Return holds in seconds; an empty field is none."""
    holds_s = tuple(seconds(text.strip(), "hold") for text in texts if text.strip())
    if len(holds_s) > _MOST_HOLDS:
        raise BadRequestError(f"hold: at most {_MOST_HOLDS} of them")
    return holds_s
